"""What is kept between two readings of a project: never does it show."""

from __future__ import annotations

import random
from pathlib import Path

import pyoxigraph as ox
import pytest
import sweep
from story import SPECS, base_files, claims_file, lay_out, read_examples

from kg.ask.store import exchange_quads
from kg.build.pipeline import Checked, check_project
from kg.cli.live import LaidOutStore, Rounds
from kg.rdf.quad import Quad
from kg.server.explore.told import FILE
from kg.server.live import PAGE
from kg.server.processes.builder import STORE
from kg.system.project import Project
from kg.text.diagnostic import Mark
from kg.text.kept import Kept, keep_made, make_once

EXAMPLES = [example for path in sorted(SPECS.glob("*.md")) if path.name != "base.md" for example in read_examples(path)]
STEPS = 24 if sweep.whole else 10  # of the walk through whole builds, not all of which can be built


def tell(mark: Mark) -> tuple[object, ...]:
    """A mark with the text that it marks: one of a text that was there before differs."""
    return (*mark.sort_key, mark.source.text)


def tell_all(checked: Checked) -> tuple[object, ...]:
    """All that checking gives: what was found, and the graph, with the place of every word of both."""
    found = [
        (d.severity, d.code, tell(d.mark), d.message, d.hint, [(tell(r.mark), r.message) for r in d.related])
        for d in checked.diagnostics
    ]
    quads = [] if checked.has_errors else [(str(a.quad), tell(a.mark)) for a in checked.assertions]
    return found, quads


@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.thorough) for n in (1, 2, 3))])
def test_no_reading_tells_of_the_one_before(tmp_path: Path, part: int) -> None:
    """Every example of the specs, one after the other in one folder: files come and go, break and are mended."""
    chance, kept, root = random.Random(part), Kept(), tmp_path / "project"
    errors = 0
    for example in chance.sample(EXAMPLES[part::4], len(EXAMPLES[part::4])):
        project = lay_out(root, example.files, example.removed)
        with keep_made(kept):
            checked = check_project(project, root / "texts")
            told = tell_all(checked)
        assert told == tell_all(check_project(Project(root), root / "texts")), example.title
        errors += checked.has_errors
    assert 0 < errors < len(EXAMPLES[part::4])
    assert kept.made


