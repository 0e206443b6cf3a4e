"""Rules over the claims: what follows from a mistake is not told. Each code stands in `tests/spec/*.md`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from story import check_story, claims_file, lay_out, serious
from terminal import run_kg

import kg.text.codes
from kg.build.build import build_project
from kg.build.pipeline import check_project
from kg.check import AFTERTHOUGHTS, COMPARISONS, RULES, check_unused
from kg.starter import init_project
from kg.system.project import Project, find_project
from kg.text.codes import Code, load_codes
from kg.text.diagnostic import KgError, Severity, SourceText, render_text
from kg.text.sentence import digest_sentence
from kg.text.yamldoc import parse_document

CODES = load_codes()


def test_an_empty_project_says_what_to_do(tmp_path: Path) -> None:
    for folder in ("ontology", "seeds"):
        (tmp_path / folder).mkdir()
    text = "kg: dataset/1\ntitle: Nothing\nbase: https://a.example/\n"
    (tmp_path / "seeds" / "dataset.yaml").write_text(text, encoding="utf-8")
    (problem,) = check_project(Project(tmp_path)).diagnostics
    assert render_text(problem) == (
        "note[empty-project]: the project holds no entities and no claims\n"
        "  --> seeds/dataset.yaml:1:1\n"
        "   = hint: add files under seeds/entities/ and seeds/claims/; the tour in the README shows how"
    )


@pytest.mark.parametrize("missing", ["ontology", "seeds"])
def test_a_folder_that_is_not_there_is_no_mistake_of_the_files(tmp_path: Path, missing: str) -> None:
    other = {"ontology": "seeds", "seeds": "ontology"}[missing]
    (tmp_path / other).mkdir()
    with pytest.raises(KgError, match=f"the project lacks the folder {missing}/"):
        check_project(Project(tmp_path))
    with pytest.raises(KgError, match="no project here"):
        find_project(tmp_path)


def test_a_folder_of_texts_that_is_not_there(tmp_path: Path) -> None:
    project = lay_out(tmp_path, {})
    with pytest.raises(KgError, match="no folder of texts"):
        check_project(project, tmp_path / "nowhere")


def test_without_texts_the_evidence_is_unverified(tmp_path: Path) -> None:
    project = lay_out(tmp_path, {})
    found = check_project(project, None).diagnostics
    assert [(d.code, d.severity, d.mark.file) for d in found] == [
        ("unverified", Severity.NOTE, "seeds/sources/bulletin.yaml"),
        ("unverified", Severity.NOTE, "seeds/sources/post.yaml"),
    ]
    assert found[0].hint == "give the folder of the texts with `--texts`"


def test_without_texts_digests_are_compared_with_the_outline(tmp_path: Path) -> None:
    files = claims_file("x: {s: tern, p: crew, o: 7}")
    text = files["seeds/claims/post.yaml"].replace("dd56dbe3", "0d56dbe3")
    project = lay_out(tmp_path, {"seeds/claims/post.yaml": text})
    assert [d.code for d in serious(check_project(project, None).diagnostics)] == ["digest-mismatch"]


def test_a_file_that_cannot_be_read_hides_nothing_else(tmp_path: Path) -> None:
    """What it declares is not known, so nobody is told that it is missing; other mistakes are told."""
    broken = 'kg: entities/1\nentities: {tern: "'
    claims = claims_file("x: {s: trn, p: crew, o: 7}", "y: {s: tern, p: krew, o: 7}", "z: {s: tern, p: crew, o: many}")
    found = serious(check_story(tmp_path, {"seeds/entities/story.yaml": broken, **claims}).diagnostics)
    assert [(d.code, d.mark.file) for d in found] == [
        ("unknown-property", "seeds/claims/post.yaml"),
        ("bad-quantity", "seeds/claims/post.yaml"),
        ("yaml-syntax", "seeds/entities/story.yaml"),
    ]


def test_a_claims_file_that_cannot_be_read_is_not_missed(tmp_path: Path) -> None:
    line = "x: {s: c:post.gone, p: because, o: c:post.x, compatible: post.gone, unlike: {post.gone: value}}"
    other = claims_file(line, "post.gone: again")
    files = {"seeds/claims/a.yaml": "kg: claims/1\nclaims: {", **other}
    assert [d.code for d in serious(check_story(tmp_path, files).diagnostics)] == ["yaml-syntax", "self-reference"]


def test_a_name_that_does_not_exist_is_told_at_every_place(tmp_path: Path) -> None:
    lines = ["x: {s: trn, p: crew, o: 7}", "y: {s: trn, p: homePort, o: riga}"]
    found = check_story(tmp_path, claims_file(*lines)).diagnostics
    assert [(d.code, d.mark.line) for d in found] == [("unknown-entity", 6), ("unknown-entity", 7)]


def test_diagnostics_are_sorted_and_deterministic(tmp_path: Path) -> None:
    files = claims_file("x: {s: trn, p: krew, o: 7}", "y: {s: trn, p: homePort, o: rga}")
    one, two = (check_story(tmp_path / name, files).diagnostics for name in "ab")
    assert [render_text(d) for d in one] == [render_text(d) for d in two]
    assert [d.sort_key for d in one] == sorted(d.sort_key for d in one)


def test_every_rule_has_a_reason() -> None:
    rules = [*RULES, *COMPARISONS, *AFTERTHOUGHTS, check_unused]
    assert len(set(rules)) == len(rules)
    assert all(rule.__doc__ for rule in rules)


def test_an_acceptance_of_what_shacl_may_yet_say_is_settled_by_the_build(tmp_path: Path) -> None:
    files = claims_file("x: {s: tern, p: crew, o: 7, accept: {shape-warning: known}}")
    project = lay_out(tmp_path, files)
    assert [d.code for d in serious(check_project(project).diagnostics)] == []
    assert [d.code for d in serious(build_project(project).diagnostics)] == ["needless-accept"]


# ---- the table of codes tells the truth


def test_codes_stand_in_the_order_of_their_names() -> None:
    folder = Path(str(kg.text.codes.__file__)).parent
    for path in sorted(folder.glob("claims.toml")):
        names = list(tomllib.loads(path.read_text(encoding="utf-8")))
        assert names == sorted(names)


def codes_of(file: str) -> list[Code]:
    text = (Path(str(kg.text.codes.__file__)).parent / file).read_text(encoding="utf-8")
    return [CODES[name] for name in tomllib.loads(text)]


@pytest.mark.parametrize("code", codes_of("claims.toml") + codes_of("yaml.toml"), ids=lambda code: code.name)
def test_right_examples_are_yaml(code: Code) -> None:
    if not code.right.startswith("("):
        assert parse_document(SourceText("right", code.right)).diagnostics == ()


STORY = {
    "su7": "tern", "xiaomi-ev": "halden", "xiaomi": "halden", "lei-jun": "mira-vogt", "batteryCapacity": "battery",
    "101 kWh": "101 kWh", "deliversInYear": "deliversInYear", "CNY": "EUR", "eqo": "post", "release": "launch",
}  # fmt: skip
ONE_LINE = [
    "stray-comma", "yaml-duplicate-key", "bad-quantity", "bad-truth", "missing-unit", "unit-mismatch",
    "unknown-clarity", "unknown-mode", "unknown-key", "unknown-unit", "missing-key", "unknown-entity", "wrong-shape",
]  # fmt: skip


@pytest.mark.parametrize("name", ONE_LINE)
def test_wrong_examples_are_wrong_and_right_ones_right(tmp_path: Path, name: str) -> None:
    """The examples speak of this repository's own story; here they are told of the invented one."""
    wrong, right = (_retell(example) for example in (CODES[name].wrong, CODES[name].right))
    assert [d.code for d in serious(check_story(tmp_path, claims_file(wrong)).diagnostics)] == [name]
    assert [d.code for d in serious(check_story(tmp_path, claims_file(right)).diagnostics)] == []


