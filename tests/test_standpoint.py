"""The graph of a day, and what was known by then; the rules one by one stand in `tests/spec/direct.md`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from story import claims_file, lay_out
from terminal import run_kg

import kg
from kg.graph.standpoint import find_day
from kg.text.diagnostic import UsageError

MAYORS = claims_file(
    "a: {s: tern, p: homePort, o: riga, when: ../2009}",
    "b: {s: tern, p: homePort, o: oslo, when: 2010/..}",
    "c: {s: halden, p: delivered, o: 9 vehicle, asof: 2008}",
    "d: {s: halden, p: delivered, o: 12 vehicle, decided: {for: e, because: x}, accept: {needless-decision: x}}",
    "e: {s: halden, p: delivered, o: 12 vehicle, by: mira-vogt}",
)
BULLETIN = {
    "seeds/claims/bulletin.yaml": """kg: claims/1
source: bulletin
claims:
  p1s1 5127e60b:
    said: source
    sails: {s: tern, p: sailsTo, o: riga, unlike: {post.b: measure}}
    why: {s: c:sails, p: because, o: c:post.b}
    post-b: {again: post.b}
"""
}
ALL = {**MAYORS, **{k: v.replace("    post-b: {again: post.b}\n", "") for k, v in BULLETIN.items()}}


def ask(root: Path, *options: str) -> str:
    done = run_kg(*options, folder=root)
    assert done.code == 0, done.err
    return done.out


HOME = ("query", "-e", "SELECT ?port { e:tern r:homePort ?port }", "--format", "csv")


@pytest.mark.parametrize(
    ("day", "port"), [("2009", "riga"), ("2009-12-31", "riga"), ("2010", "oslo"), ("2010-01-01", "oslo")]
)
def test_one_home_port_on_each_day(tmp_path: Path, day: str, port: str) -> None:
    lay_out(tmp_path, ALL)
    assert ask(tmp_path, *HOME, "--as-of", day).split() == ["port", f"https://halden.example/entity/{port}"]
    shown = ask(tmp_path, "show", "tern", "--as-of", day)
    other = "Oslo" if port == "riga" else "Riga"
    assert f"• Tern · home port · {port.capitalize()}" in shown and f"◦ Tern · home port · {other}" in shown
    turtle = ask(tmp_path, "export", "turtle", "--as-of", day)
    assert f"r:homePort e:{port}" in turtle and f"r:homePort e:{other.lower()}" not in turtle


def test_why_is_told_of_the_day_and_of_what_was_known(tmp_path: Path) -> None:
    lay_out(tmp_path, ALL)
    for day, of in (("2009", "riga"), ("2010", "oslo")):
        told = {name: ask(tmp_path, "why", f"post.{name}", "--as-of", day) for name in "ab"}
        assert [name for name in "ab" if "direct     yes" in told[name]] == ["a" if of == "riga" else "b"], told
    assert "direct     no" in ask(tmp_path, "why", "tern", "homePort", "riga", "--as-of", "2010")
    graph = kg.open_project(tmp_path, as_of="2010")
    assert "direct     no" in graph.why("post.a") and "it holds for `../2009`" in graph.why("post.a")
    assert "direct     no" not in kg.open_project(tmp_path, as_of="2009").why("post.a")
    done = run_kg("why", "bulletin.sails", "--known-by", "2031-06", folder=tmp_path)
    assert (done.code, done.err) == (2, "kg: `bulletin.sails` was not known by 2031-06: no source had said it\n")
    with pytest.raises(UsageError, match="was not known by 2031-06"):
        kg.open_project(tmp_path, known_by="2031-06").why("bulletin.sails")


def test_a_source_that_was_published_later_is_told_so(tmp_path: Path) -> None:
    lay_out(tmp_path, ALL)
    done = run_kg("show", "bulletin", "--known-by", "2031-06", folder=tmp_path)
    told = "kg: the source `bulletin` was not known by 2031-06: it was published later\n"
    assert (done.code, done.err) == (2, told)


def test_different_answers_show_for_when_they_hold(tmp_path: Path) -> None:
    asked = MAYORS | claims_file(
        "a: {s: tern, p: price, o: 9 EUR, when: 2009}",
        "b: {s: tern, p: price, o: 12 EUR, when: 2009/2010, unlike: {a: value}}",
    )
    lay_out(tmp_path, asked)
    ontology = tmp_path / "ontology"
    path = next(p for p in sorted(ontology.glob("*.ttl")) if "r:price a " in p.read_text(encoding="utf-8"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text + '\nr:price kg:question "What does {s} cost?"@en .\n', encoding="utf-8")
    told = ask(tmp_path, "disputes")
    assert "9 EUR   (2009)" in told and "12 EUR   (2009 to 2010)" in told


def test_the_latest_count_of_the_day(tmp_path: Path) -> None:
    lay_out(tmp_path, ALL)
    count = ("query", "-e", "SELECT ?n { e:halden r:delivered ?n }", "--format", "csv")
    assert ask(tmp_path, *count).split() == ["n", "12"]
    assert ask(tmp_path, *count, "--as-of", "2031-05-03").split() == ["n", "9"]
    assert ask(tmp_path, *count, "--as-of", "2007").split() == ["n"]


def test_what_was_known(tmp_path: Path) -> None:
    """The bulletin may have come out as late as the end of 2032; the post is of 4 May 2031."""
    lay_out(tmp_path, ALL)
    claims = ("query", "-e", "SELECT ?c { ?c a kg:Claim }", "--format", "csv")
    assert len(ask(tmp_path, *claims, "--known-by", "2032").split()) == len(ask(tmp_path, *claims).split())
    known = ask(tmp_path, *claims, "--known-by", "2031-05-04").split()
    assert sorted(iri.rpartition("/")[2] for iri in known[1:]) == ["post.a", "post.b", "post.c", "post.d", "post.e"]
    assert ask(tmp_path, *claims, "--known-by", "2031-05-03").split() == ["c"]


def test_known_by_moves_the_day(tmp_path: Path) -> None:
    lay_out(tmp_path, ALL)
    assert find_day(kg.open_project(tmp_path).checked.seeds) == (2032, 12, 31)
    assert find_day(kg.open_project(tmp_path, known_by="2032-06").checked.seeds) == (2031, 5, 4)
    assert find_day(kg.open_project(tmp_path, known_by="2032-06", as_of="1999").checked.seeds) == (1999, 12, 31)
    (tmp_path / "seeds/dataset.yaml").write_text(
        "kg: dataset/1\ntitle: T\nbase: https://halden.example/\nasof: 2032-08\n"
    )
    assert find_day(kg.open_project(tmp_path).checked.seeds) == (2032, 8, 31)
    assert find_day(kg.open_project(tmp_path, known_by="2032-06").checked.seeds) == (2032, 6, 30)


def test_a_claim_that_another_source_repeats_stays_known(tmp_path: Path) -> None:
    bulletin = BULLETIN["seeds/claims/bulletin.yaml"].replace("post.b}\n", "post.b, voice: reported}\n")
    files = {**MAYORS, "seeds/claims/bulletin.yaml": bulletin.replace("said: source", "said: {by: olle-brandt}")}
    lay_out(tmp_path, files)
    (tmp_path / "seeds/sources/post.yaml").write_text(
        (tmp_path / "seeds/sources/post.yaml").read_text().replace("published: 2031-05-04", "published: 2033")
    )
    graph = kg.open_project(tmp_path, known_by="2032")
    assert not graph.checked.has_errors, graph.diagnostics
    (claim,) = [c for c in graph.checked.seeds.claims if c.id == "post.b"]
    assert (claim.source, [e.sentence for e in claim.evidence]) == ("bulletin", ["bulletin.p1s1"])
    assert {c.id for c in graph.checked.seeds.claims if c.id.startswith("post.")} == {"post.b"}
    text = graph.export("trig")
    assert "post.a" not in text and "c:post.b" in text and 'kg:knownBy "2032"' in text


def test_what_was_only_proposed_by_then_is_not_asserted(tmp_path: Path) -> None:
    """What a source of that time says was proposed, and the source where a person stated it came later."""
    claims = """kg: claims/1