ENTITIES = "seeds/entities/story.yaml"
BASE = base_files()
LETTER = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://Letter.example/Memo> a owl:Class ; rdfs:label "memo"@en .
"""
MEMO = "seeds/sources/memo.yaml"
OTHER = "seeds/claims/bulletin.yaml"


def write_other(line: str) -> str:
    """The text of OTHER with one claim."""
    return claims_file(line, source="bulletin")[OTHER]


CASES: dict[str, tuple[dict[str, str], str, str | None, str | None]] = {
    "who has an interest": (
        claims_file("count: {s: halden, p: delivered, o: 12 vehicle, asof: 2031, by: mira-vogt}"),
        *(OTHER, None),
        write_other("founded: {s: mira-vogt, p: founderOf, o: halden}"),
    ),
    "whether an agent is a thing": (
        claims_file("port: {s: tern, p: homePort, o: riga, proposed: {by: extractor, on: 2031-06-01}}"),
        *("seeds/entities/more.yaml", None),
        "kg: entities/1\nentities:\n  extractor: {is: Person, label: Ex}\n",
    ),
    "where a name stands": (
        {},
        *(ENTITIES, BASE[ENTITIES]),
        BASE[ENTITIES].replace("Halden Yards}", "Halden Yards, typo: {en: {Hladen Yards: [post.p4s1]}}}"),
    ),
    "what kind of source": (
        {MEMO: "kg: source/1\ntitle: A memo\nauthor: mira-vogt\npublished: 2031\nis: Memo\n"},
        *("ontology/memo.ttl", LETTER.replace("Letter", "a")),
        LETTER.replace("Letter", "b"),
    ),
    "what a prefix stands for": (
        {ENTITIES: BASE[ENTITIES].replace("label: Tern}", "label: Tern, same: x:gull}")},
        *("seeds/dataset.yaml", BASE["seeds/dataset.yaml"]),
        BASE["seeds/dataset.yaml"] + "prefixes: {x: https://x.example/}\n",
    ),
    "the language of what names none": (
        {},
        *("seeds/dataset.yaml", BASE["seeds/dataset.yaml"]),
        BASE["seeds/dataset.yaml"].replace("language: en", "language: de"),
    ),
    "where things live": (
        {},
        *("seeds/dataset.yaml", BASE["seeds/dataset.yaml"]),
        BASE["seeds/dataset.yaml"].replace("halden.example", "other.example"),
    ),
    "the digest of a sentence": (
        {
            MEMO: "kg: source/1\ntitle: A memo\nauthor: mira-vogt\npublished: 2031\n",
            "seeds/claims/memo.yaml": "kg: claims/1\nsource: memo\nclaims:\n  p1s1:\n    said: source\n"
            "    port: {s: tern, p: homePort, o: riga}\n",
        },
        *("seeds/claims/zoo.yaml", "kg: claims/1\nsource: memo\nclaims:\n  p1s1 12345678: {}\n"),
        "kg: claims/1\nsource: memo\nclaims:\n  p1s1 87654321: {}\n",
    ),
    "the id of a claim": (
        claims_file("why: {s: c:bulletin.port, p: because, o: c:bulletin.port}"),
        *(OTHER,
        write_other("port: {s: tern, p: homePort, o: riga}")),
        write_other("port: {s: tern, p: homePort, o: [riga, oslo]}"),
    ),
    "when a source was published": (
        claims_file("count: {s: halden, p: delivered, o: 12 vehicle}"),
        *("seeds/sources/post.yaml", BASE["seeds/sources/post.yaml"]),
        BASE["seeds/sources/post.yaml"].replace("2031-05-04", "2031-05-05"),
    ),
    "what a property takes": (
        claims_file("page: {s: tern, p: webPage, o: 'https://tern.example/'}"),
        *("ontology/story.ttl", BASE["ontology/story.ttl"]),
        BASE["ontology/story.ttl"].replace("xsd:anyURI", "rdf:langString"),
    ),
    "a prefix in a claim": (
        claims_file("page: {s: tern, p: webPage, o: x:tern}"),
        *("seeds/dataset.yaml", BASE["seeds/dataset.yaml"] + "prefixes: {x: https://x.example/}\n"),
        BASE["seeds/dataset.yaml"] + "prefixes: {x: https://y.example/}\n",
    ),
    "who wrote a source": (
        claims_file("port: {s: tern, p: homePort, o: riga}"),
        *("seeds/sources/post.yaml", BASE["seeds/sources/post.yaml"]),
        BASE["seeds/sources/post.yaml"].replace("olle-brandt", "mira-vogt"),
    ),
    "a property's IRI": (
        claims_file("port: {s: tern, p: homePort, o: riga}"),
        *("ontology/story.ttl", BASE["ontology/story.ttl"]),
        BASE["ontology/story.ttl"].replace("halden.example/relation/", "other.example/"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("back", [False, True])
def test_a_change_elsewhere_shows(tmp_path: Path, case: str, back: bool) -> None:
    """What is read of one file, or said of one source, depends on another file."""
    files, name, *texts = CASES[case]
    kept, root, told = Kept(), tmp_path / "project", []
    for text in (*texts, texts[0]) if not back else (*reversed(texts), texts[1]):
        project = lay_out(root, files if text is None else {**files, name: text})
        with keep_made(kept):
            told.append(tell_all(check_project(project)))
        assert told[-1] == tell_all(check_project(Project(root)))
    assert told[0] == told[2] != told[1]


HEAD = "kg: claims/1\nsource: post\nclaims:\n  p1s1 dd56dbe3:\n    said: source\n"
PORT = "    port: {s: tern, p: homePort, o: oslo}\n"
COUNT = "    count: {s: halden, p: delivered, o: 9 vehicle, asof: 2008}\n"
MORE = "kg: claims/1\nsource: bulletin\nclaims:\n  p1s1 5127e60b:\n    said: source\n"
ONTOLOGY = next(name for name in base_files() if name.startswith("ontology/") and "homePort" in base_files()[name])
VARIANTS: dict[str, tuple[str | None, ...]] = {
    "seeds/claims/post.yaml": (
        HEAD + PORT + COUNT,
        HEAD + PORT.replace("oslo", "riga, by: mira-vogt") + COUNT.replace("9", "12"),
        HEAD + "    # moved down\n" + PORT.replace("oslo", "[oslo, riga]"),
        HEAD + PORT.replace("}", ""),  # broken
        HEAD + COUNT,
        None,
    ),
    "seeds/claims/more.yaml": (
        MORE.replace("said: source", "said: {by: olle-brandt, voice: quote}")
        + "    sails: {s: tern, p: sailsTo, o: riga}\n    again: {again: post.port}\n",
        MORE + "    sails: {s: tern, p: sailsTo, o: riga}\n    why: {s: c:sails, p: because, o: c:post.port}\n",
        MORE + "    port: {s: tern, p: homePort, o: riga}\n    post.port: again\n",
        None,
        None,
    ),
    "seeds/claims/renamed.yaml": (None, None, MORE + "    sails: {s: tern, p: sailsTo, o: riga}\n"),
    ENTITIES: (
        BASE[ENTITIES],
        BASE[ENTITIES].replace("label:", "label :"),
        "# a line more\n" + BASE[ENTITIES],
        BASE[ENTITIES].replace("tern:", "turn:"),
    ),
    "seeds/dataset.yaml": (
        BASE["seeds/dataset.yaml"],
        BASE["seeds/dataset.yaml"].replace("halden.example", "other.example"),
        BASE["seeds/dataset.yaml"] + "language: zh\n",
        BASE["seeds/dataset.yaml"] + "prefixes: {x: https://x.example/}\n",
    ),
    ONTOLOGY: (
        BASE[ONTOLOGY],
        BASE[ONTOLOGY].replace("homePort", "portOfCall"),
        BASE[ONTOLOGY] + '\n<https://halden.example/class/Raft> a owl:Class ; rdfs:label "raft"@en .\n',
        BASE[ONTOLOGY] + "\n<",
    ),
    "seeds/rdf/ports.ttl": (
        None,
        "<https://halden.example/entity/tern> <https://x.example/p> 73.60 .",
        "<https://halden.example/entity/tern> <https://x.example/p> 73.6 .",
    ),
}  # fmt: skip


def read_built(folder: Path) -> tuple[object, ...]:
    """The page, what the explorer is told, and the quads of the store."""
    quads = sorted(map(str, ox.Store.read_only(str(folder / STORE))))
    return (folder / PAGE).read_text("utf-8"), (folder / FILE).read_text("utf-8"), quads


@pytest.mark.sweep
def test_a_build_after_changes_is_that_of_a_new_process(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = lay_out(tmp_path / "project", {}).root
    chance, rounds, sound = random.Random(4), Rounds(root=root), 0
    choice: dict[str, str | None] = {name: variants[0] for name, variants in VARIANTS.items()}
    for step in range(STEPS):
        for name in chance.sample(sorted(VARIANTS), chance.choice((1, 1, 1, 2))):
            # what is right is chosen more often, so that there is something to draw
            choice[name] = VARIANTS[name][0] if chance.random() < 0.5 else chance.choice(VARIANTS[name])
        for name, text in choice.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).unlink(missing_ok=True)
            if text is not None:
                (root / name).write_text(text, "utf-8")
        made, anew = tmp_path / f"kept-{step}", tmp_path / f"new-{step}"
        told = rounds.build(made)
        shown = capfd.readouterr().err
        assert told == Rounds(root=root).build(anew), step
        assert shown == capfd.readouterr().err, step
        if told["about"] is not None:
            assert read_built(made) == read_built(anew), step
            sound += 1
    assert STEPS // 4 < sound < STEPS


def test_what_nobody_asks_for_in_a_round_is_let_go() -> None:
    kept, one = Kept(), object()
    with keep_made(kept):
        make_once("a", "1", (one,), None, str)
        make_once("b", "1", (one,), None, str)
    with keep_made(kept):
        make_once("a", "1", (one,), None, str)
    assert set(kept.made) == {("a", "1")}
    made: list[str] = []
    with keep_made(kept):  # a noun that is equal and another one has other marks
        make_once("a", "1", (object(),), None, lambda: made.append("another"))
        make_once("a", "1", (), None, lambda: made.append("fewer"))
        make_once("a", "1", (), "b", lambda: made.append("other text"))
        make_once("a", "1", (), "b", lambda: made.append("no more"), still=lambda _: False)
    assert made == ["another", "fewer", "other text", "no more"]
    make_once("a", "1", (), "b", lambda: made.append("nothing is kept outside"))
    assert made[-1] == "nothing is kept outside"


def test_quads_are_exchanged_as_if_the_store_were_made_anew(tmp_path: Path) -> None:
    """A literal in two spellings is one to the store, and the default graph says again what named graphs say."""
    x, y, p = (ox.NamedNode(f"https://x.example/{name}") for name in "xyp")
    number = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    long, short = ox.Literal("73.60", datatype=number), ox.Literal("73.6", datatype=number)
    some = [Quad(x, p, term, *graph) for term in (long, short, y) for graph in ((), (x,), (y,))]
    chance = random.Random(7)

    def fill(quads: list[Quad]) -> ox.Store:
        store = ox.Store()
        exchange_quads(store, [], quads, quads)
        return store

    for _ in range(200):
        held, wanted = (chance.sample(some, chance.randrange(len(some) + 1)) for _ in range(2))
        store = fill(held)
        exchange_quads(store, set(held) - set(wanted), set(wanted) - set(held), wanted)
        assert set(store) == set(fill(wanted))


def test_a_question_without_an_answer_is_an_error_of_its_file(tmp_path: Path) -> None:
    """The process ended in a traceback, and whoever looked was told nothing."""
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p . ?q ?r ?s }"
    files = {"ontology/questions/all.rq": f"#' question: {{en: How many?}}\n#' timeout: 1\n{endless}\n"}
    project = lay_out(tmp_path / "project", files)
    rounds = Rounds(root=project.root)
    told = rounds.build(tmp_path / "a")
    assert told["about"] is None
    assert [(one["code"], one["place"]) for one in told["told"]] == [("query-timeout", "ontology/questions/all.rq:1:1")]
    (project.root / "ontology/questions/all.rq").unlink()
    mended = rounds.build(tmp_path / "b")
    assert mended == Rounds(root=project.root).build(tmp_path / "c")
    assert mended["about"] is not None and read_built(tmp_path / "b") == read_built(tmp_path / "c")


def test_a_store_is_laid_out_anew_where_the_one_before_has_gone(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "project", {}).root
    rounds = Rounds(root=root)
    rounds.build(tmp_path / "a")
    assert rounds.laid_out is not None
    rounds.laid_out = LaidOutStore(folder=tmp_path / "gone", assertions=rounds.laid_out.assertions)
    rounds.build(tmp_path / "b")
    assert read_built(tmp_path / "a") == read_built(tmp_path / "b")