def _retell(example: str) -> str:
    for word, other in STORY.items():
        example = re.sub(rf"\b{re.escape(word)}(?=\b)", other, example)
    example = re.sub(r"s: tern, p: (lockedOrders|delivered)\b", "s: halden, p: deliversInYear", example)
    return re.sub(r"\border\b", "vehicle", example)


@pytest.mark.parametrize(
    ("lang", "sentence", "object_", "noted"),
    [
        ("en", "The bridge is about 120 metres long.", "120 m", True),
        ("en", "The bridge is more than 120 metres long.", "120 m", True),
        ("en", "The bridge is more than 120 metres long.", "over 120 m", False),
        ("en", "The bridge, about ten years old, is 120 metres long.", "120 m", False),
        ("zh", "大桥长近120米。", "120 m", True),
        ("zh", "大桥附近120米。", "120 m", False),
        ("zh", "大桥长120米左右。", "120 m", True),
        ("zh", "大桥长120米左右。", "about 120 m", False),
        ("zh", "大桥长120米，左右各有一门。", "120 m", False),
        ("zh", "大桥长120多米。", "120 m", True),
        ("ja", "橋の長さは120メートル以上だ。", "120 m", True),
        ("en", "The bridge is 120 metres or more.", "120 m", True),
        ("es", "El puente mide 120 metros aproximadamente.", "120 m", True),
        ("es", "El puente mide 120 metros y costó más o menos lo previsto.", "120 m", False),
        ("fr", "Le pont mesure 120 mètres environ.", "120 m", True),
    ],
)
def test_an_exact_figure_where_the_sentence_is_inexact(
    tmp_path: Path, lang: str, sentence: str, object_: str, noted: bool
) -> None:
    folder = tmp_path / "p"
    init_project(folder, title="The bridge", base="https://rivertown.example/")
    (folder / "texts/bridge.txt").write_text(f"Title\n{sentence}\n", encoding="utf-8")
    source = f"kg: source/1\ntitle: Title\nauthor: reporter\npublished: 2026\nlang: {lang}\nfile: bridge.txt\n"
    (folder / "seeds/sources/bridge.yaml").write_text(source, encoding="utf-8")
    claim = f"length: {{s: bridge, p: length, o: {object_}}}"
    (folder / "seeds/claims/bridge.yaml").write_text(
        "kg: claims/1\nsource: bridge\nvoices: {p1s1: source}\n"
        f"claims:\n  p1s1 {digest_sentence(sentence)}:\n    {claim}\n",
        encoding="utf-8",
    )
    told = run_kg("check", "-v", "--texts", str(folder / "texts"), folder=folder)
    beside = re.search("(?:before|behind) its figure", told.out + told.err) is not None
    assert beside is noted, told.out + told.err
    assert "digest-mismatch" not in told.out + told.err


