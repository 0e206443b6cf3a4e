"""Quad patterns + facts → the SELECTs whose rows are N-Quads lines, each as cheap as can be proved right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kg.tables.distinct import connected, lossless, may_overlap
from kg.tables.facts import Facts, repetitive, separates, unique
from kg.tables.lines import LineWriter, is_column
from kg.tables.macros import quote_name, quote_text
from kg.tables.pieces import CompiledTerm, Hole, Piece
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

    @property
    def writer(self) -> LineWriter:
        return LineWriter(facts=self.facts)

    def plan(self, patterns: Sequence[QuadPattern]) -> list[Query]:
        """Queries that together give each quad of the patterns once."""
        self.gather(patterns)
        patterns = self.reduce(patterns)
        groups = connected(len(patterns), overlapping_pairs(patterns))
        unions = [self.union([patterns[i] for i in group]) for group in groups if len(group) > 1]
        keyed: list[QuadPattern] = []
        repeating: list[QuadPattern] = []
        for pattern in (patterns[group[0]] for group in groups if len(group) == 1):
            (keyed if self.has_key(pattern) else repeating).append(pattern)
        return self.rows(keyed) + unions + self.repeating(repeating)

    def repeating(self, patterns: Sequence[QuadPattern]) -> list[Query]:
        """Patterns of which several rows may give the same quad.

        Those of one subject are read from the distinct rows of their columns, where these are few: one DISTINCT then
        does for all, and often the subject's columns are unique in them.
        """
        alike: dict[tuple[str, tuple[str, ...]], list[QuadPattern]] = {}
        queries: list[Query] = []
        for pattern in patterns:
            if pattern.per_row and pattern.join is None and pattern.subject.columns and columns_only(pattern):
                alike.setdefault((pattern.table.name, pattern.subject.columns), []).append(pattern)
            else:
                queries.append(self.single(pattern))
        for group in alike.values():
            narrowed = self.narrow(group) if len(group) > 1 else None
            keyed = [p for p in narrowed or () if self.has_key(p)]
            queries += self.rows(keyed) + [self.single(p) for p in narrowed or group if p not in keyed]
        return queries

    def narrow(self, group: list[QuadPattern]) -> list[QuadPattern] | None:
        """The patterns over a table of the distinct rows of their columns; None where these are not far fewer."""
        facts = self.facts_of(group[0])
        columns = tuple(sorted({c for p in group for t in p.terms for c in t.columns}))
        if not facts.holds(repetitive(columns)):
            return None
        next_name = facts.table.name.strip('"') + f"_{len(facts.narrowed)}"
        name = facts.narrowed.setdefault(columns, quote_name(next_name))
        table = replace(facts.table, name=name)
        if name not in self.facts:
            facts.connection.execute(
                f"CREATE TEMP TABLE {name} AS SELECT DISTINCT {', '.join(columns)} FROM {facts.table.name} t"
            )
            known = {question: True for question, answer in facts.answers.items() if answer}
            self.facts[name] = Facts(connection=facts.connection, table=table, answers=known)
        narrowed = [replace(p, table=table) for p in group]
        self.gather(narrowed)
        return narrowed

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

    def gather(self, patterns: Sequence[QuadPattern]) -> None:
        """Ask everything that planning will ask, so that each table is scanned once."""
        for pattern in patterns:
            for piece in pattern.pieces:
                if isinstance(piece, Hole):
                    self.writer.ask(piece, pattern)
            if pattern.join is not None and (keys := parent_keys(pattern.join)):
                self.facts[pattern.join.table.name].ask(unique(keys))
            term = self.key_term(pattern)
            if term is not None and not pattern.unnests:
                facts = self.facts_of(pattern)
                facts.ask(unique(term.columns))
                for separation in lossless(term.pieces) or ():
                    facts.ask(separates(separation))
        for name in dict.fromkeys(t for p in patterns for t in tables_of(p)):
            self.facts[name].answer_all()

    def is_row(self, columns: Sequence[str]) -> bool:
        return tuple(columns) == ("t.rowid",)

    def key_term(self, pattern: QuadPattern) -> CompiledTerm | None:
        """The subject, or the object where it is made of more columns: one that may differ in every row."""
        terms = [t for t in (pattern.subject, pattern.object) if of_row(t) and lossless(t.pieces) is not None]
        if not terms or any(self.is_row(t.columns) for t in terms):
            return None
        best = max(terms, key=lambda t: len(t.columns))
        return best if len(best.columns) > len(pattern.subject.columns) or best is terms[0] else terms[0]

    def has_key(self, pattern: QuadPattern) -> bool:
        """True where a row gives one quad at most, and no two rows the same."""
        if not pattern.per_row and not self.joins_once(pattern):
            return False
        facts = self.facts_of(pattern)
        if facts.rows <= 1 or any(self.is_row(t.columns) for t in pattern.terms):
            return True
        term = self.key_term(pattern)
        if term is None:
            return False
        needed = lossless(term.pieces) or ()
        return all(facts.holds(separates(s)) for s in needed) and facts.holds(unique(term.columns))

    def joins_once(self, pattern: QuadPattern) -> bool:
        """True where a row finds one row of the parent at most: the parent's keys are unique."""
        join = pattern.join
        if join is None or pattern.unnests or any(isinstance(p, Hole) and not is_column(p) for p in pattern.pieces):
            return False
        keys = parent_keys(join)
        return bool(keys) and self.facts[join.table.name].holds(unique(keys))

    def is_lossless(self, pattern: QuadPattern) -> bool:
        """True where different values of the columns give different lines."""
        facts = self.facts_of(pattern)
        for term in pattern.terms:
            needed = lossless(term.pieces)
            if needed is None or not all(facts.holds(separates(s)) for s in needed):
                return False
        return True

    def single(self, pattern: QuadPattern) -> Query:
        """One pattern on its own, whose lines may repeat."""
        source = self.shrunk_join(pattern) or from_clause(pattern)
        columns = tuple(dict.fromkeys(c for t in pattern.terms for c in t.columns))
        if not columns:
            line = self.writer.text(pattern.pieces, pattern)
            sql = f"SELECT l FROM (SELECT {line} AS l FROM {source} LIMIT 1) WHERE l IS NOT NULL"
            return Query(sql=sql, reason="constant: one line", patterns=(pattern,))
        if pattern.per_row and pattern.join is None and self.is_lossless(pattern) and columns_only(pattern):
            inner = f"(SELECT DISTINCT {', '.join(columns)} FROM {source})"
            return Query(
                sql=f"SELECT l FROM (SELECT {self.writer.text(pattern.pieces, pattern)} AS l FROM {inner} t)"
                " WHERE l IS NOT NULL",
                reason="DISTINCT on the columns: their combination repeats or is not proved unique",
                patterns=(pattern,),
            )
        return Query(
            sql=f"SELECT DISTINCT l FROM (SELECT {self.writer.text(pattern.pieces, pattern)} AS l FROM {source})"
            " WHERE l IS NOT NULL",
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
        if (single := parent_keys(join)) and self.facts[join.table.name].holds(unique(single)):
            return None
        sides = []
        for alias, table in (("t", pattern.table.name), ("p", join.table.name)):
            columns = sorted(c for c in used | keys if c.startswith(alias + "."))
            if not columns:
                return None
            sides.append(f"(SELECT DISTINCT {', '.join(columns)} FROM {table} {alias}) {alias}")
        on = " AND ".join(f"{c.sql} = {p.sql}" for c, p in join.conditions)
        return f"{sides[0]} JOIN {sides[1]} ON {on}"

    def rows(self, patterns: Sequence[QuadPattern]) -> list[Query]:
        """Patterns that no two rows give the same quad of: a single text for each row holds all their lines."""
        by_table: dict[str, list[QuadPattern]] = {}
        for pattern in patterns:
            by_table.setdefault(pattern.table.name, []).append(pattern)
        reason = "no DISTINCT: the subject or object is made, without loss, of columns that are unique"
        return [Query(sql=self.writer.rows(g), reason=reason, patterns=tuple(g)) for g in by_table.values()]

    def union(self, group: list[QuadPattern]) -> Query:
        """Patterns that may give the same quads: their lines are gathered and made distinct."""
        selects = [f"SELECT {self.writer.text(p.pieces, p)} AS l FROM {from_clause(p)}" for p in group]
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


def parent_keys(join: Join) -> tuple[str, ...]:
    """The parent's columns of a join, as those of its own table; empty where a condition is more than a column."""
    holes = [p for _, p in join.conditions]
    if any(not h.value.startswith('p."') or not is_column(h) for h in holes):
        return ()
    return tuple(sorted({"t." + h.value.removeprefix("p.") for h in holes}))


def tables_of(pattern: QuadPattern) -> tuple[str, ...]:
    """The tables of a pattern: its own, and the parent's."""
    return (pattern.table.name, *(() if pattern.join is None else (pattern.join.table.name,)))


def of_row(term: CompiledTerm) -> bool:
    """True where a term is made of columns of the table itself, not of a parent's."""
    return bool(term.columns) and all(c.startswith("t.") for c in term.columns)


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
