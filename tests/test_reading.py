"""Seeds are read into nouns; whatever stands in a file, the outcome is nouns and diagnostics."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from story import check_story, claims_file, lay_out, serious, story_vocabulary

from kg.build.pipeline import Checked
from kg.model.nouns import Clarity, Evidence, Mode, NameKind, Voice
from kg.model.ontology.vocabulary import RangeKind, Unit
from kg.model.values import ClaimRef, EntityRef, Quantity, convert_number
from kg.model.values.quantity_text import MOST_DIGITS
from kg.reading.claims import ClaimsReader
from kg.reading.claimsfile import ClaimIds, collect_ids, open_claims
from kg.reading.entities import read_entities
from kg.reading.fields import Finder
from kg.reading.objects import read_object
from kg.reading.sources import address_key, read_source
from kg.system.project import Project
from kg.text.diagnostic import SourceText, render_text
from kg.text.yamldoc import Scalar, parse_document


def check(tmp_path: Path, *lines: str) -> Checked:
    return check_story(tmp_path, claims_file(*lines))


def test_order_of_keys_changes_nothing(tmp_path: Path) -> None:
    one = check(tmp_path / "a", "x: {s: tern, p: price, o: 5 EUR, mode: plan, when: 2033, note: n}")
    two = check(tmp_path / "b", "x: {note: n, when: 2033, mode: plan, o: 5 EUR, p: price, s: tern}")
    assert one.seeds.claim_by_id["post.x"] == two.seeds.claim_by_id["post.x"]
    assert one.seeds == two.seeds


def test_further_evidence_is_compared_once_however_much_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each `again` was compared with all before it: 3,000 took three times as long to check as they do."""
    asked: list[str] = []

    def name_sentence(evidence: Evidence) -> str:
        asked.append(evidence.address)
        return f"{evidence.source}.{evidence.address}"

    monkeypatch.setattr(Evidence, "sentence", property(name_sentence))
    counts = []
    for many in (30, 60):
        asked.clear()
        places = [f"p{number}s1" for number in range(1, many + 1)]
        head = "kg: source/1\ntitle: A log\nauthor: mira-vogt\npublished: 2026-06-12\nlang: en\nfile: log.txt\n"
        outline = f"sha256: {'0' * 64}\noutline:\n" + "".join(f"  {place}: 0000000a\n" for place in places)
        said = "    sails: {s: tern, p: sailsTo, o: riga}\n" + "".join(
            f"  {place} 0000000a:\n    said: source\n    sails: again\n" for place in places[1:]
        )
        claims = f"kg: claims/1\nsource: log\nclaims:\n  p1s1 0000000a:\n    said: source\n{said}"
        files = {"seeds/sources/log.yaml": head + outline, "seeds/claims/log.yaml": claims}
        checked = check_story(tmp_path / str(many), files)
        assert [e.address for e in checked.seeds.claim_by_id["log.sails"].evidence] == places
        counts.append(len(asked))
    assert counts[1] <= 2 * counts[0]


def test_claims_are_in_the_order_of_their_ids(tmp_path: Path) -> None:
    seeds = check(tmp_path, "b: {s: tern, p: crew, o: 5}", "a: {s: heron, p: crew, o: 6}").seeds
    assert [c.id for c in seeds.claims if c.source == "post"] == ["post.a", "post.b"]


def test_defaults(tmp_path: Path) -> None:
    claim = check(tmp_path, "x: {s: tern, p: crew, o: 5}").seeds.claim_by_id["post.x"]
    assert (claim.mode, claim.negated, claim.when, claim.unknown_when, claim.as_of) == (
        Mode.FACT,
        False,
        None,
        False,
        None,
    )
    (evidence,) = claim.evidence
    assert (evidence.voice, evidence.clarity, evidence.is_plain) == (Voice.OWN, Clarity.CLEAR, True)
    assert evidence.sentence == "post.p1s1"
    assert str(claim.mark) == "seeds/claims/post.yaml:6:5" and str(claim.mark_of("o")).endswith(":6:30")
    assert claim.mark_of("mode") == claim.mark  # what is not written is where the claim is


