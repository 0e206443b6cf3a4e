"""Merge: one entity of two, in every file that names them, without a comment lost."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
from killing import run_killed
from terminal import run_kg
from test_rename import check, errors, read, write

from kg.change.merge import plan_merge
from kg.change.rekey import write_rewritten
from kg.change.rename import Renaming, plan_rename
from kg.system.project import Project
from kg.text.diagnostic import UsageError

KEPT = """\
kg: entities/1   # people
entities:
  # the mayor, first
  mayor:   # since 2020
    is: Person
    label: {en: Ada Brook, zh: 艾达}
    alias: Ms Brook   # so her staff
    same: [ex:1]
  bridge: {is: Place, label: The bridge}
  report: {is: Voice, label: The report}
"""
GONE = """\
kg: entities/1
entities:   # those of the second report
  town: {is: Place, label: The town}
  # whom the second report names
  brook:   # a second Ada?
    is: Person
    # as the headline has it
    label: A. Brook
    alias: {en: ["Ada: the Mayor", Ms Brook], zh: 布鲁克}
    typo:
      en:
        Ada Brok: [bridge.p1s1]   # "# no comment"
    same:
      - ex:1   # sure
      - other:9
    note: "from the #2 report"
    when: 1970   # born
  # behind
"""
CLAIMS = """\
kg: claims/1
source: bridge
voices:
  p0s1: source
  p1s1..p1s9: {by: [brook, report], where: bridge, via: brook, voice: reported}   # brook
claims:
  p0s1 00000000:
    a: {s: brook, p: leads, o: 'town', note: "brook"}
    b: {s: mayor, p: met, o: [brook-2, "brook"]}
  p1s1 00000001:
    c: {s: bridge, p: length, o: 118 m, by: mayor}
    d: {s: bridge, p: length, o: 118 m, by: brook}
"""
QUESTION = """\
#' question: {en: "Who is e:brook?"}
#' params: {it: e:brook}
SELECT ?it ?x WHERE { ?it ?x e:brook }
"""
ONTOLOGY = """
r:leads a owl:ObjectProperty ; rdfs:label "leads"@en ; rdfs:range schema:Place .
r:met a owl:ObjectProperty ; rdfs:label "met"@en ; rdfs:range schema:Person .
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from kg.starter import init_project

    folder = tmp_path_factory.mktemp("model") / "p"
    init_project(folder, title="The Rivertown bridge", base="https://rivertown.example/")
    (folder / "ontology/news.ttl").unlink()
    for place in ("seeds/entities", "seeds/sources", "seeds/claims", "ontology/questions"):
        for path in (folder / place).iterdir():
            path.unlink()
    with (folder / "seeds/dataset.yaml").open("a", encoding="utf-8") as file:
        file.write("prefixes: {ex: https://ex.example/, other: https://other.example/}\n")
    write(folder, "seeds/entities/kept.yaml", KEPT)
    write(folder, "seeds/entities/gone.yaml", GONE.replace('"brook"]', '"brook"]'))
    write(folder, "seeds/entities/two.yaml", "kg: entities/1\nentities: {brook-2: {is: Person, label: The other}}\n")
    write(folder, "seeds/sources/bridge.yaml", "kg: source/1\ntitle: t\nauthor: [report, brook]\npublished: 2024\n")
    write(folder, "seeds/claims/bridge.yaml", CLAIMS.replace(', "brook"]', "]"))
    write(folder, "ontology/questions/who.rq", QUESTION)
    story = (
        (folder / "ontology/story.ttl").read_text(encoding="utf-8").replace("domain k:Bridge", "domain schema:Place")
    )
    classes = (
        'schema:Place a owl:Class ; rdfs:label "place"@en .\nschema:Person a owl:Class ; rdfs:label "person"@en .\n'
    )
    write(folder, "ontology/story.ttl", story + classes + ONTOLOGY)
    return folder


@pytest.fixture
def folder(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "p"))


def merge(folder: Path, kept: str, gone: str) -> Renaming:
    plan = plan_merge(check(folder), kept, gone)
    assert plan.refused == ()
    write_rewritten(plan.files, Project(folder))
    return plan