source: SOURCE
claims:
  ADDRESS:
    said: source
    port: CLAIM
"""
    late = claims.replace("SOURCE", "bulletin").replace("ADDRESS", "p1s1 5127e60b")
    early = claims.replace("SOURCE", "post").replace("ADDRESS", "p1s1 dd56dbe3")
    lay_out(tmp_path, {
        "seeds/claims/bulletin.yaml": late.replace("CLAIM", "{s: tern, p: homePort, o: riga, by: mira-vogt}"),
        "seeds/claims/post.yaml": early.replace("port: CLAIM", "again: {again: bulletin.port, proposed: PROPOSED}")
        .replace("said: source", "said: {by: mira-vogt}").replace("PROPOSED", "{by: Extractor, on: 2031-06-01}"),
    })  # fmt: skip
    asked = ("query", "-e", "ASK { e:tern r:homePort e:riga }")
    assert ask(tmp_path, *asked) == "yes\n"
    assert ask(tmp_path, *asked, "--known-by", "2031-06") == "no\n"
    told = ask(tmp_path, "why", "bulletin.port", "--known-by", "2031-06")
    assert "  direct     no, only as a claim: it was proposed, and nobody has reviewed it\n" in told


def test_no_day_at_all(tmp_path: Path) -> None:
    lay_out(tmp_path, MAYORS)
    for name in ("post", "bulletin"):
        path = tmp_path / f"seeds/sources/{name}.yaml"
        path.write_text("".join(line for line in path.read_text().splitlines(True) if not line.startswith("published")))
    graph = kg.open_project(tmp_path)
    assert find_day(graph.checked.seeds) is None
    reason = "it holds for `../2009`, and of which day the graph is, nothing says"
    assert f"direct     no, only as a claim: {reason}" in graph.why("post.a")


@pytest.mark.parametrize("date", ["soon", "2030/2031", "2030?", "../2030", ""])
@pytest.mark.parametrize("option", ["--as-of", "--known-by"])
def test_a_date_that_is_none(tmp_path: Path, option: str, date: str) -> None:
    lay_out(tmp_path, {})
    done = run_kg(*HOME, option, date, folder=tmp_path)
    assert done.code == 2
    assert f"{option}: `{date}` is no year, month or day: write 2024, 2024-04 or 2024-04-28" in done.err
    with pytest.raises(UsageError):
        kg.open_project(tmp_path, as_of=date)


def test_what_ended_on_an_unknown_day_holds_on_no_day_that_is_not_told(tmp_path: Path) -> None:
    """`2009/` began on some day of 2009 and ended perhaps the next; `2009-05-04/` holds on that day, `2009/..` on all.

    `/2009` ended on some day of it, and nobody says when it began.
    """
    whens = ("2009/", "2009-05-04/", "2009/..", "/2009", "/2009-05-04")
    rows = [
        f"{'abcde'[n]}: {{s: tern, p: homePort, o: riga, when: {when}, by: mira-vogt}}" for n, when in enumerate(whens)
    ]
    lay_out(tmp_path, claims_file(*rows))
    held = {}
    for day in ("2009-05-04", "2009-06-01", "2009"):
        told = {name: ask(tmp_path, "why", f"post.{name}", "--as-of", day) for name in "abcde"}
        held[day] = [name for name in "abcde" if re.search("direct     yes|the graph says it once", told[name])]
    assert held == {"2009-05-04": ["b", "c", "e"], "2009-06-01": ["c"], "2009": ["c"]}
