"""Patterns + facts of data → queries, each as cheap as can be proved right.

`rewrite_patterns` is a pure function: what it would have to know and does not, it gives back as questions. A graph is a
set, and DISTINCT over millions of lines is dear: two statements whose quads can never be equal need no DISTINCT between
them, and a statement whose subject is made, without loss, of columns that are unique needs none at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kg.tables.plan.build import Plan
from kg.tables.plan.pattern import QuadPattern, Term
from kg.tables.plan.relation import (
    Distinct,
    Filter,
    First,
    Join,
    Joining,
    Make,
    Named,
    Project,
    Relation,
    Scan,
    Union,
)
from kg.tables.plan.value import Absent, Call, Column, Present, Text, columns_of
from kg.tables.rewrite.facts import Facts, IsEmpty, IsRepetitive, IsUnique, Lacks, Question
from kg.tables.rewrite.joins import parent_keys, simplify_join
from kg.tables.rewrite.knowledge import Knowledge
from kg.tables.rewrite.lines import LINE, cut_rows, write_rows, write_text
from kg.tables.rewrite.overlap import Separation, find_groups, find_overlaps, lossless

KEYED = "no DISTINCT: the subject or object is made, without loss, of columns that are unique"


@dataclass(frozen=True, kw_only=True)
class Query:
    """Rows with one column `l` of lines, and why they have a DISTINCT or none (for `--explain`)."""

    rows: Relation
    reason: str
    patterns: tuple[QuadPattern, ...] = field(default=(), repr=False)

    @property
    def keyed(self) -> bool:
        """Whether no two rows give the same line, so that parts of a table can be mapped each by itself."""
        return self.reason == KEYED


@dataclass(frozen=True, kw_only=True)
class Rewriting:
    """Queries that together give each quad once, over tables that *makes* make first.

    Where there are *questions*, the queries are not known yet: answer these, once the *makes* are done, and ask again.
    """

    makes: tuple[Make, ...] = ()
    queries: tuple[Query, ...] = ()
    questions: tuple[Question, ...] = ()
    uncounted: tuple[str, ...] = ()  # tables whose number of rows is not known


def simplify_plan(plan: Plan) -> Plan:
    """A plan whose joins multiply no row where that can be."""
    return replace(plan, patterns=tuple(dict.fromkeys(simplify_join(pattern) for pattern in plan.patterns)))


def find_questions(patterns: Sequence[QuadPattern], facts: Facts) -> tuple[Question, ...]:
    """What most decisions about patterns need and is not known."""
    known = know(patterns, facts)
    ask_basics(patterns, known)
    return tuple(known.open)


def know(patterns: Sequence[QuadPattern], facts: Facts) -> Knowledge:
    """Facts, with the tables of patterns."""
    return Knowledge(facts=facts, tables={t.name: t for p in patterns for t in p.tables})


def rewrite_patterns(patterns: Sequence[QuadPattern], facts: Facts) -> Rewriting:
    """Queries that together give each quad of the patterns once, or what must be known before."""
    known = know(patterns, facts)
    uncounted = tuple(name for name in known.tables if name not in facts.rows)
    ask_basics(patterns, known)
    reduced = reduce_patterns(tuple(dict.fromkeys(patterns)), known)
    if known.open or uncounted:
        return Rewriting(questions=tuple(known.open), uncounted=uncounted)
    groups = find_groups(len(reduced), find_overlaps(reduced))
    united = [unite([reduced[i] for i in group], known) for group in groups if len(group) > 1]
    alone = [reduced[group[0]] for group in groups if len(group) == 1]
    keyed = [pattern for pattern in alone if has_key(pattern, known)]
    makes: list[Make] = []
    repeating = query_repeating([p for p in alone if p not in keyed], known, makes)
    queries = (*query_rows(keyed, known), *united, *repeating)
    return Rewriting(makes=tuple(makes), queries=queries, questions=tuple(known.open))


def rewrite_alone(pattern: QuadPattern, facts: Facts) -> Rewriting:
    """The query of one pattern by itself, whose lines are distinct."""
    known = know([pattern], facts)
    ask_basics([pattern], known)
    if known.open:
        return Rewriting(questions=tuple(known.open))
    query = query_single(pattern, known)
    return Rewriting(queries=(query,), questions=tuple(known.open))


# -- what is known --------------------------------------------------------------------------------


def ask_basics(patterns: Sequence[QuadPattern], known: Knowledge) -> None:
    """Ask what most decisions need, so that each table is scanned once."""
    for pattern in patterns:
        for part in pattern.parts:
            known.simplify(part, pattern)
            known.find_gaps(part, pattern)
        for guard in pattern.guards:
            if isinstance(guard, Absent):
                known.find_gaps(guard.value, pattern)
        if pattern.parent is not None and (keys := parent_keys(pattern.parent)):
            known.holds(IsUnique(table=pattern.parent.table.name, columns=keys))
        term = find_key(pattern)
        if term is not None and not pattern.unfolded:
            known.holds(IsUnique(table=pattern.table.name, columns=names_of(term)))
            for separation in lossless(term.parts) or ():
                separates(separation, pattern, known)


def separates(separation: Separation, pattern: QuadPattern, known: Knowledge) -> bool:
    """Whether no value of a column holds the separator's first character."""
    return known.holds(Lacks(table=pattern.table.name, column=separation.column.name, char=separation.char))


