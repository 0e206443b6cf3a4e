"""The JSON Schema of an answer, for tools that hold a model to one."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from kg.build.pipeline import Checked
from kg.drafts.prompt.prompt import list_todo
from kg.model.nouns import Source
from kg.reading import forms
from kg.reading.schema import DRAFT, Json, SchemaMaker

_LEFT_TO_CURATORS = {"unlike", "compatible", "decided", "accept", "proposed", "reviewed"}


def make_answer_schema(checked: Checked, source: Source, form: str = "kg") -> Json:
    """The JSON Schema of an answer: a document of claims (`kg`), or one row (`jsonl`).

    Properties, modes and the addresses of what is to do are enumerations; entities may be new ones.
    """
    todo = list_todo(checked, source)
    maker = SchemaMaker(checked.seeds, checked.vocabulary, checked.seeds.dataset.language)
    if form == "jsonl":
        return _make_row_schema(maker, source, todo)
    named = {"anyOf": [maker.entity(), {"type": "string", "minLength": 1, "description": "a new thing, by its name"}]}
    claim = _open_entities(maker, forms.CLAIM, named)
    claim["properties"]["o"] = {
        "type": ["string", "number", "boolean"],
        "description": claim["properties"]["o"]["description"],
    }
    voice = {"anyOf": [{"const": "source"}, _open_entities(maker, forms.VOICE, named)]}
    block = {"type": "object", "properties": {"said": voice}, "additionalProperties": {"$ref": "#/definitions/claim"}}
    properties: Json = {
        "kg": {"const": "claims/1"},
        "source": {"const": source.id},
        "claims": {
            "type": "object",
            "properties": {address: {"$ref": "#/definitions/sentence"} for address in todo},
            "additionalProperties": False,
        },
    }
    definitions = {"claim": claim, "sentence": block, **maker.used}
    return {
        "$schema": DRAFT, "title": f"claims of {source.id}", "type": "object", "properties": properties,
        "required": ["kg", "source", "claims"], "additionalProperties": False,
        "definitions": dict(sorted(definitions.items())),
    }  # fmt: skip


def _open_entities(maker: SchemaMaker, form: forms.Form, named: Json) -> Json:
    """A form whose entities may be new, without the keys that are a curator's alone."""
    made = maker.make_form(form)
    made["properties"] = {name: value for name, value in made["properties"].items() if name not in _LEFT_TO_CURATORS}
    open_kinds = {forms.Kind.ENTITY, forms.Kind.ENTITIES, forms.Kind.SPEAKERS, forms.Kind.SUBJECT}
    for key in form.keys:
        if key.kind in open_kinds:
            made["properties"][key.name] = {**named, "description": key.says}
    return made


def _make_row_schema(maker: SchemaMaker, source: Source, todo: list[str]) -> Json:
    schema: dict[str, Any] = json.loads(
        files("kg.drafts.proposal").joinpath("proposal.schema.json").read_text(encoding="utf-8")
    )
    row = schema["properties"]
    entity = maker.entity()
    row["predicate"] = {"allOf": [maker.property()], "description": row["predicate"]["description"]}
    for key in ("subject", "speaker"):
        row[key] = {"anyOf": [entity, row[key]], "description": row[key]["description"]}
    row["sentence"] = {"enum": todo, "description": row["sentence"]["description"]}
    row["document"] = {"const": source.id, "description": row["document"]["description"]}
    del schema["$id"]
    return {**schema, "$schema": DRAFT, "title": f"a row of claims of {source.id}", "definitions": maker.used}
