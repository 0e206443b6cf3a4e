"""A plan in words, for `--explain`: a line for each relation, those that it is made of beneath it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from kg.tables.plan.relation import Join, Named, Relation, Scan
from kg.tables.plan.value import Column, Concat, Encode, Member, Missing, Number, Text


def show_relation(relation: Relation, depth: int = 0) -> list[str]:
    """The lines of a relation.

    >>> from kg.tables.plan.relation import First
    >>> print("\\n".join(show_relation(First(rows=Scan(table="s0", alias="t"), count=1))))
    First count=1
      Scan s0 as t
    """
    indent = "  " * depth
    if isinstance(relation, Scan):
        part = "" if relation.part is None else f", part {relation.part}"
        return [f"{indent}Scan {relation.table} as {relation.alias}{part}"]
    words = [type(relation).__name__]
    below: list[str] = []
    if isinstance(relation, Join):
        words.append(relation.how.value)
        words += [f"{show_value(one)} = {show_value(other)}" for one, other in relation.on]
        below += [*show_relation(relation.left, depth + 1), *show_relation(relation.right, depth + 1)]
    else:
        for each in fields(relation):
            value = getattr(relation, each.name)
            inner = value if isinstance(value, tuple) else (value,)
            if inner and all(is_relation(i) for i in inner):
                for i in inner:
                    below += show_relation(i, depth + 1)
            elif value not in ((), None) and value is not False and each.name != "alias":
                words.append(f"{each.name}={show_value(value)}")
    return [indent + " ".join(words), *below]


def is_relation(value: object) -> bool:
    """Whether a value is a noun of relations."""
    return is_dataclass(value) and isinstance(value, Relation)


def show_value(value: Any) -> str:
    """A value or condition in words.

    >>> show_value(Concat(parts=(Text(text="<a/"), Column(of="t", name="x"))))
    '"<a/" + t.x'
    """
    match value:
        case Column(of=of, name=name):
            return f"{of}.{name}"
        case Member(column=column, name=name):
            return f"{show_value(column)}.{name}"
        case Text(text=text):
            return '"' + text.replace("\n", "\\n") + '"'
        case Missing():
            return "-"
        case Number(number=number):
            return str(number)
        case Concat(parts=parts):
            return " + ".join(map(show_value, parts))
        case Encode(encoding=encoding, value=inner):
            return f"{encoding.value}({show_value(inner)})"
        case Named(name=name, value=inner):
            return f"{name} = {show_value(inner)}"
        case tuple():
            return f"[{', '.join(map(show_value, value))}]"
    if is_dataclass(value):
        inside = [show_value(getattr(value, each.name)) for each in fields(value)]
        return f"{type(value).__name__.lower()}({', '.join(inside)})"
    return str(value)