def names_of(term: Term) -> tuple[str, ...]:
    """The names of the columns that the text of a term is made of."""
    return tuple(column.name for column in columns_of(term.parts))


def is_row(term: Term) -> bool:
    """Whether a term is made of the number of the row."""
    return names_of(term) == ("rowid",)


def of_row(term: Term) -> bool:
    """Whether a term is made of columns of the table itself, not of a parent's or of the items of a list."""
    columns = columns_of(term.parts)
    return bool(columns) and all(column.of == "t" for column in columns)


def find_key(pattern: QuadPattern) -> Term | None:
    """The subject, or the object where it is made of more columns: a term that may differ in every row."""
    terms = [t for t in (pattern.subject, pattern.object) if of_row(t) and lossless(t.parts) is not None]
    if not terms or any(is_row(t) for t in terms):
        return None
    best = max(terms, key=lambda t: len(names_of(t)))
    return best if len(names_of(best)) > len(names_of(pattern.subject)) or best is terms[0] else terms[0]


def has_key(pattern: QuadPattern, known: Knowledge) -> bool:
    """True where a row gives one quad at most, and no two rows the same."""
    if not pattern.per_row and not joins_once(pattern, known):
        return False
    rows = known.count_rows(pattern.table)
    if (rows is not None and rows <= 1) or any(is_row(t) and of_row(t) for t in pattern.terms):
        return True
    term = find_key(pattern)
    if term is None:
        return False
    needed = lossless(term.parts) or ()
    unique = IsUnique(table=pattern.table.name, columns=names_of(term))
    return all(separates(s, pattern, known) for s in needed) and known.holds(unique)


def joins_once(pattern: QuadPattern, known: Knowledge) -> bool:
    """True where a row finds one row of the parent at most: the parent's keys are unique."""
    if pattern.parent is None or pattern.unfolded:
        return False
    keys = parent_keys(pattern.parent)
    return bool(keys) and known.holds(IsUnique(table=pattern.parent.table.name, columns=keys))


def is_lossless(pattern: QuadPattern, known: Knowledge) -> bool:
    """True where different values of the columns give different lines."""
    for term in pattern.terms:
        needed = lossless(term.parts)
        if needed is None or not all(separates(s, pattern, known) for s in needed):
            return False
    return True


# -- fewer patterns -------------------------------------------------------------------------------


def reduce_patterns(patterns: Sequence[QuadPattern], known: Knowledge) -> list[QuadPattern]:
    """Joins that change nothing left out, then each pattern once.

    Of patterns that are alike but for their joins, one whose parent is always there says all.
    """
    found: dict[object, list[QuadPattern]] = {}
    for pattern in patterns:
        if pattern.parent is not None and pattern.parent.exists and parent_always_there(pattern, known):
            pattern = replace(with_keys(pattern), parent=None)
        key = (pattern.table.name, pattern.parts, pattern.guards, pattern.unfolded)
        same = found.setdefault(key, [])
        if any(p.parent is None for p in same):
            continue
        if pattern.parent is None:
            same.clear()
        if not any(p.parent == pattern.parent for p in same):
            same.append(pattern)
    return [p for same in found.values() for p in same]


def parent_always_there(pattern: QuadPattern, known: Knowledge) -> bool:
    """True where every key of the child is among the parent's: the join then changes nothing."""
    parent = pattern.parent
    assert parent is not None
    if pattern.unfolded:
        return False
    child, other = Scan(table=pattern.table.name, alias="t"), Scan(table=parent.table.name, alias="p")
    without = Join(left=child, right=other, on=parent.on, how=Joining.ANTI)
    there = Present(values=tuple(c for c, _ in parent.on))
    return known.holds(IsEmpty(rows=Filter(rows=without, condition=there)))


def with_keys(pattern: QuadPattern) -> QuadPattern:
    """A pattern without terms in rows where a key of its join is missing: these have no partner."""
    assert pattern.parent is not None
    needed = [c for c, _ in pattern.parent.on if not set(columns_of(c)) <= set(pattern.columns)]
    guards = tuple(Absent(value=value) for value in needed)
    return replace(pattern, subject=replace(pattern.subject, guards=(*pattern.subject.guards, *guards)))


# -- queries --------------------------------------------------------------------------------------


def query_rows(patterns: Sequence[QuadPattern], known: Knowledge) -> list[Query]:
    """Patterns that no two rows give the same quad of: a text for each row holds all their lines."""
    by_table: dict[str, list[QuadPattern]] = {}
    for pattern in patterns:
        by_table.setdefault(pattern.table.name, []).append(pattern)
    return [
        Query(rows=write_rows(part, known), reason=KEYED, patterns=tuple(part))
        for group in by_table.values()
        for part in cut_rows(group)
    ]


