"""Quad patterns + facts → the SELECTs whose rows are N-Quads lines, each as cheap as can be proved right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field, replace

from kg.noun import dataclass
from kg.tables.distinct import connected, lossless, may_overlap
from kg.tables.facts import Facts, full, quote_free, separates, unique, url_safe
from kg.tables.macros import quote_text
from kg.tables.pieces import CompiledTerm, Encoding, Hole, Piece
from kg.tables.sql import Join, QuadPattern


@dataclass(frozen=True, kw_only=True)
class Query:
    """One SELECT of a column `l` of lines, and why it has a DISTINCT or none (for `--explain`)."""

    sql: str
    reason: str
    patterns: tuple[QuadPattern, ...] = field(repr=False)


@dataclass(kw_only=True)
class Planner:
    """Plans queries; the facts of each table are gathered on the way."""

    facts: dict[str, Facts]

    def plan(self, patterns: Sequence[QuadPattern]) -> list[Query]:
        """Queries that together give each quad of the patterns once."""
        self.gather(patterns)
        patterns = self.reduce(patterns)
        groups = connected(len(patterns), overlapping_pairs(patterns))
        queries: list[Query] = []
        by_table: dict[str, list[QuadPattern]] = {}
        for group in groups:
            pattern = patterns[group[0]]
            if len(group) > 1:
                queries.append(self.union([patterns[i] for i in group]))
            elif pattern.per_row and self.has_key(pattern):
                by_table.setdefault(pattern.table.name, []).append(pattern)
            else:
                queries.append(self.single(pattern))
        return [self.rows(group) for group in by_table.values()] + queries

    def reduce(self, patterns: Sequence[QuadPattern]) -> list[QuadPattern]:
        """Joins that change nothing left out, then each pattern once.

        Of patterns that are alike but for their joins, one whose parent is always there says all.
        """
        found: dict[tuple[str, tuple[Piece, ...]], list[QuadPattern]] = {}
        for pattern in dict.fromkeys(patterns):
            join = pattern.join
            if join is not None and join.exists and not pattern.unnests and self.parent_always_there(pattern, join):
                pattern = replace(pattern, join=None)
            key = (
                pattern.table.name,
                (*pattern.pieces, *(Hole(value=a + b, columns=()) for a, b in pattern.unnests)),
            )
            same = found.setdefault(key, [])
            if any(p.join is None for p in same):
                continue
            if pattern.join is None:
                same.clear()
            if pattern not in same:
                same.append(pattern)
        return [p for same in found.values() for p in same]

    def facts_of(self, pattern: QuadPattern) -> Facts:
        return self.facts[pattern.table.name]

    def gather(self, patterns: Iterable[QuadPattern]) -> None:
        """Ask everything that planning will ask, so that each table is scanned once."""
        for pattern in patterns:
            facts = self.facts_of(pattern)
            for piece in pattern.pieces:
                if isinstance(piece, Hole) and piece.value.startswith('t."') and piece.columns == (piece.value,):
                    facts.ask(full(piece.value))
                    if piece.encoding in {Encoding.IRI, Encoding.URI}:
                        facts.ask(url_safe(piece.value))
                    elif piece.encoding is Encoding.ESCAPE:
                        facts.ask(quote_free(piece.value))
            if pattern.per_row:
                term = self.key_term(pattern)
                if term is not None:
                    facts.ask(unique(term.columns))
                    for separation in lossless(term.pieces) or ():
                        facts.ask(separates(separation))
        for facts in self.facts.values():
            facts.answer_all()

    def is_row(self, columns: Sequence[str]) -> bool:
        return tuple(columns) == ("t.rowid",)

    def key_term(self, pattern: QuadPattern) -> CompiledTerm | None:
        """The subject, or the object where it is made of more columns: one that may differ in every row."""
        terms = [t for t in (pattern.subject, pattern.object) if t.columns and lossless(t.pieces) is not None]
        if not terms or any(self.is_row(t.columns) for t in terms):
            return None
        best = max(terms, key=lambda t: len(t.columns))
        return best if len(best.columns) > len(pattern.subject.columns) or best is terms[0] else terms[0]

    def has_key(self, pattern: QuadPattern) -> bool:
        """True where no two rows give the same quad."""
        facts = self.facts_of(pattern)
        if facts.rows <= 1 or any(self.is_row(t.columns) for t in pattern.terms):
            return True
        term = self.key_term(pattern)
        if term is None:
            return False
        needed = lossless(term.pieces) or ()
        return all(facts.holds(separates(s)) for s in needed) and facts.holds(unique(term.columns))

    def is_lossless(self, pattern: QuadPattern) -> bool:
        """True where different values of the columns give different lines."""
        facts = self.facts_of(pattern)
        for term in pattern.terms:
            needed = lossless(term.pieces)
            if needed is None or not all(facts.holds(separates(s)) for s in needed):
                return False
        return True

    def write(self, hole: Hole, pattern: QuadPattern) -> str:
        """The SQL of a hole, without an encoding that no value of its column needs."""
        if hole.value.startswith('t."') and hole.columns == (hole.value,):
            facts = self.facts_of(pattern)
            if hole.encoding in {Encoding.IRI, Encoding.URI} and facts.holds(url_safe(hole.value)):
                return hole.value
            if hole.encoding is Encoding.ESCAPE and facts.holds(quote_free(hole.value)):
                return hole.value
        return hole.sql

    def concatenate(self, pieces: Sequence[Piece], pattern: QuadPattern) -> str:
        return " || ".join(quote_text(p) if isinstance(p, str) else self.write(p, pattern) for p in pieces)

    def always(self, pattern: QuadPattern) -> bool:
        """True where every row gives this quad: no column of it has a gap."""
        facts = self.facts_of(pattern)
        if pattern.join is not None:
            return False
        for piece in pattern.pieces:
            if isinstance(piece, Hole):
                if not piece.columns or piece.value != piece.columns[0]:
                    return False
                if piece.value != "t.rowid" and not facts.holds(full(piece.value)):
                    return False
        return True

    def single(self, pattern: QuadPattern) -> Query:
        """One pattern on its own, whose lines may repeat."""
        line = self.concatenate(pattern.pieces, pattern)
        source = self.shrunk_join(pattern) or from_clause(pattern)
        columns = tuple(dict.fromkeys(c for t in pattern.terms for c in t.columns))
        if not columns:
            sql = f"SELECT l FROM (SELECT {line} AS l FROM {source} LIMIT 1) WHERE l IS NOT NULL"
            return Query(sql=sql, reason="constant: one line", patterns=(pattern,))
        if pattern.per_row and pattern.join is None and self.is_lossless(pattern) and columns_only(pattern):
            named = {c: f"k{i}" for i, c in enumerate(columns)}
            keys = ", ".join(f"{c} AS {k}" for c, k in named.items())
            gaps = " AND ".join(f"{c} IS NOT NULL" for c in columns)
            renamed = self.concatenate(pattern.pieces, pattern)
            inner = f"SELECT DISTINCT {keys} FROM {source} WHERE {gaps}"
            for column, key in sorted(named.items(), key=lambda item: -len(item[0])):
                renamed = renamed.replace(column, "d." + key)
            return Query(
                sql=f"SELECT {renamed} AS l FROM ({inner}) d",
                reason="DISTINCT on the columns: their combination repeats or is not proved unique",
                patterns=(pattern,),
            )
        return Query(
            sql=f"SELECT DISTINCT l FROM (SELECT {line} AS l FROM {source}) WHERE l IS NOT NULL",
            reason="DISTINCT on the lines: rows may give the same quad",
            patterns=(pattern,),
        )

    def shrunk_join(self, pattern: QuadPattern) -> str | None:
        """A join whose keys repeat on the parent's side, over the distinct columns that it needs.

        A thousand equal keys on both sides are a million pairs of rows, and mostly the same quad.
        """
        join = pattern.join
        if join is None or join.exists or pattern.unnests or not columns_only(pattern):
            return None
        used = {c for t in pattern.terms for c in t.columns}
        keys = {c for pair in join.conditions for hole in pair for c in hole.columns}
        if any(not c.startswith(('t."', 'p."')) for c in used | keys):
            return None
        parent_keys = tuple(sorted("t." + c[2:] for c in keys if c.startswith("p.")))
        if parent_keys and self.facts[join.table.name].holds(unique(parent_keys)):
            return None
        sides = []
        for alias, table in (("t", pattern.table.name), ("p", join.table.name)):
            columns = sorted(c for c in used | keys if c.startswith(alias + "."))
            if not columns:
                return None
            sides.append(f"(SELECT DISTINCT {', '.join(columns)} FROM {table} {alias}) {alias}")
        on = " AND ".join(f"{c.sql} = {p.sql}" for c, p in join.conditions)
        return f"{sides[0]} JOIN {sides[1]} ON {on}"

    def rows(self, group: list[QuadPattern]) -> Query:
        """All patterns over one table: a single text for each row holds all their lines."""
        group = sorted(group, key=lambda p: not self.always(p))
        subjects: dict[tuple[Piece, ...], str] = {}
        for pattern in group:
            if pattern.subject.constant is None:
                subjects.setdefault(pattern.subject.pieces, f"s{len(subjects)}_")
        joins: list[str] = []
        lines: list[str] = []
        for index, pattern in enumerate(group):
            line = self.line(pattern, subjects)
            if index:
                line = f"chr(10) || {line}"
            if pattern.join is not None:
                alias = f"j{index}"
                joins.append(semi_join(pattern.join, alias))
                line = f"CASE WHEN {alias}.k0 IS NOT NULL THEN {line} END"
            lines.append(line)
        text = f"concat({', '.join(lines)})" if len(lines) > 1 else lines[0]
        sure = self.always(group[0])
        if len(lines) > 1 and not sure:
            text = f"ltrim({text}, chr(10))"
        made = ", ".join(f"{self.concatenate(pieces, group[0])} AS {name}" for pieces, name in subjects.items())
        inner = f"SELECT *, {with_row(group)}{made} FROM {group[0].table.name} t" if made else f"{group[0].table.name}"
        sql = f"SELECT {text} AS l FROM {f'({inner})' if made else inner} t{''.join(joins)}"
        if not sure:
            sql = f"SELECT l FROM ({sql}) WHERE l <> ''"
        reason = "no DISTINCT: the subject or object is made, without loss, of columns that are unique"
        return Query(sql=sql, reason=reason, patterns=tuple(group))

    def line(self, pattern: QuadPattern, subjects: dict[tuple[Piece, ...], str]) -> str:
        """A line of a row; what is some pattern's subject was made once for the row."""
        parts: list[Piece] = []
        for term in pattern.terms:
            name = subjects.get(term.pieces)
            parts += [Hole(value=f"t.{name}", columns=())] if name else [*term.pieces]
            parts.append(" ")
        return self.concatenate(merge([*parts, "."]), pattern)

    def union(self, group: list[QuadPattern]) -> Query:
        """Patterns that may give the same quads: their lines are gathered and made distinct."""
        selects = [f"SELECT {self.concatenate(p.pieces, p)} AS l FROM {from_clause(p)}" for p in group]
        return Query(
            sql=f"SELECT DISTINCT l FROM ({' UNION ALL '.join(selects)}) WHERE l IS NOT NULL",
            reason=f"DISTINCT on the lines: {len(group)} maps may give the same quad",
            patterns=tuple(group),
        )

    def parent_always_there(self, pattern: QuadPattern, join: Join) -> bool:
        """True where every key of the child is among the parent's: the join then changes nothing."""
        facts = self.facts_of(pattern)
        on = " AND ".join(f"{c.sql} = {p.sql}" for c, p in join.conditions)
        there = " AND ".join(f"{c.sql} IS NOT NULL" for c, _ in join.conditions)
        question = f"{pattern.table.name} t ANTI JOIN {join.table.name} p ON {on} WHERE {there}"
        if question not in facts.answers:
            found = facts.connection.execute(f"SELECT 1 FROM {question} LIMIT 1").fetchone()
            facts.answers[question] = found is None
        return facts.answers[question]