def test_named_speaker_is_reported_by_default(tmp_path: Path) -> None:
    files = claims_file("x: {s: tern, p: crew, o: 5}", said="{by: mira-vogt}")
    claim = check_story(tmp_path, files).seeds.claim_by_id["post.x"]
    assert claim.evidence[0].voice is Voice.REPORTED


@pytest.mark.parametrize(
    ("text", "number", "lowest", "highest", "exclusive", "approximate", "exact"),
    [
        ("73.60 kWh", "73.60", "73.60", "73.60", False, False, True),
        ("+5 kWh", "+5", "+5", "+5", False, False, True),
        ("-5 kWh", "-5", "-5", "-5", False, False, True),
        ("about 5 kWh", "5", None, None, False, True, False),
        ("over 5 kWh", "5", "5", None, True, False, False),
        ("under 5 kWh", "5", None, "5", True, False, False),
        ("at least 5 kWh", "5", "5", None, False, False, False),
        ("at  most 5 kWh", "5", None, "5", False, False, False),
        ("5..7 kWh", None, "5", "7", False, False, False),
        ("5 .. 7 kWh", None, "5", "7", False, False, False),
        ("5..5 kWh", None, "5", "5", False, False, False),
        ("about 5..7 kWh", None, "5", "7", False, True, False),
    ],
)
def test_quantity(
    text: str,
    number: str | None,
    lowest: str | None,
    highest: str | None,
    exclusive: bool,
    approximate: bool,
    exact: bool,
) -> None:
    finder = Finder()
    value = read_text(text, "battery", finder)
    assert finder.diagnostics == () and isinstance(value, Quantity)
    assert (value.number, value.lowest, value.highest) == (number, lowest, highest)
    assert (value.exclusive, value.approximate, value.exact) == (exclusive, approximate, exact)
    assert value.unit == "http://qudt.org/vocab/unit/KiloW-HR"


def read_text(text: str, prop: str, finder: Finder) -> object:
    vocabulary = story_vocabulary()
    source = SourceText("a.yaml", text)
    mark = parse_document(source).root
    assert isinstance(mark, Scalar)
    return read_object(mark, vocabulary.properties[prop], vocabulary, "en", finder)


def test_numbers_have_an_end() -> None:
    finder = Finder()
    assert read_text("9" * MOST_DIGITS + " kWh", "battery", finder) is not None
    assert read_text("9" * (MOST_DIGITS + 1) + " kWh", "battery", finder) is None
    assert [d.message for d in finder.diagnostics] == ["a number of more than 200 digits"]


@given(
    st.text(
        st.one_of(st.sampled_from("0123456789.+- aboutverdkWhMEURJ,:é１²٣"), st.characters(exclude_categories=["Cs"]))
    )
)
def test_any_object_is_read_or_told(text: str) -> None:
    """For each kind of range: an object or diagnostics, and never both nothing."""
    node = Scalar(text=text, mark=parse_document(SourceText("a.yaml", "x")).root.mark)  # type: ignore[union-attr]
    for prop in story_vocabulary().properties.values():
        finder = Finder()
        value = read_object(node, prop, story_vocabulary(), "en", finder)
        assert (value is None) == bool(finder.diagnostics)
        if isinstance(value, Quantity):
            for number in (value.number, value.lowest, value.highest):
                assert number is None or number.isascii()


# ---- conversion


def unit(multiplier: str | None, iri: str = "a") -> Unit:
    ratio = Fraction(multiplier) if multiplier else None
    mark = parse_document(SourceText("a", "x")).root.mark  # type: ignore[union-attr]
    return Unit(iri=iri, symbol=iri, words=(iri,), kinds=frozenset({"k"}), multiplier=ratio, labels={}, mark=mark)


