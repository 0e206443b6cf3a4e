"""The tables of a project: mappings under `seeds/tables/`, run, checked against it, and traced back."""
