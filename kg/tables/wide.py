"""Tables with further columns: the rows of a table, perhaps several times, with terms that were made of others."""

from __future__ import annotations

from dataclasses import replace

from kg.tables.columns import Table
from kg.tables.macros import quote_name, quote_text
from kg.tables.pieces import CompiledTerm

ROW = '"kg_row"'


def widen(table: Table, suffix: str) -> Table:
    """The table of that name and *suffix*, for the rows of *table*: its columns, and the number of its row.

    >>> widen(Table(name="s0", label="a.csv", columns={}), "k1").name
    '"s0_k1"'
    """
    name = quote_name(f"{table.name.strip(chr(34))}_{suffix}")
    return replace(table, name=name, row=ROW, origin=table.origin or table.name, alphabet=None)


def all_columns(table: Table) -> str:
    """SQL of the columns of `t` that a table made of it begins with."""
    return "t.*" if table.row == ROW else f"t.*, t.rowid AS {ROW}"


def write_term(term: CompiledTerm) -> str:
    """SQL of the whole text of a term."""
    return "(" + " || ".join(quote_text(p) if isinstance(p, str) else p.sql for p in term.pieces) + ")"
