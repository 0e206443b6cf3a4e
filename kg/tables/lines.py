"""Pieces → the SQL of a text: one `concat` where it can be, since every `||` copies all that stands before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.tables.facts import ESCAPED, Facts, full, quote_free, url_safe
from kg.tables.macros import quote_text
from kg.tables.pieces import Encoding, Hole, Piece, merge_pieces
from kg.tables.sql import Join, QuadPattern

SIMPLE_ESCAPES = {0x5C: "\\\\", 0x22: '\\"', 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}  # the backslash first


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a row: it is there where the columns *conditions* have a value.

    Where it is not *whole*, a part may be missing as well, and the line with it.
    """

    parts: tuple[Piece, ...]
    conditions: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, kw_only=True)
class LineWriter:
    """Writes texts as SQL, as short as what is known of the data allows."""

    facts: Mapping[str, Facts]

    # -- a value -------------------------------------------------------------------------------

    def write(self, hole: Hole, pattern: QuadPattern) -> str:
        """The SQL of a hole, with no more encoding than the values of its column need."""
        known = self.look_up(hole.value, pattern) if is_column(hole) else None
        if known is None:
            return hole.sql
        facts, column = known
        if hole.encoding in {Encoding.IRI, Encoding.URI}:
            if facts.holds(url_safe(column)):
                return hole.value
            return hole.sql if facts.may_hold(range(0x80, 0x100)) else Encoding.URI.value.format(hole.value)
        if hole.encoding is not Encoding.ESCAPE:
            return hole.sql
        codes = facts.may_hold(ESCAPED)
        if facts.holds(quote_free(column, codes)):
            return hole.value
        return escape_few(hole.value, codes) if codes.issubset(SIMPLE_ESCAPES) else hole.sql

    def ask(self, hole: Hole, pattern: QuadPattern) -> None:
        """Note what `write` and `gaps` will ask of a hole's column."""
        known = self.look_up(hole.value, pattern) if is_column(hole) else None
        if known is None:
            return
        facts, column = known
        facts.ask(full(column))
        if hole.encoding in {Encoding.IRI, Encoding.URI}:
            facts.ask(url_safe(column))
        elif hole.encoding is Encoding.ESCAPE:
            facts.ask(quote_free(column, facts.may_hold(ESCAPED)))

    def look_up(self, value: str, pattern: QuadPattern) -> tuple[Facts, str] | None:
        """What is known of the table of a column, and the column's name there."""
        if value.startswith('t."'):
            return self.facts[pattern.table.name], value
        if value.startswith('p."') and pattern.join is not None:
            return self.facts[pattern.join.table.name], "t." + value.removeprefix("p.")
        return None

    # -- a text --------------------------------------------------------------------------------

    def concatenate(self, pieces: Sequence[Piece], pattern: QuadPattern) -> str:
        """The text piece by piece; NULL where one is."""
        return join_parts(self.parts(pieces, pattern), " || ")

    def text(self, pieces: Sequence[Piece], pattern: QuadPattern) -> str:
        """The text in one step where it can be; NULL where a value of it is missing."""
        gaps = self.gaps(pieces, pattern)
        if gaps is None or len(pieces) == 1:
            return self.concatenate(pieces, pattern)
        return when(gaps, join_parts(self.parts(pieces, pattern)))

    def parts(self, pieces: Iterable[Piece], pattern: QuadPattern) -> list[Piece]:
        return [p if isinstance(p, str) else sql_piece(self.write(p, pattern)) for p in pieces]

    def gaps(self, pieces: Iterable[Piece], pattern: QuadPattern) -> tuple[str, ...] | None:
        """The columns of a text that may lack a value; None where more than its columns decide whether it is there."""
        found: dict[str, None] = {}
        for piece in pieces:
            if isinstance(piece, str):
                continue
            if not is_column(piece):
                return None
            if not self.is_full(piece.value, pattern):
                found[piece.value] = None
        return tuple(found)

    def is_full(self, column: str, pattern: QuadPattern) -> bool:
        """True where every row has a value in a column."""
        known = self.look_up(column, pattern)
        return column == "t.rowid" or (known is not None and known[0].holds(full(known[1])))

    # -- the lines of a row --------------------------------------------------------------------

    def rows(self, group: Sequence[QuadPattern]) -> str:
        """SQL of all lines of each row as one text, for patterns over one table that give a line a row at most."""
        subjects: dict[tuple[Piece, ...], str] = {}
        for pattern in group:
            if pattern.subject.constant is None:
                subjects.setdefault(pattern.subject.pieces, f"s{len(subjects)}_")
        joins = [left_join(p.join, f"j{number}") for number, p in enumerate(group) if p.join is not None]
        text, sure = stack([self.line(p, f"j{number}", subjects) for number, p in enumerate(group)])
        made = ", ".join(f"{self.text(pieces, group[0])} AS {name}" for pieces, name in subjects.items())
        table = group[0].table.name
        inner = f"(SELECT *, {with_row(group)}{made} FROM {table} t)" if made else table
        sql = f"SELECT {text} AS l FROM {inner} t{''.join(joins)}"
        return sql if sure else f"SELECT l FROM ({sql}) WHERE l <> ''"

    def line(self, pattern: QuadPattern, alias: str, subjects: Mapping[tuple[Piece, ...], str]) -> Line:
        """A line of a row, the parent's row under an *alias*; what is some pattern's subject was made before."""
        parts: list[Piece] = []
        conditions: list[str] = []
        whole = True
        if pattern.join is not None:
            key = "k0" if pattern.join.exists else pattern.join.conditions[0][1].value.removeprefix("p.")
            conditions.append(f"{alias}.{key}")
        for term in pattern.terms:
            gaps = self.gaps(term.pieces, pattern)
            if (name := subjects.get(term.pieces)) is not None:
                parts += [sql_piece(f"t.{name}"), " "]
                conditions += [] if gaps == () else [f"t.{name}"]
                continue
            conditions += [rename_column(g, alias) for g in gaps or ()]
            whole = whole and gaps is not None
            for piece in term.pieces:
                if isinstance(piece, Hole):
                    renamed = rename_column(piece.value, alias)
                    parts.append(sql_piece(self.write(piece, pattern).replace(piece.value, renamed)))
                else:
                    parts.append(piece)
            parts.append(" ")
        return Line(parts=(*parts, "."), conditions=tuple(dict.fromkeys(conditions)), whole=whole)


