"""One file per kind of source; `open_source` makes a `Table` of any of them."""

from kg.tables.sources.opening import Opening, open_source

__all__ = ["Opening", "open_source"]
