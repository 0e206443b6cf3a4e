"""The database that does the work (DuckDB): its connection, the SQL of values, and how it fails or is stopped."""