def project_line(rows: Relation, pattern: QuadPattern, known: Knowledge) -> Project:
    """The rows' lines, which may be missing."""
    return Project(rows=rows, columns=(Named(name="l", value=write_text(pattern, known)),))


def present_lines(rows: Relation) -> Filter:
    """The lines that are there."""
    return Filter(rows=rows, condition=Present(values=(LINE,)))


def unite(group: Sequence[QuadPattern], known: Knowledge) -> Query:
    """Patterns that may give the same quads: their lines are gathered and made distinct."""
    lines = Union(relations=tuple(project_line(p.rows, p, known) for p in group))
    reason = f"DISTINCT on the lines: {len(group)} maps may give the same quad"
    return Query(rows=Distinct(rows=present_lines(lines)), reason=reason, patterns=tuple(group))


def query_single(pattern: QuadPattern, known: Knowledge) -> Query:
    """One pattern on its own, whose lines may repeat."""
    rows = shrink_join(pattern, known) or pattern.rows
    columns = pattern.columns
    if not columns and not any(isinstance(part, Call) for part in pattern.parts):
        one = First(rows=project_line(rows, pattern, known), count=1)
        return Query(rows=present_lines(one), reason="constant: one line", patterns=(pattern,))
    if pattern.per_row and pattern.parent is None and columns and is_lossless(pattern, known):
        distinct = Distinct(rows=project_columns(pattern.rows, columns))
        return Query(
            rows=present_lines(project_line(distinct, pattern, known)),
            reason="DISTINCT on the columns: their combination repeats or is not proved unique",
            patterns=(pattern,),
        )
    return Query(
        rows=Distinct(rows=present_lines(project_line(rows, pattern, known))),
        reason="DISTINCT on the lines: rows may give the same quad",
        patterns=(pattern,),
    )


def project_columns(rows: Relation, columns: Sequence[Column]) -> Project:
    """The rows with these of their columns alone, under their own names."""
    return Project(rows=rows, columns=tuple(Named(name=c.name, value=c) for c in columns))


def shrink_join(pattern: QuadPattern, known: Knowledge) -> Join | None:
    """A join whose keys repeat on the parent's side, over the distinct columns that it needs.

    A thousand equal keys on both sides are a million pairs of rows, and mostly the same quad.
    """
    parent = pattern.parent
    if parent is None or parent.exists or pattern.unfolded or joins_once(pattern, known):
        return None
    used = {*pattern.columns, *columns_of(parent.on)}
    sides = []
    for alias, table in (("t", pattern.table), ("p", parent.table)):
        columns = sorted((c for c in used if c.of == alias), key=lambda c: c.name)
        if not columns or any(c.name in {"rowid", table.row} for c in columns):
            return None
        sides.append(Distinct(rows=project_columns(Scan(table=table.name, alias=alias), columns), alias=alias))
    return Join(left=sides[0], right=sides[1], on=parent.on)


def query_repeating(patterns: Sequence[QuadPattern], known: Knowledge, makes: list[Make]) -> list[Query]:
    """Patterns of which several rows may give the same quad.

    Those of one subject are read from the distinct rows of their columns, where these are few: one DISTINCT then
    does for all, and often the subject's columns are unique in them.
    """
    alike: dict[tuple[str, tuple[Column, ...]], list[QuadPattern]] = {}
    queries: list[Query] = []
    for pattern in patterns:
        subject = columns_of(pattern.subject.parts)
        if pattern.per_row and pattern.parent is None and subject and made_of_columns(pattern):
            alike.setdefault((pattern.table.name, subject), []).append(pattern)
        else:
            queries.append(query_single(pattern, known))
    for group in alike.values():
        narrowed = narrow_table(group, known, makes) if len(group) > 1 else None
        keyed = [p for p in narrowed or () if has_key(p, known)]
        queries += query_rows(keyed, known)
        queries += [query_single(p, known) for p in narrowed or group if p not in keyed]
    return queries


def made_of_columns(pattern: QuadPattern) -> bool:
    """Whether columns other than the number of the row decide all terms (`uuid()` is another value in each row)."""
    return all(columns_of(part) for part in pattern.parts if not isinstance(part, Text)) and not any(
        map(is_row, pattern.terms)
    )


def narrow_table(group: Sequence[QuadPattern], known: Knowledge, makes: list[Make]) -> list[QuadPattern] | None:
    """The patterns over a table of the distinct rows of their columns; None where these are not far fewer."""
    table = group[0].table
    columns = sorted({c for p in group for c in p.columns}, key=lambda c: c.name)
    names = tuple(c.name for c in columns)
    if "rowid" in names or not known.holds(IsRepetitive(table=table.name, columns=names)):
        return None
    from hashlib import sha256

    digest = sha256("\n".join(names).encode()).hexdigest()[:8]
    narrow = replace(table, name=f"{table.name}_{digest}")
    scan = Scan(table=table.name, alias="t")
    makes.append(Make(name=narrow.name, rows=Distinct(rows=project_columns(scan, columns))))
    known.narrowed[narrow.name] = table
    narrowed = [replace(p, table=narrow) for p in group]
    ask_basics(narrowed, known)
    return narrowed