@pytest.mark.parametrize(
    ("number", "of", "to", "expected"),
    [
        ("73.60", "3600000", "3600000", "73.6"),
        ("0.0736", "3600000000", "3600000", "73.6"),
        ("1", "1", "3", None),
        ("3", "1", "3", "1"),
        ("1", "1", "8", "0.125"),
        ("-100", "1", "1000", "-0.1"),
        ("0", "5", "7", "0"),
        ("-0.0", "5", "7", "0"),
        ("100", "1000", "1", "100000"),
        ("1", None, "1", None),
        ("0.000000000000000000000000000001", "1", "1000", "0.000000000000000000000000000000001"),
    ],
)
def test_conversion(number: str, of: str | None, to: str | None, expected: str | None) -> None:
    assert convert_number(number, unit(of, "a"), unit(to, "b")) == expected


def test_the_same_unit_keeps_the_digits() -> None:
    assert convert_number("73.60", unit("3"), unit("3")) == "73.60"
    assert convert_number("+0073.60", unit(None), unit(None)) == "+0073.60"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), st.integers(1, 10**9), st.integers(1, 10**9))
def test_conversion_is_exact_or_refused(number: object, of: int, to: int) -> None:
    text = f"{number:f}"
    found = convert_number(text, unit(str(of), "a"), unit(str(to), "b"))
    wanted = Fraction(text) * of / to
    if found is None:
        rest = wanted.denominator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        assert rest != 1
    else:
        assert Fraction(found) == wanted
        assert "." not in found or found[-1] != "0"


# ---- any file


def test_a_name_means_a_claim_of_the_own_source_first() -> None:
    ids = ClaimIds({"post.a.1": ("post.a.1",), "a.1": ("a.1",)})
    assert (ids.find("a.1", "post"), ids.find("a.1", "news"), ids.find("b", "post")) == (("post.a.1",), ("a.1",), ())


def test_addresses_are_ordered_as_numbers() -> None:
    assert sorted(["p10s1", "p2s10", "p2s9", "p0s1"], key=address_key) == ["p0s1", "p2s9", "p2s10", "p10s1"]


KEYS = ["kg", "source", "voices", "claims", "entities", "p1s1 dd56dbe3", "p1s1..p2s1", "said", "again", "s", "p", "o",
        "mode", "by", "when", "asof", "where", "on", "voice", "sure", "not", "unlike", "compatible", "accept", "note",
        "is", "label", "alias", "typo", "misnomer", "description", "same", "en", "zh", "title", "published", "inferred",
        "because", "outline", "skip", "figures", "p1s1", "x", "text", "lang", "file", "sha256", "author"]  # fmt: skip
VALUES = ["claims/1", "entities/1", "source/1", "post", "source", "tern", "battery", "sailsTo", "delivered", "launched",
          "5 kWh", "about 5..6 kWh", "riga", "c:x", "c:post.x.1", "again", "true", "plan", "2031", "2031?", "unknown",
          "vague", "quote", "value", "dd56dbe3", "dd56dbe3 12", "post.p1s1", "wd:Q1", "Ferry", "", "12", "p1s1",
          "because", "describedAs", "https://x.example/", "no-deadline", "９９", "\U0001f426"]  # fmt: skip
TREES = st.recursive(
    st.sampled_from(VALUES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)


def write(tree: object) -> str:
    if isinstance(tree, dict):
        return "{" + ", ".join(f'"{key}": {write(value)}' for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(write, tree)) + "]"
    return f'"{tree}"'


def claims_like(tree: object) -> str:
    """A claims file whose head is right, so that reading gets as far as it can."""
    return write({"kg": "claims/1", "source": "post", "voices": {"p1s1": "source"}, "claims": {"p1s1 dd56dbe3": tree}})


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=150)
@given(tree=TREES, kind=st.sampled_from(["claims", "entities", "sources"]), headed=st.booleans())
def test_any_file_is_read_or_told(tree: object, kind: str, headed: bool) -> None:
    text = claims_like(tree) if headed and kind == "claims" else write(tree)
    if headed and kind != "claims" and isinstance(tree, dict):
        form = "entities/1" if kind == "entities" else "source/1"
        text = write({**tree, "kg": form})
    document = parse_document(SourceText(f"seeds/{kind}/a.yaml", text))
    finder = Finder()
    if kind == "entities":
        read_entities(document, finder)
    elif kind == "sources":
        read_source(document, finder)
    else:
        file = open_claims(document, finder)
        if file is not None:
            ids = collect_ids([file], finder, complete=True)
            ClaimsReader(file, None, ids, story_vocabulary(), finder).read()
    for diagnostic in finder.diagnostics:
        assert render_text(diagnostic)
        assert diagnostic.message[:1] == diagnostic.message[:1].lower() and not diagnostic.message.endswith(".")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25)
