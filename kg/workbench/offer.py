"""Completions of a field of a form: the offers that the language server makes at the same place of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.build.pipeline import Checked
from kg.editor.complete import complete
from kg.editor.role import FileFormat
from kg.model.ontology.vocabulary import RangeKind
from kg.text.match import fold_name, rate_names
from kg.text.yamltext import write_scalar
from kg.workbench.form import FIELDS, clean_field

MOST = 12


@dataclass(frozen=True, kw_only=True)
class FieldOffer:
    """What may stand in a field: the whole *value* that it has then, and what is shown of it.

    *fits* is false where what is typed is no part of its names, and only near one in spelling.
    """

    value: str
    label: str
    detail: str
    fits: bool


def offer_choices(checked: Checked, source: str, name: str, fields: Mapping[str, str]) -> tuple[FieldOffer, ...]:
    """What may stand in the field *name* for what is typed there, the best first.

    *name* is a key of a claim, or `is`, the class of a new thing. Entities are found by any of their names; properties
    that fit the subject come first, and so do the units that fit the property.
    """
    typed = clean_field(fields.get(name, "")) + (" " if fields.get(name, "").endswith(" ") else "")
    if name == "is":
        kind, file, head = FileFormat.ENTITIES, "seeds/entities/new.yaml", ["entities:", "  new:"]
    elif name in FIELDS:
        kind, file, head = FileFormat.CLAIMS, "seeds/claims/new.yaml", ["claims:", "  p1s1:", "    new:"]
    else:
        return ()
    margin = " " * (2 * len(head))
    others = [key for key in FIELDS if key != name and fields.get(key, "").strip()] if name != "is" else []
    lines = [*head, *(f"{margin}{key}: {write_scalar(clean_field(fields[key]))}" for key in others)]
    start = f"{margin}{name}: "
    written = write_scalar(typed) if typed else ""
    is_quoted = written.startswith('"') and not typed.startswith('"')
    if is_quoted:  # what is typed is shown to the scanner as it is, so that its columns are those of the field
        start, written = start + '"', typed.replace('"', "'").replace("\\", "/")
    text = "\n".join([*lines, start + written])
    offers = complete(checked, kind, file, text, len(lines), len(start + written), source)
    return tuple(
        FieldOffer(
            value=typed[: max(0, offer.start - len(start))] + offer.text.removesuffix(": "),
            label=offer.label,
            detail=offer.detail,
            fits=rate_names(fold_name(typed[max(0, offer.start - len(start)) :]), offer.names) is not None,
        )
        for offer in offers[:MOST]
    )


def takes_thing(checked: Checked, name: str, fields: Mapping[str, str]) -> bool:
    """Whether an entity stands in this field, so that a new one may be declared there."""
    prop = checked.vocabulary.properties.get(clean_field(fields.get("p", "")))
    return name in {"s", "by", "where"} or (name == "o" and prop is not None and prop.kind is RangeKind.ENTITY)