def test_all_of_one_entity_goes_to_the_other_and_no_comment_is_lost(folder: Path) -> None:
    assert errors(folder) == []
    plan = merge(folder, "mayor", "brook")
    after = {name: raw.decode() for name, raw in read(folder).items()}
    assert after["seeds/entities/kept.yaml"] == (
        """\
kg: entities/1   # people
entities:
  # the mayor, first
  mayor:   # since 2020
    # a second Ada?
    # as the headline has it
    # "# no comment"
    # sure
    # born
    replaces: [brook]
    typo: {en: {Ada Brok: [bridge.p1s1]}}
    when: 1970
    note: "from the #2 report"
    is: Person
    label: {en: Ada Brook, zh: 艾达}
    alias: {en: [Ms Brook, A. Brook, "Ada: the Mayor"], zh: 布鲁克}   # so her staff
    same: [ex:1, other:9]
  bridge: {is: Place, label: The bridge}
  report: {is: Voice, label: The report}
"""
    )
    assert after["seeds/entities/gone.yaml"] == (
        "kg: entities/1\nentities:   # those of the second report\n  town: {is: Place, label: The town}\n"
        "  # whom the second report names\n  # behind\n"
    )
    assert after["seeds/claims/bridge.yaml"] == CLAIMS.replace("[brook, report]", "[mayor, report]").replace(
        "via: brook", "via: mayor"
    ).replace("{s: brook", "{s: mayor").replace("by: brook", "by: mayor").replace(', "brook"]', "]")
    assert after["seeds/sources/bridge.yaml"].splitlines()[2] == "author: [report, mayor]"
    assert after["ontology/questions/who.rq"] == QUESTION.replace("e:brook", "e:mayor")
    assert errors(folder) == []
    assert plan.told[:2] == (
        "seeds/entities/gone.yaml:8:12 the label `A. Brook` becomes an alias: `mayor` is called `Ada Brook`",
        "seeds/claims/bridge.yaml:12:5 same-claim: `bridge.d` says the same as `bridge.c`",
    )


def test_the_old_iri_leads_to_the_one_that_stays(folder: Path) -> None:
    merge(folder, "mayor", "brook")
    quads = {str(a.quad) for a in check(folder).story.assertions if "isReplacedBy" in a.quad.predicate.value}
    assert [q.split()[0].rpartition("/")[2] for q in quads] == ["brook>"]
    assert "entity/mayor" in quads.pop()
    with pytest.raises(UsageError, match="no entity `brook`: it is `mayor` now"):
        plan_merge(check(folder), "town", "brook")
    with pytest.raises(UsageError, match="`brook` was the id of `mayor`"):
        plan_rename(check(folder), "town", "brook")


@pytest.mark.parametrize(
    ("kept", "gone", "message"),
    [
        ("mayor", "mayor", "`mayor` is one entity: name two"),
        ("mayr", "brook", "no entity `mayr`: did you mean `mayor`?"),
        ("mayor", "brok", "no entity `brok`: did you mean `brook`?"),
    ],
)
def test_wrong_use(folder: Path, kept: str, gone: str, message: str) -> None:
    done = run_kg("merge", kept, gone, folder=folder)
    assert (done.code, done.out, done.err) == (2, "", f"kg: {message}\n")