@pytest.mark.parametrize(
    ("lang", "sentence", "object_", "told"),
    [
        ("es", "El puente se abrió hacia 1923.", "1923", "has `hacia` before its date"),
        ("es", "El puente se abrió hacia el 3 de marzo de 1923.", "1923-03-03", "has `hacia` before its date"),
        ("es", "El puente se abrió hacia 1923.", "1923~", ""),
        ("es", "El puente se abrió en 1923, hacia el norte.", "1923", ""),
        ("en", "The bridge opened circa 1923.", "1923", "has `circa` before its date"),
        ("en", "The bridge opened in 1923, about 5 years late.", "1923", ""),
        ("de", "Die Brücke wurde um das Jahr 1923 eröffnet.", "1923", "has `um` before its date"),
        ("zh", "大桥于1923年前后通车。", "1923", "has `前后` behind its date"),
        ("zh", "大桥于公元前433年左右通车。", "-0432", "has `左右` behind its date"),
        ("zh", "大桥于公元前433年通车。", "-0432", ""),
        ("ja", "橋は1923年3月ごろに開通した。", "1923-03", "has `ごろ` behind its date"),
        ("en", "The bridge reportedly opened in 1923.", "1923", "stands with `reportedly`"),
        ("en", "The bridge did not open in 1923.", "1923", "stands with `not`"),
    ],
)
def test_an_exact_date_where_the_sentence_is_inexact_or_doubts_or_denies_it(
    tmp_path: Path, lang: str, sentence: str, object_: str, told: str
) -> None:
    """The graph said itself that it opened in 1923."""
    notes = check_sentence(tmp_path / "p", lang, sentence, f"{{s: bridge, p: opens, o: {object_}}}")
    found = re.findall(r"has `.*` (?:before|behind) its date|stands with `.*?`", notes)
    assert found == ([told] if told else []), notes


def check_sentence(folder: Path, lang: str, sentence: str, claim: str) -> str:
    """What `kg check -v` tells of a project whose one claim rests on a sentence."""
    init_project(folder, title="The bridge", base="https://rivertown.example/")
    (folder / "texts/bridge.txt").write_text(f"Title\n{sentence}\n", encoding="utf-8")
    source = f"kg: source/1\ntitle: Title\nauthor: reporter\npublished: 2026\nlang: {lang}\nfile: bridge.txt\n"
    (folder / "seeds/sources/bridge.yaml").write_text(source, encoding="utf-8")
    (folder / "seeds/claims/bridge.yaml").write_text(
        "kg: claims/1\nsource: bridge\nvoices: {p1s1: source}\n"
        f"claims:\n  p1s1 {digest_sentence(sentence)}:\n    claim: {claim}\n",
        encoding="utf-8",
    )
    told = run_kg("check", "-v", "--texts", str(folder / "texts"), folder=folder)
    assert "digest-mismatch" not in told.out + told.err
    return told.out + told.err


@pytest.mark.parametrize(
    ("lang", "sentence", "noted"),
    [
        ("ja", "橋の長さは120メートルだ。", False),
        ("es", "El puente mide 120 metros.", False),
        ("ru", "Длина моста 120 метров.", False),
        ("ko", "다리의 길이는 120미터다.", False),
        ("ja", "橋の長さは120キロだ。", True),
        ("es", "El puente mide 120 pies.", True),
    ],
)
def test_units_are_known_as_the_language_of_the_text_writes_them(
    tmp_path: Path, lang: str, sentence: str, noted: bool
) -> None:
    told = check_sentence(tmp_path / "p", lang, sentence, "{s: bridge, p: length, o: 120 m}")
    assert ("[unit-not-in-sentence]" in told) is noted, told
