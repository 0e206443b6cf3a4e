"""One file per kind of source; `registry.open_source` makes a `Table` of any of them."""