def stack(lines: Sequence[Line]) -> tuple[str, bool]:
    """SQL of the lines in one text, those under the same conditions together; whether one at least is always there."""
    together: dict[tuple[str, ...], list[Piece]] = {}
    alone: list[tuple[str, str]] = []  # those whose own text tells whether they are there, with and without line end
    for line in lines:
        if line.whole:
            together.setdefault(line.conditions, []).extend(("\n", *line.parts))
        else:
            alone.append(
                (
                    when(line.conditions, join_parts(line.parts, " || ")),
                    when(line.conditions, join_parts(("\n", *line.parts), " || ")),
                )
            )
    sure = together.pop((), None)
    if sure is not None:
        below = [when(c, join_parts(parts)) for c, parts in together.items()] + [text for _, text in alone]
        return join_parts((*sure[1:], *(sql_piece(b) for b in below))), True
    texts = [when(c, join_parts(parts[1:])) for c, parts in together.items()] + [text for text, _ in alone]
    return (f"concat_ws(chr(10), {', '.join(texts)})" if len(texts) > 1 else texts[0]), False


def join_parts(parts: Iterable[Piece], operator: str = ", ") -> str:
    """SQL of a text of several parts. With `||` it is missing where a part is.

    >>> join_parts(["<a/", sql_piece("t.x"), ">"]), join_parts(["<a/", sql_piece("t.x"), ">"], " || ")
    ("concat('<a/', t.x, '>')", "'<a/' || t.x || '>'")
    """
    written = [write_constant(p) if isinstance(p, str) else p.sql for p in merge_pieces(list(parts))]
    joined = operator.join(written)
    return f"concat({joined})" if operator == ", " and len(written) > 1 else joined


def sql_piece(sql: str) -> Hole:
    """SQL that stands for itself."""
    return Hole(value=sql, columns=())


def is_column(hole: Hole) -> bool:
    """True where a hole is a column, encoded or not: it is missing where the column has no value."""
    return hole.columns == (hole.value,)


def rename_column(column: str, alias: str) -> str:
    """A column of the parent under another alias; any other as it is."""
    return alias + column[1:] if column.startswith('p."') else column


def when(columns: Sequence[str], text: str) -> str:
    """A text that is there where all columns have a value."""
    if not columns:
        return text
    return f"CASE WHEN {' AND '.join(f'{c} IS NOT NULL' for c in columns)} THEN {text} END"


def escape_few(sql: str, codes: frozenset[int]) -> str:
    r"""A literal's text escaped, where only these bytes may need it.

    >>> print(escape_few("v", frozenset(b'"')))
    replace(v, chr(34), '\"')
    """
    for code, escape in SIMPLE_ESCAPES.items():
        if code in codes:
            sql = f"replace({sql}, chr({code}), {quote_text(escape)})"
    return sql


def write_constant(text: str) -> str:
    """A text as SQL, without a line end in its middle."""
    lines = [quote_text(part) if part else "" for part in text.split("\n")]
    between = [part for line in lines for part in ("chr(10)", line) if part][1:]
    return " || ".join(between) or "''"


def with_row(group: Sequence[QuadPattern]) -> str:
    """The row number must be named to be seen outside the inner SELECT."""
    used = any(c == "t.rowid" for p in group for t in p.terms for c in t.columns)
    return "rowid, " if used else ""


def left_join(join: Join, alias: str) -> str:
    """A join that keeps the child's rows as they are.

    Where the parent only needs to be there, its distinct keys are joined; else its keys are known to be unique.
    """
    if not join.exists:
        on = " AND ".join(f"{c.sql} = {rename_column(p.sql, alias)}" for c, p in join.conditions)
        return f" LEFT JOIN {join.table.name} {alias} ON {on}"
    keys = ", ".join(f"{p.sql} AS k{i}" for i, (_, p) in enumerate(join.conditions))
    there = " AND ".join(f"{p.sql} IS NOT NULL" for _, p in join.conditions)
    on = " AND ".join(f"{c.sql} = {alias}.k{i}" for i, (c, _) in enumerate(join.conditions))
    return f" LEFT JOIN (SELECT DISTINCT {keys} FROM {join.table.name} p WHERE {there}) {alias} ON {on}"
