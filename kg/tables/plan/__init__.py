"""What is computed, as nouns of plain values: statements over rows, relations and the values in them.

`value` has the texts of a row and the conditions on them, `relation` the tables that are read and made of others,
`pattern` the quads of a statement. `build` makes a `Plan` of plain statements (`kg.tables.normal`); nothing here runs
a query or writes SQL (`kg.tables.sql` does), so that another engine can run the same plan.
"""