@pytest.mark.parametrize(
    ("file", "old", "new", "kept", "gone", "told"),
    [
        ("", "", "", "mayor", "town",
         "seeds/entities/gone.yaml:3:14: `town` is Place, and `mayor` (seeds/entities/kept.yaml:5:9) is Person: say "
         "the same of both"),
        ("gone", "- ex:1   # sure", "- ex:2   # sure", "mayor", "brook",
         "seeds/entities/gone.yaml:14:9: `brook` is `ex:2`, and `mayor` is `ex:1` (seeds/entities/kept.yaml:8:12): one "
         "of them is wrong"),
        ("kept", "    same: [ex:1]", "    same: [ex:1]\n    note: mine\n    when: 1971", "mayor", "brook",
         "seeds/entities/gone.yaml:17:11: both have a `when` (seeds/entities/kept.yaml:10:11): keep one"),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_at_its_place_and_nothing_is_written(
    folder: Path, file: str, old: str, new: str, kept: str, gone: str, told: str
) -> None:
    if file:
        path = folder / f"seeds/entities/{file}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    before = read(folder)
    for options in ((), ("--dry-run",)):
        done = run_kg("merge", kept, gone, *options, folder=folder)
        assert (done.code, done.err) == (1, "")
        assert f"nothing is written: {told}\n" in done.out
        assert read(folder) == before


def test_remarks_and_descriptions_of_both_are_kept(folder: Path) -> None:
    """As blocks too, which end where the next thing begins."""
    head = "kg: entities/1\nentities:\n"
    one = "  one:\n    note: >-\n      first # no\n      line\n\n    # c1\n    is: Person\n    label: One\n"
    one += "    description: The one\n"
    two = "  two:\n    is: Person\n    label: Two\n    description: {en: The two, zh: 二}\n    note: |\n"
    two += "      second\n\n  # c2\n"
    three = "  three: {is: Person, label: Three}\n"
    write(folder, "seeds/entities/two.yaml", head + one + two + three)
    write(folder, "seeds/claims/bridge.yaml", CLAIMS.replace('[brook-2, "brook"]', "[one, three]"))
    plan = merge(folder, "one", "two")
    assert plan.told[:2] == (
        "seeds/entities/two.yaml:14:12 the label `Two` becomes an alias: `one` is called `One`",
        "seeds/entities/two.yaml:15:23 the description goes into the note: `one` has one in `en`",
    )
    assert read(folder)["seeds/entities/two.yaml"].decode() == head + (
        "  one:\n    replaces: [two]\n    alias: {en: Two}\n"
        '    note: "first # no line; second; The two"\n\n    # c1\n    is: Person\n    label: One\n'
        "    description: {en: The one, zh: 二}\n\n  # c2\n" + three
    )


def test_the_case_of_a_language_says_nothing(folder: Path) -> None:
    """Two labels in `en` and `EN` made an entry that `kg check` refuses."""
    head = "kg: entities/1\nentities:\n"
    one = "  one: {is: Person, label: {en: One}, alias: {EN: Uno}, description: {en: The one}}\n"
    two = "  two: {is: Person, label: {EN: Two}, alias: {en: Due}, description: {EN: The two, zh: 二}}\n"
    three = "  three: {is: Person, label: Three}\n"
    write(folder, "seeds/entities/two.yaml", head + one + two + three)
    write(folder, "seeds/claims/bridge.yaml", CLAIMS.replace('[brook-2, "brook"]', "[one, three]"))
    plan = merge(folder, "one", "two")
    assert plan.told[:2] == (
        "seeds/entities/two.yaml:4:33 the label `Two` becomes an alias: `one` is called `One`",
        "seeds/entities/two.yaml:4:75 the description goes into the note: `one` has one in `EN`",
    )
    assert read(folder)["seeds/entities/two.yaml"].decode() == head + (
        "  one: {replaces: [two], note: The two, is: Person, label: {en: One}, alias: {EN: [Uno, Two, Due]}, "
        "description: {en: The one, zh: 二}}\n" + three
    )
    assert errors(folder) == []


def test_a_claim_that_relates_the_two_is_a_contradiction(folder: Path) -> None:
    write(folder, "seeds/claims/bridge.yaml", CLAIMS)
    before = read(folder)
    done = run_kg("merge", "mayor", "brook", folder=folder)
    assert (done.code, read(folder)) == (1, before)
    assert done.out.startswith(
        "nothing is written: seeds/claims/bridge.yaml:9:40: `bridge.b.2` relates `mayor` to itself: take the claim "
        "out, or the two are not one\n"
    )


def test_two_facts_that_would_conflict_are_told(folder: Path) -> None:
    text = CLAIMS.replace(', "brook"]', "]").replace("118 m, by: brook", "117 m, by: brook")
    write(folder, "seeds/claims/bridge.yaml", text.replace("bridge, p: length, o: 117", "town, p: length, o: 117"))
    plan = plan_merge(check(folder), "bridge", "town")
    assert plan.refused == ()
    told = "seeds/claims/bridge.yaml:12:5 undeclared-conflict: `bridge.d` and"
    assert plan.told[1].startswith(told)


FLOW_ONE = "  one: {is: Person, label: One, alias: {zh: 一}}   # c1\n"
BLOCK_ONE = "  one:   # c1\n    # c2\n    is: Person\n    label: One\n    alias:   # c3\n      zh:\n      - 一   # c4\n"
FLOW_TWO = "  two: {is: Person, label: Two, misnomer: Tow,   # c5\n    alias: [Zwei, 'Deux # no']}   # c6\n"
BLOCK_TWO = "  two:\n    # c5\n    is: Person\n    label: Two   # c6\n    alias:\n    - Zwei\n"
BLOCK_TWO += "    - 'Deux # no'   # c7\n    misnomer: Tow\n"


@pytest.mark.parametrize(
    ("one", "two", "order", "end", "last"),
    [
        pytest.param(*case, end, last, marks=() if last == (end == "\n") else pytest.mark.thorough)
        for case in product((FLOW_ONE, BLOCK_ONE), (FLOW_TWO, BLOCK_TWO), ("12", "21", "1|2"))
        for end in ("\n", "\r\n")
        for last in (True, False)
    ],
)
def test_entries_of_every_form(folder: Path, one: str, two: str, order: str, end: str, last: bool) -> None:
    """Both in one file or in two, in this order or that; the last line with or without its end."""
    head = "kg: entities/1\nentities:\n"
    texts = {"12": [head + one + two], "21": [head + two + one], "1|2": [head + one, head + two]}[order]
    texts = [text if last else text.rstrip("\n") for text in texts]
    for number, text in enumerate(texts):
        write(folder, f"seeds/entities/x{number}.yaml", text.replace("\n", end))
    write(folder, "seeds/claims/bridge.yaml", CLAIMS.replace(', "brook"]', ", one]").replace("{s: brook", "{s: two"))
    assert errors(folder) == []
    merge(folder, "one", "two")
    after = check(folder)
    assert errors(folder) == []
    entity = after.seeds.entity_by_key["one"]
    assert "two" not in after.seeds.entity_by_key
    names = sorted((name.kind.value, name.lang, name.text) for name in entity.names)
    assert names == [("alias", "en", "Deux # no"), ("alias", "en", "Two"), ("alias", "en", "Zwei"),
                     ("alias", "zh", "一"),
                     ("label", "en", "One"), ("misnomer", "en", "Tow")]  # fmt: skip
    assert [ref.text for ref in entity.replaces] == ["two"]
    written = "".join((folder / f"seeds/entities/x{n}.yaml").read_bytes().decode() for n in range(len(texts)))
    assert ("\r" in written) == (end == "\r\n") and written.count(end) == written.count("\n")
    comments = re.compile(r"# c\d")
    assert Counter(comments.findall(written)) == Counter(comments.findall(one + two))


def test_the_only_entry_of_a_file_leaves_an_empty_one(folder: Path) -> None:
    write(
        folder,
        "seeds/claims/bridge.yaml",
        CLAIMS.replace('mayor, p: met, o: [brook-2, "brook"]', "report, p: met, o: brook-2"),
    )
    merge(folder, "mayor", "brook-2")
    assert read(folder)["seeds/entities/two.yaml"].decode() == "kg: entities/1\nentities: {}\n"
    write(folder, "seeds/entities/two.yaml", "kg: entities/1\nentities:\n  three: {is: Person, label: Three}\n")
    merge(folder, "mayor", "three")
    assert read(folder)["seeds/entities/two.yaml"].decode() == "kg: entities/1\nentities: {}\n"
    assert errors(folder) == []


def test_entries_of_one_line(folder: Path) -> None:
    head, one = "kg: entities/1\nentities: ", "is: Person, label: One}"
    two = ", two: {is: Person, label: Two, same: ex:3}"
    write(folder, "seeds/entities/two.yaml", f"{head}{{one: {{{one}{two}}}   # both\n")
    write(folder, "seeds/claims/bridge.yaml", CLAIMS.replace('[brook-2, "brook"]', "[one, two]"))
    merge(folder, "one", "two")
    assert read(folder)["seeds/entities/two.yaml"].decode() == (
        f"{head}{{one: {{replaces: [two], alias: {{en: Two}}, same: [ex:3], {one}}}   # both\n"
    )
    assert errors(folder) == []


def test_the_command_shows_the_plan_and_writes_all_or_nothing(folder: Path) -> None:
    before = read(folder)
    plan = run_kg("merge", "mayor", "brook", "--dry-run", folder=folder)
    assert (plan.code, plan.err, read(folder)) == (0, "", before)
    assert plan.out.startswith(
        "brook is now mayor\nchanges: seeds/claims/bridge.yaml\nchanges: seeds/sources/bridge.yaml\n"
    )
    done = run_kg("merge", "mayor", "brook", folder=folder)
    assert (done.code, done.err) == (0, "")
    assert done.out == plan.out + "next: kg test, then kg build\n"
    assert read(folder) != before
    again = run_kg("merge", "mayor", "brook", folder=folder)
    assert (again.code, again.out, again.err) == (2, "", "kg: no entity `brook`: it is `mayor` now\n")


LISTS = """\
kg: claims/1
source: bridge
voices:
  p0s1: {by: [mayor, report, "brook"], voice: reported}
  p1s1: {by: [brook, mayor], via: [report,
    brook-2,   # the other
    report], voice: reported}
  p1s2:
    by:
    - mayor   # one
    - brook   # two
    - report
  p1s3: {by: [
    brook,   # first
    mayor], voice: reported}
claims:
  p1s1 00000001:
    c: {s: bridge, p: length, o: 118 m, by: [mayor, report,
      brook]}
    d: {s: brook-2, p: met, o: [mayor, brook]}
"""


def test_a_list_of_speakers_names_the_one_once(folder: Path) -> None:
    write(
        folder, "seeds/claims/bridge.yaml", LISTS.replace("[report,\n    brook-2,   # the other\n    report]", "report")
    )
    write(folder, "seeds/sources/bridge.yaml", "kg: source/1\ntitle: t\nauthor:\n- mayor\n- brook\npublished: 2024\n")
    question = '#\' question: {en: "Who?"}\nSELECT ?it { VALUES ?it { e:mayor e:brook } ?it a schema:Person }\n'
    write(folder, "ontology/questions/two.rq", question)
    plan = merge(folder, "mayor", "brook")
    after = {name: raw.decode() for name, raw in read(folder).items()}
    assert after["seeds/sources/bridge.yaml"] == "kg: source/1\ntitle: t\nauthor:\n- mayor\npublished: 2024\n"
    assert after["seeds/claims/bridge.yaml"] == (
        """\
kg: claims/1
source: bridge
voices:
  p0s1: {by: [mayor, report], voice: reported}
  p1s1: {by: [mayor], via: report, voice: reported}
  p1s2:
    by:
    - mayor   # one
    # two
    - report
  p1s3: {by: [
       # first
    mayor], voice: reported}
claims:
  p1s1 00000001:
    c: {s: bridge, p: length, o: 118 m, by: [mayor, report]}
    d: {s: brook-2, p: met, o: [mayor, mayor]}
"""
    )
    told = " ".join(plan.told)  # what counts in ids, or may be meant twice, stays and is told
    assert "`bridge.d.2` says the same as `bridge.d.1`" in told
    assert "ontology/questions/two.rq named both" in told and "who.rq named both" not in told


def test_a_killed_run_leaves_nothing_that_the_next_does_not_remove(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    checked = check(folder)

    def work() -> None:
        plan_merge(checked, "mayor", "brook")

    left = []
    for last in (4, 9, 14):
        assert run_killed(work, last)
        left.append(len(list(temporary.iterdir())))
    assert max(left) == 1
    work()
    assert list(temporary.iterdir()) == []
