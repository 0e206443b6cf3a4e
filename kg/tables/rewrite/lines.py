"""Patterns → lines: one concatenation where it can be, since every `||` copies all that stands before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.tables.plan.pattern import ParentRows, QuadPattern
from kg.tables.plan.relation import Distinct, Extend, Filter, Join, Joining, Named, Project, Relation, Scan
from kg.tables.plan.value import (
    Absent,
    AllOf,
    Column,
    Concat,
    Condition,
    Differ,
    Lines,
    Member,
    NoneOf,
    Present,
    Text,
    Value,
    When,
    base_column,
    columns_of,
    merge_texts,
    rename_rows,
)
from kg.tables.rewrite.knowledge import Knowledge

LINE = Column(of="t", name="l")
END = Text(text="\n")
MOST_TEXT = 4000  # characters of one row's lines: more take much memory, since rows are computed by thousands
VALUE = 10  # characters that a value is taken to have


@dataclass(frozen=True, kw_only=True)
class RowLine:
    """A line of a row, which is there where a *condition* holds (None: always).

    Where it is not *whole*, a part may be missing as well, and the line with it.
    """

    parts: tuple[Value, ...]
    condition: Condition | None
    whole: bool


def write_text(pattern: QuadPattern, known: Knowledge) -> Value:
    """The line of a pattern; missing where a value of it is."""
    parts = tuple(known.simplify(part, pattern) for part in pattern.parts)
    gaps = find_all_gaps(pattern.parts, pattern, known)
    guards = settle_guards(pattern, known)
    if gaps is None:
        text: Value = Concat(parts=parts) if len(parts) > 1 else parts[0]
        return hold(condition_of((), guards), text)
    text = Concat(parts=parts, whole=True) if len(parts) > 1 else parts[0]
    return hold(condition_of(gaps, guards), text)


def find_all_gaps(parts: Iterable[Value], pattern: QuadPattern, known: Knowledge) -> tuple[Column | Member, ...] | None:
    """The columns without which one of the parts is missing; None where more decides about that."""
    found = [known.find_gaps(part, pattern) for part in parts]
    there = [gaps for gaps in found if gaps is not None]
    return tuple(dict.fromkeys(c for gaps in there for c in gaps)) if len(there) == len(found) else None


def settle_guards(pattern: QuadPattern, known: Knowledge) -> tuple[Condition, ...]:
    """The guards of a pattern, but for columns that are always there."""
    return tuple(
        guard
        for guard in pattern.guards
        if not isinstance(guard, Absent)
        or (column := base_column(guard.value)) is None
        or not known.is_full(column, pattern)
    )


def condition_of(gaps: Sequence[Value], guards: Sequence[Condition]) -> Condition | None:
    """The condition that these values are there, and no guard holds."""
    absent = [guard.value for guard in guards if isinstance(guard, Absent)]
    values = tuple(dict.fromkeys((*gaps, *absent)))
    others = tuple(guard for guard in guards if not isinstance(guard, Absent))
    found: list[Condition] = [Present(values=values)] if values else []
    found += [NoneOf(conditions=others)] if others else []
    if not found:
        return None
    return found[0] if len(found) == 1 else AllOf(conditions=tuple(found))


def hold(condition: Condition | None, text: Value) -> Value:
    """A text that is there where a condition holds."""
    return text if condition is None else When(condition=condition, then=text)


# -- the lines of a row ---------------------------------------------------------------------------


def cut_rows(group: Sequence[QuadPattern]) -> list[list[QuadPattern]]:
    """Patterns of one table in groups whose lines make a text of moderate length."""
    groups: list[list[QuadPattern]] = [[]]
    length = 0
    for pattern in group:
        own = sum(len(part.text) if isinstance(part, Text) else VALUE for part in pattern.parts)
        if groups[-1] and length + own > MOST_TEXT:
            groups.append([])
            length = 0
        groups[-1].append(pattern)
        length += own
    return groups


def write_rows(group: Sequence[QuadPattern], known: Knowledge) -> Relation:
    """All lines of each row as one text, for patterns over one table that give a line a row at most."""
    subjects: dict[tuple[Value, ...], str] = {}
    for pattern in group:
        if not pattern.subject.is_constant:
            subjects.setdefault(pattern.subject.parts, f"s{len(subjects)}_")
    made = [Named(name=name, value=write_subject(parts, group[0], known)) for parts, name in subjects.items()]
    rows: Relation = Scan(table=group[0].table.name, alias="t")
    if made:
        used = any(c == Column(of="t", name="rowid") for pattern in group for c in needs_of(pattern))
        number = [Named(name="rowid", value=Column(of="t", name="rowid"))] if used else []
        rows = Extend(rows=rows, columns=(*number, *made), alias="t")
    lines = []
    for number_, pattern in enumerate(group):
        alias = f"j{number_}"
        if pattern.parent is not None:
            rows = join_parent(rows, pattern.parent, alias)
        lines.append(write_line(pattern, alias, subjects, known))
    text, sure = stack_lines(lines)
    found = Project(rows=rows, columns=(Named(name="l", value=text),))
    return found if sure else Filter(rows=found, condition=Differ(one=LINE, other=Text(text="")))


def needs_of(pattern: QuadPattern) -> tuple[Column, ...]:
    """The columns of a pattern and of its join."""
    return (*pattern.columns, *columns_of(pattern.parent.on if pattern.parent is not None else ()))


def write_subject(parts: tuple[Value, ...], pattern: QuadPattern, known: Knowledge) -> Value:
    """A subject that several lines share, missing where a value of it is; guards belong to the lines."""
    simple = merge_texts(known.simplify(part, pattern) for part in parts)
    gaps = find_all_gaps(parts, pattern, known)
    if len(simple) == 1:
        return simple[0]
    if gaps is None:
        return Concat(parts=simple)
    return hold(condition_of(gaps, ()), Concat(parts=simple, whole=True))


def join_parent(rows: Relation, parent: ParentRows, alias: str) -> Join:
    """The rows, each with its partner under an *alias*, or without.

    Where the parent only needs to be there, its distinct keys are joined; else its keys are known to be unique.
    """
    if not parent.exists:
        on = tuple((c, rename_rows(p, {"p": alias})) for c, p in parent.on)
        return Join(left=rows, right=Scan(table=parent.table.name, alias=alias), on=on, how=Joining.LEFT)
    keys = tuple(Named(name=f"k{i}", value=p) for i, (_, p) in enumerate(parent.on))
    there = Filter(
        rows=Scan(table=parent.table.name, alias="p"), condition=Present(values=tuple(p for _, p in parent.on))
    )
    partners = Distinct(rows=Project(rows=there, columns=keys), alias=alias)
    on = tuple((c, Column(of=alias, name=f"k{i}")) for i, (c, _) in enumerate(parent.on))
    return Join(left=rows, right=partners, on=on, how=Joining.LEFT)


def write_line(
    pattern: QuadPattern, alias: str, subjects: Mapping[tuple[Value, ...], str], known: Knowledge
) -> RowLine:
    """A line of a row, the parent's row under an *alias*; a text that is some pattern's subject was made before."""
    parts: list[Value] = []
    needed: list[Value] = []
    whole = True
    if pattern.parent is not None:
        key = Column(of="p", name="k0") if pattern.parent.exists else pattern.parent.on[0][1]
        needed.append(key)
    for term in pattern.terms:
        gaps = find_all_gaps(term.parts, pattern, known)
        if (name := subjects.get(term.parts)) is not None:
            made = Column(of="t", name=name)
            parts += [made, Text(text=" ")]
            needed += [] if gaps == () else [made]
            continue
        needed += gaps or ()
        whole = whole and gaps is not None
        parts += [*(known.simplify(part, pattern) for part in term.parts), Text(text=" ")]
    condition = condition_of(needed, settle_guards(pattern, known))
    names = {"p": alias}
    return RowLine(
        parts=rename_rows(merge_texts([*parts, Text(text=".")]), names),
        condition=rename_rows(condition, names) if condition is not None else None,
        whole=whole,
    )


def stack_lines(lines: Sequence[RowLine]) -> tuple[Value, bool]:
    """The lines in one text, those of the same condition together; and whether one at least is always there."""
    together: dict[Condition | None, list[Value]] = {}
    alone: list[RowLine] = []  # those whose own text tells whether they are there
    for line in lines:
        if line.whole:
            together.setdefault(line.condition, []).extend((END, *line.parts))
        else:
            alone.append(line)
    sure = together.pop(None, None)
    if sure is not None:
        below = [hold(condition, glue(parts)) for condition, parts in together.items()]
        below += [hold(line.condition, Concat(parts=merge_texts((END, *line.parts)))) for line in alone]
        return glue((*sure[1:], *below)), True
    texts = [hold(condition, glue(parts[1:])) for condition, parts in together.items()]
    texts += [hold(line.condition, Concat(parts=line.parts)) for line in alone]
    return (Lines(texts=tuple(texts)) if len(texts) > 1 else texts[0]), False


def glue(parts: Iterable[Value]) -> Value:
    """A text of parts of which none is missing, or of which a missing one counts as empty."""
    merged = merge_texts(parts)
    return merged[0] if len(merged) == 1 else Concat(parts=merged, whole=True)