@given(tree=TREES, more=TREES)
def test_any_project_is_checked(tmp_path: Path, tree: object, more: object) -> None:
    entities = write({"kg": "entities/1", "entities": {"gull": more}})
    files = {"seeds/claims/post.yaml": claims_like(tree), "seeds/entities/more.yaml": entities}
    checked = check_story(tmp_path / "p", files)
    found = [d for d in checked.diagnostics if d.mark.file in files]
    for diagnostic in found:
        assert render_text(diagnostic)


def test_files_in_any_order_give_the_same(tmp_path: Path) -> None:
    claims = claims_file("a: {s: tern, p: crew, o: 5}", "b: {s: c:a, p: because, o: c:bulletin.all.1}")
    one = check_story(tmp_path / "1", {"seeds/claims/a.yaml": claims["seeds/claims/post.yaml"]})
    two = check_story(tmp_path / "2", {"seeds/claims/z.yaml": claims["seeds/claims/post.yaml"]})
    assert serious(one.diagnostics) == serious(two.diagnostics) == []
    assert one.seeds.claims == two.seeds.claims


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    lay_out(tmp_path, {"seeds/claims/.draft.yaml": "nonsense", "seeds/claims/.old/x.yaml": "nonsense"})
    assert [p.name for p in Project(tmp_path).claim_files] == ["base.yaml"]


def test_names_of_an_entity(tmp_path: Path) -> None:
    more = "kg: entities/1\nentities:\n  gull: {is: Ferry, label: {zh: 海鸥, en: Gull}, alias: G}\n"
    gull = check_story(tmp_path, {"seeds/entities/more.yaml": more}).seeds.entity_by_key["gull"]
    assert [(n.kind, n.lang, n.text) for n in gull.names] == [
        (NameKind.LABEL, "zh", "海鸥"),
        (NameKind.LABEL, "en", "Gull"),
        (NameKind.ALIAS, "en", "G"),
    ]
    assert (gull.label("en"), gull.label("zh"), gull.label("fr")) == ("Gull", "海鸥", "海鸥")


def test_every_kind_of_range_is_in_the_story() -> None:
    assert {p.kind for p in story_vocabulary().properties.values()} == set(RangeKind)


def test_subjects_and_objects_are_entities_or_claims(tmp_path: Path) -> None:
    seeds = check(
        tmp_path,
        "ours: {s: tern, p: homePort, o: riga}",
        "why: {s: c:ours, p: because, o: c:post.crew}",
        "crew: {s: tern, p: crew, o: 5, compatible: [c:ours]}",
    ).seeds
    ours, why, crew = (seeds.claim_by_id[f"post.{key}"] for key in ("ours", "why", "crew"))
    assert (ours.subject, ours.object) == (EntityRef(key="tern", mark=ours.mark), EntityRef(key="riga", mark=ours.mark))
    assert (why.subject, why.object) == (
        ClaimRef(id="post.ours", mark=why.mark),
        ClaimRef(id="post.crew", mark=why.mark),
    )
    assert (ours.subject.text, why.subject.text) == ("tern", "c:post.ours")  # as a curator may write them
    assert crew.compatible == (ClaimRef(id="post.ours", mark=crew.mark),)
    assert str(why.subject.mark) == "seeds/claims/post.yaml:7:14"