def with_row(group: Sequence[QuadPattern]) -> str:
    """The row number must be named to be seen outside the inner SELECT."""
    used = any(c == "t.rowid" for p in group for t in p.terms for c in t.columns)
    return "rowid, " if used else ""


def merge(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with neighbouring texts made one."""
    from kg.tables.pieces import merge_pieces

    return list(merge_pieces(list(pieces)))


def columns_only(pattern: QuadPattern) -> bool:
    """True where every hole is an encoded column, so that its text can be rewritten over other names."""
    return all(
        not isinstance(p, Hole)
        or (p.columns and all(c.startswith(('t."', 'p."')) or c == "t.rowid" for c in p.columns))
        for p in pattern.pieces
    )


def from_clause(pattern: QuadPattern) -> str:
    """The tables, unnested lists and join conditions of a pattern."""
    parts = [f"{pattern.table.name} t"]
    conditions: list[str] = []
    join = pattern.join
    if join is not None and join.exists:
        on = " AND ".join(f"{c.sql} = {p.sql}" for c, p in join.conditions)
        parts[0] += f" SEMI JOIN {join.table.name} p ON {on}"
    elif join is not None:
        parts.append(f"{join.table.name} p")
        conditions += [f"{c.sql} = {p.sql}" for c, p in join.conditions]
    seen: set[str] = set()
    for alias, listed in pattern.unnests:
        if alias not in seen:
            seen.add(alias)
            parts.append(f"UNNEST({listed}) AS {alias}(x)")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return ", ".join(parts) + where


def semi_join(join: Join, alias: str) -> str:
    """A left join with the parent's distinct keys, which keeps the child's rows as they are."""
    keys = ", ".join(f"{p.sql} AS k{i}" for i, (_, p) in enumerate(join.conditions))
    there = " AND ".join(f"{p.sql} IS NOT NULL" for _, p in join.conditions)
    on = " AND ".join(f"{c.sql} = {alias}.k{i}" for i, (c, _) in enumerate(join.conditions))
    return f" LEFT JOIN (SELECT DISTINCT {keys} FROM {join.table.name} p WHERE {there}) {alias} ON {on}"


def overlapping_pairs(patterns: Sequence[QuadPattern]) -> list[tuple[int, int]]:
    """Pairs of patterns that may have a quad in common.

    Patterns with different constant predicates or graphs are never compared: that leaves few pairs.
    """
    buckets: dict[tuple[str | None, str | None], list[int]] = {}
    for index, pattern in enumerate(patterns):
        graph = "" if pattern.graph is None else pattern.graph.constant
        buckets.setdefault((pattern.predicate.constant, graph), []).append(index)
    pairs: list[tuple[int, int]] = []
    keys = list(buckets)
    for place, one in enumerate(keys):
        for other in keys[place:]:
            if any(a is not None and b is not None and a != b for a, b in zip(one, other, strict=True)):
                continue
            pairs += [
                (a, b)
                for a in buckets[one]
                for b in buckets[other]
                if (a < b or one != other) and quads_overlap(patterns[a], patterns[b])
            ]
    return pairs


def quads_overlap(one: QuadPattern, other: QuadPattern) -> bool:
    """False where one position at least can never be the same."""
    if (one.graph is None) != (other.graph is None):
        return False
    positions = [(one.object, other.object), (one.subject, other.subject), (one.predicate, other.predicate)]
    if one.graph is not None and other.graph is not None:
        positions.append((one.graph, other.graph))
    return all(may_overlap(a, b) for a, b in positions)


def without_graph(pattern: QuadPattern) -> QuadPattern:
    """The triples of a pattern whose quads are in a graph: those of rows that have its name."""
    graph = pattern.graph
    if graph is None or graph.constant is not None:
        return replace(pattern, graph=None)
    text = " || ".join(quote_text(p) if isinstance(p, str) else p.sql for p in graph.pieces)
    guard = Hole(value=f"CASE WHEN {text} IS NULL THEN NULL ELSE '' END", columns=graph.columns, injective=False)
    subject = replace(
        pattern.subject, pieces=(guard, *pattern.subject.pieces), unnests=(*pattern.subject.unnests, *graph.unnests)
    )
    return replace(pattern, subject=subject, graph=None)


def without_targets(pattern: QuadPattern) -> QuadPattern:
    """The same quads, whatever files they go to."""
    return replace(pattern, targets=())
