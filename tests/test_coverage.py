"""Coverage counts every sentence and every figure: claimed, set aside, or to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from story import base_files, check_story, claims_file

from kg.build.pipeline import Checked
from kg.graph.coverage import Coverage, Status, measure_coverage, numbers_of
from kg.reading.articles import Articles, read_articles
from kg.text.diagnostic import KgError
from kg.text.sentence import split_sentences


def cover(checked: Checked, only: str | None = "post") -> Coverage:
    return measure_coverage(checked.seeds, checked.articles, only)


def without_texts(checked: Checked) -> Coverage:
    return measure_coverage(checked.seeds, Articles(folder=None, by_source={}), "post")


def source(skip: str = "", figures: str = "") -> dict[str, str]:
    text = base_files()["seeds/sources/post.yaml"]
    text += f"skip: {{{skip}}}\n" if skip else ""
    return {"seeds/sources/post.yaml": text + (f"figures: {{{figures}}}\n" if figures else "")}


def test_all_to_do(tmp_path: Path) -> None:
    found = cover(check_story(tmp_path, {}))
    assert [s.status for s in found.sentences] == [Status.TODO] * 6
    assert found.figures == (0, 9) and found.percent == 0


def test_sentences_and_figures(tmp_path: Path) -> None:
    claims = claims_file(
        "a: {s: halden, p: delivered, o: 12 vehicle}",
        "b: {s: halden, p: describedAs, o: founded in 2029, mode: opinion}",
    )
    checked = check_story(tmp_path, {**claims, **source("p0s1: the headline", 'p3s1: {"73.6": repeated}')})
    assert not checked.has_errors
    found = cover(checked)
    rows = {
        s.address: (s.status, s.claims, s.figures_claimed, s.figures_skipped, s.figures_todo) for s in found.sentences
    }
    assert rows == {
        "p0s1": (Status.SKIPPED, (), (), ("12",), ()),
        "p1s1": (Status.CLAIMED, ("post.a", "post.b"), ("12", "2029"), (), ("30",)),
        "p2s1": (Status.TODO, (), (), (), ("40", "2032")),
        "p2s2": (Status.TODO, (), (), (), ()),
        "p3s1": (Status.TODO, (), (), ("73.6",), ("215900", "299900")),
        "p4s1": (Status.TODO, (), (), (), ()),
    }
    assert found.figures == (4, 9)
    assert (found.count(Status.CLAIMED), found.count(Status.SKIPPED), found.count(Status.TODO)) == (1, 1, 4)
    assert found.percent == pytest.approx(100 * 2 / 6)  # the lower of the two shares
    assert without_texts(checked) == found  # the outline counts as the text does


def test_a_figure_counts_once(tmp_path: Path) -> None:
    """Two claims of 12 do not cover another figure, and one claim does not cover two."""
    claims = claims_file("a: {s: halden, p: delivered, o: 12 vehicle}", "b: {s: tern, p: crew, o: 12}")
    (sentence,) = [s for s in cover(check_story(tmp_path, claims)).sentences if s.address == "p1s1"]
    assert (sentence.figures_claimed, sentence.figures_todo) == (("12",), ("2029", "30"))


def test_a_number_below_zero_claims_its_figure_without_the_sign(tmp_path: Path) -> None:
    """A loss of 12 is -12; that a written minus is lost is not overlooked."""
    text = "kg: source/1\ntitle: T\nauthor: olle-brandt\noutline:\n  p1s1: dd56dbe3 12 -30\n"
    claims = claims_file("a: {s: tern, p: price, o: -12 EUR}", "b: {s: heron, p: price, o: 30 EUR}")
    news = claims["seeds/claims/post.yaml"].replace("source: post", "source: news")
    checked = check_story(tmp_path, {"seeds/sources/news.yaml": text, "seeds/claims/news.yaml": news})
    (sentence,) = cover(checked, "news").sentences
    assert (sentence.figures_claimed, sentence.figures_todo) == (("12",), ("-30",))
    assert [d.message for d in checked.diagnostics if d.code == "figure-not-in-sentence"] == [
        "`news.b` says 30, and the sentence `news.p1s1` does not"
    ]


def test_a_figure_that_stands_twice_is_claimed_twice(tmp_path: Path) -> None:
    text = "kg: source/1\ntitle: T\nauthor: olle-brandt\noutline:\n  p1s1: dd56dbe3 12 12\n"
    claims = claims_file("a: {s: halden, p: delivered, o: 12 vehicle}")["seeds/claims/post.yaml"]
    files = {"seeds/sources/news.yaml": text, "seeds/claims/news.yaml": claims.replace("source: post", "source: news")}
    (sentence,) = cover(check_story(tmp_path, files), "news").sentences
    assert (sentence.figures_claimed, sentence.figures_todo) == (("12",), ("12",))


@pytest.mark.parametrize(
    ("lang", "sentence", "claim", "told", "todo"),
    [
        ("en", "It won in 2:14:38, and not in 14.", "8078 s", [], ("14",)),
        ("en", "It won in 1:42.58.", "102.58 s", [], ()),
        ("de", "Die Strafe sind drei Jahre und sechs Monate.", "42 month", [], ()),
        ("en", "It won in 2:14:38.", "8079 s", ["figure-not-in-sentence"], ("2", "14", "38")),
        ("en", "It took 2 hours.", "7200 s", ["figure-not-in-sentence"], ("2",)),
    ],
)
def test_a_measure_in_two_units_is_what_its_parts_make(
    lang: str, sentence: str, claim: str, told: list[str], todo: tuple[str, ...], tmp_path: Path
) -> None:
    """A time of a race had to be explained, and each of its parts set aside."""
    digest = split_sentences(f"Tern\n\n{sentence}\n")[1].digest
    files = {
        "ontology/race.ttl":
            "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix r: <https://halden.example/relation/> .\n"
            "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix kgu: <https://kg.example/unit/> .\n"
            "@prefix qudt: <http://qudt.org/schema/qudt/> . @prefix unit: <http://qudt.org/vocab/unit/> .\n"
            "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
            'r:took a owl:DatatypeProperty ; rdfs:label "took"@en ; rdfs:range xsd:decimal ;\n'
            f"    qudt:hasUnit {'unit:SEC' if claim.endswith(' s') else 'kgu:month'} .\n",
        "ontology/units.ttl": (Path(__file__).parent.parent / "ontology" / "units.ttl").read_text(encoding="utf-8"),
        "texts/race.txt": f"Tern\n\n{sentence}\n",
        "seeds/sources/race.yaml":
            f"kg: source/1\ntitle: Tern\nauthor: mira-vogt\npublished: 2033-01-01\nlang: {lang}\nfile: race.txt\n",
        "seeds/claims/race.yaml":
            f"kg: claims/1\nsource: race\nclaims:\n  p1s1 {digest}:\n    said: source\n"
            f"    c: {{s: tern, p: took, o: {claim}, inferred: {{s: it}}}}\n",
    }  # fmt: skip
    checked = check_story(tmp_path, files)
    codes = ("figure-not-in-sentence", "unit-not-in-sentence")
    found = [d.code for d in checked.diagnostics if d.code in codes and d.mark.file == "seeds/claims/race.yaml"]
    assert [code for code in found if code == codes[0] or not told] == told
    assert cover(checked, "race").sentences[1].figures_todo == todo


def test_again_covers_its_own_sentence(tmp_path: Path) -> None:
    claims = claims_file("a: {s: halden, p: delivered, o: 12 vehicle}")
    claims["seeds/claims/post.yaml"] += "  p0s1 b563c5dc:\n    said: source\n    a: again\n"
    rows = {s.address: s for s in cover(check_story(tmp_path, claims)).sentences}
    assert rows["p0s1"].status is Status.CLAIMED and rows["p0s1"].figures_claimed == ("12",)


def test_a_source_without_outline_and_text_cannot_be_counted(tmp_path: Path) -> None:
    text = "kg: source/1\ntitle: T\nauthor: olle-brandt\n"
    found = cover(check_story(tmp_path, {"seeds/sources/news.yaml": text}), "news")
    assert found.uncounted == ("news",) and found.percent == 0
    everything = cover(check_story(tmp_path, {"seeds/sources/news.yaml": text}), None)
    assert everything.percent == 0 and len(everything.sentences) == 8


def test_nothing_is_covered_whole(tmp_path: Path) -> None:
    assert cover(check_story(tmp_path, {}), "nowhere").percent == 100


@pytest.mark.parametrize(
    ("claim", "numbers"),
    [
        ("{s: tern, p: battery, o: 073.60 kWh}", ["73.6"]),
        ("{s: tern, p: price, o: 5..7.50 EUR}", ["5", "7.5"]),
        ("{s: tern, p: price, o: about 5..7 EUR}", ["5", "7"]),
        ("{s: tern, p: price, o: over 100 EUR}", ["100"]),
        ("{s: tern, p: price, o: +5 EUR}", ["5"]),
        ("{s: tern, p: price, o: 0.50 EUR}", ["0.5"]),
        ("{s: tern, p: crew, o: '0'}", ["0"]),
        ("{s: tern, p: launched, o: 2030-03-05}", ["2030", "3", "5"]),
        ("{s: tern, p: homePort, o: riga, mode: plan, when: ../2033}", ["2033"]),
        ("{s: halden, p: delivered, o: 9 vehicle, asof: 2030}", ["9", "2030"]),
        ("{s: tern, p: describedAs, o: 3 ships of 20}", ["3", "20"]),
        ("{s: tern, p: homePort, o: riga}", []),
    ],
)
def test_numbers_of_a_claim(tmp_path: Path, claim: str, numbers: list[str]) -> None:
    seeds = check_story(tmp_path, claims_file(f"x: {claim}")).seeds
    assert numbers_of(seeds.claim_by_id["post.x"]) == numbers


# ---- the texts


def test_texts_are_found_by_the_name_that_the_source_gives(tmp_path: Path) -> None:
    checked = check_story(tmp_path, {})
    (tmp_path / "texts" / "bulletin.txt").unlink()
    found = read_articles(tmp_path / "texts", checked.seeds.sources)
    assert list(found.by_source) == ["post"]
    assert found.by_source["post"].figures("p3s1") == ("73.6", "215900", "299900")
    assert read_articles(None, checked.seeds.sources).by_source == {}


def test_a_text_that_is_no_utf8(tmp_path: Path) -> None:
    checked = check_story(tmp_path, {})
    (tmp_path / "texts" / "post.txt").write_bytes(b"Caf\xe9")
    with pytest.raises(KgError, match=r"the text post\.txt is not UTF-8 \(byte 3\)"):
        read_articles(tmp_path / "texts", checked.seeds.sources)
