"""The schemas of `kg schema`; jsonschema is the referee: what is right validates, what they refuse is refused."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from terminal import ROOT, run_kg

from kg.ask.term import read_quoted
from kg.build.pipeline import check_project
from kg.reading import forms
from kg.reading.schema import _TAG, SCHEMAS, enumerate_words, write_schemas
from kg.starter import init_project
from kg.system.project import Project
from kg.text.diagnostic import Severity
from kg.text.language import explain_tag
from kg.text.yamldoc import MappingNode, Node, Scalar, read_document

NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*|0[0-9]+)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def resolve(node: Node | None) -> Any:
    """A node as a YAML language server has it: plain scalars by the core schema of YAML 1.2."""
    if isinstance(node, MappingNode):
        return {key.text: resolve(value) for key, value in node.entries}
    if isinstance(node, Scalar):
        if node.plain and node.text in {"true", "false"}:
            return node.text == "true"
        if node.plain and node.text in {"", "~", "null"}:
            return None
        if node.plain and NUMBER.fullmatch(node.text):
            return float(node.text) if set(node.text) & set(".eE") else int(node.text)
        return node.text
    return [resolve(item) for item in node.items] if node is not None else None


@cache
def validators(folder: Path) -> dict[str, jsonschema.Draft7Validator]:
    checked = check_project(Project(folder))
    written = write_schemas(checked.seeds, checked.vocabulary)
    found = {}
    for name, text in written.items():
        schema = json.loads(text)
        jsonschema.Draft7Validator.check_schema(schema)
        found[name] = jsonschema.Draft7Validator(schema)
    return found


def find_refusals(folder: Path, by: Path) -> list[str]:
    """What the schemas of the project *by* refuse in the files of another, a line each."""
    project = Project(folder)
    files = [
        *((path, "claims") for path in project.claim_files),
        *((path, "source") for path in project.source_files),
        *((path, "entities") for path in project.entity_files),
        (folder / "seeds/dataset.yaml", "dataset"),
    ]
    told = []
    for path, name in files:
        value = resolve(read_document(path, path.name).root)
        errors = validators(by)[name].iter_errors(value)
        told += [f"{path.name}: {'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in errors]
    return told


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schema") / "story"
    init_project(folder, title="A story", base="https://story.example/")
    return folder


def test_what_is_right_validates(story: Path) -> None:
    assert find_refusals(ROOT, ROOT) == []
    assert find_refusals(story, story) == []


def test_enumerations_have_the_projects_words(story: Path) -> None:
    definitions = validators(story)["claims"].schema["definitions"]
    assert dict(zip(definitions["entity"]["enum"], definitions["entity"]["enumDescriptions"], strict=True)) == {
        "bridge": "the new bridge (bridge)", "mayor": "the mayor of Rivertown (person)",
        "reporter": "the author of the report (voice)",
    }  # fmt: skip
    words = definitions["property"]
    assert words["enumDescriptions"][words["enum"].index("length")] == "length: Bridge → quantity in m"
    assert definitions["unit"]["enumDescriptions"][definitions["unit"]["enum"].index("m")] == "metre"
    modes = definitions["claim"]["properties"]["mode"]
    assert len(modes["enum"]) == len(modes["enumDescriptions"]) == 9


PLANTED = [
    ("seeds/claims/bridge.yaml", "s: bridge, p: length", "s: brigde, p: length"),
    ("seeds/claims/bridge.yaml", "p: length", "p: lenght"),
    ("seeds/claims/bridge.yaml", "120 m}", "120 metresx}"),
    ("seeds/claims/bridge.yaml", "120 m}", "120}"),
    ("seeds/claims/bridge.yaml", "o: 120 m", "o: 120 m, mode: fakt"),
    ("seeds/claims/bridge.yaml", "o: 120 m", "o: 120 m, mod: fact"),
    ("seeds/claims/bridge.yaml", "o: 120 m", "o: 120 m, not: yes"),
    ("seeds/claims/bridge.yaml", "o: 120 m", "o: 120 m, sure: surely"),
    ("seeds/claims/bridge.yaml", "o: 120 m", "o: 120 m, by: [mayor, nobody]"),
    ("seeds/claims/bridge.yaml", "s: bridge, p: length", "s: [], p: length"),
    ("seeds/claims/bridge.yaml", "o: 120 m", "o: 120 m, unlike: {bridge.opening: colour}"),
    ("seeds/claims/bridge.yaml", "o: 120 m", "o: 120 m, inferred: {p: x}"),
    ("seeds/claims/bridge.yaml", "o: 120 m", "o: 120 m, decided: {for: [opening]}"),
    ("seeds/claims/bridge.yaml", ", o: 120 m", ""),
    ("seeds/claims/bridge.yaml", "o: 120 m", "o: [120 m, mayor]"),
    ("seeds/claims/bridge.yaml", "p1s1: source", "p1: source"),
    ("seeds/claims/bridge.yaml", "p1s1: source", "p1s1: sauce"),
    ("seeds/claims/bridge.yaml", "voice: reported", "voice: rapported"),
    ("seeds/claims/bridge.yaml", "{by: mayor, voice", "{voice"),
    ("seeds/claims/bridge.yaml", "source: bridge", "source: brigde"),
    ("seeds/claims/bridge.yaml", "kg: claims/1", "kg: claim/1"),
    ("seeds/claims/bridge.yaml", "voices:", "voice:"),
    ("seeds/sources/bridge.yaml", "title:", "titel:"),
    ("seeds/sources/bridge.yaml", "author: reporter", "author: reportre"),
    ("seeds/sources/bridge.yaml", "lang: en", "lang: en_UK"),
    ("seeds/sources/bridge.yaml", "file: bridge.txt", "file: texts/bridge.txt"),
    ("seeds/sources/bridge.yaml", "lang: en", "lang: en\ntime: noon"),
    ("seeds/sources/bridge.yaml", "lang: en", "lang: en\njoins: {p1s1: 1}"),
    ("seeds/sources/bridge.yaml", "lang: en", "lang: en\nfigures: {p1s1: {many: x}}"),
    ("seeds/sources/bridge.yaml", "lang: en", "lang: en\nfigure-rule: 9"),
    ("seeds/sources/bridge.yaml", "lang: en", "lang: en\npublisher: [mayor]"),
    ("seeds/entities/rivertown.yaml", "is: Person", "is: Persson"),
    ("seeds/entities/rivertown.yaml", "is: Person", "as: Person"),
    ("seeds/entities/rivertown.yaml", "  mayor:", "  The Mayor:"),
    ("seeds/entities/rivertown.yaml", "is: Person", "is: Person, replaces: Old Name"),
    ("seeds/entities/rivertown.yaml", "is: Person", "is: Person, alias: {en_UK: x}"),
    ("seeds/dataset.yaml", "title:", "name:"),
    ("seeds/dataset.yaml", "base: ", "base: no-iri #"),
    ("seeds/dataset.yaml", "title:", "publisher: {nam: x}\ntitle:"),
    ("seeds/dataset.yaml", "title:", "tables: {a: somewhere}\ntitle:"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new"), PLANTED, ids=[f"{Path(f).stem}-{n}" for f, _, n in PLANTED])
def test_what_the_schema_refuses_the_check_refuses(story: Path, tmp_path: Path, file: str, old: str, new: str) -> None:
    broken = tmp_path / "story"
    shutil.copytree(story, broken)
    text = (broken / file).read_text(encoding="utf-8")
    assert old in text
    (broken / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert find_refusals(broken, story) != []
    assert any(d.severity is Severity.ERROR for d in check_project(Project(broken)).diagnostics)


def test_every_kind_of_key_has_a_schema_and_every_form_is_reached() -> None:
    text = "".join(json.dumps(v.schema) for v in validators(ROOT).values())
    all_forms = [form for form in vars(forms).values() if isinstance(form, forms.Form)]
    missing = [key.says for form in all_forms for key in form.keys if json.dumps(key.says) not in text]
    assert missing == []


@pytest.mark.parametrize("tag", ["en", "zh-Hant-TW", "x-private", "i-klingon", "en-GB-oed", "de-1996", "sr-Latn-RS"])
def test_every_language_tag_that_the_check_takes_is_one(tag: str) -> None:
    """`x-private` was refused by the schema, and by `-p` and `kg why`, which show it themselves."""
    assert (
        explain_tag(tag) is None and re.search(_TAG, tag) is not None and read_quoted(f"'q'@{tag}") == ("q", tag, None)
    )


def test_no_words_admit_nothing() -> None:
    validator = jsonschema.Draft7Validator(enumerate_words({}))
    assert not validator.is_valid("a")


def test_schemas_are_written_as_files_and_printed(story: Path, tmp_path: Path) -> None:
    done = run_kg("schema", folder=story)
    assert (done.code, done.err) == (0, "")
    assert done.out == "".join(f"written: .kg/schema/{name}.json\n" for name in SCHEMAS)
    printed = run_kg("schema", "claims", folder=story)
    assert printed.out == (story / ".kg/schema/claims.json").read_text(encoding="utf-8")
    assert run_kg("schema", "-o", str(tmp_path / "there"), folder=story).code == 0
    assert sorted(path.stem for path in (tmp_path / "there").iterdir()) == sorted(SCHEMAS)
    assert run_kg("schema", "claim", folder=story).code == 2
