"""`kg init`: a new project that checks, builds and tests, and nothing of the user's overwritten."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
import pytest
from terminal import ROOT, Finished, run_kg

from kg.ask.question import test_question
from kg.ask.store import Store
from kg.build.pipeline import check_project
from kg.cli import kg as kg_program
from kg.reading.questions import read_questions
from kg.starter import SHARED, Extra, StarterContent, init_project
from kg.system.files import hold_lock
from kg.system.project import Project, find_project
from kg.text.diagnostic import KgError, Severity, UsageError
from kg.text.sentence import split_sentences

BASE = "https://town.example/"
FILES = [
    ".gitignore",
    "ontology/model.ttl",
    "ontology/news.ttl",
    "ontology/questions/promises.csv",
    "ontology/questions/promises.rq",
    "ontology/shapes.ttl",
    "ontology/story.ttl",
    "ontology/units.ttl",
    "seeds/claims/bridge.yaml",
    "seeds/dataset.yaml",
    "seeds/entities/rivertown.yaml",
    "seeds/sources/bridge.yaml",
    "texts/bridge.txt",
]


BARE = [".gitignore", *(f"ontology/{name}.ttl" for name in ("model", "news", "shapes", "units")), "seeds/dataset.yaml"]
TEXT = """\
A new chair for the Harbour Council

Ada Brook was appointed chair of the Harbour Council on 4 May 2026 for a term of four years. Ben Cole had held the \
office since 2 May 2022. The council sold the old pier to Northern Freight for 3.2 million euros. Northern Freight \
brings 1,200 jobs. It has 40 cranes, and earned 5 million dollars in 2025.
"""
ENTITIES = """\
kg: entities/1
entities:
  ada-brook: {is: Person, label: {en: Ada Brook, zh: 艾达}}
  ben-cole: {is: Person, label: Ben Cole}
  chair: {is: Office, label: chair of the Harbour Council}
  council: {is: Organization, label: the Harbour Council}
  freight: {is: Organization, label: Northern Freight}
  pier: {is: Place, label: the old pier}
  sale: {is: Deal, label: the sale of the old pier}
  reporter: {is: Voice, label: the author of the report}
"""
SOURCE = """\
kg: source/1
title: A new chair for the Harbour Council
author: reporter
published: 2026-05-06
file: harbour.txt
skip: {p0s1: the title says nothing that the text does not say}
"""
CLAIMS = {
    "p1s1": [
        "sworn: {s: ada-brook, p: appointedTo, o: chair, when: 2026-05-04}",
        "now: {s: chair, p: heldBy, o: ada-brook, when: 2026-05-04/2030-05-03, inferred: {when: four years from then}}",
        "term: {s: chair, p: termLength, o: 4 year}",
        "of: {s: chair, p: officeIn, o: council}",
    ],
    "p1s2": [
        "before: {s: chair, p: heldBy, o: ben-cole, when: 2022-05-02/2026-05-03, inferred: {when: to the day before}}",
    ],
    "p1s3": [
        "sale: {s: sale, p: seller, o: council}",
        "buyer: {s: sale, p: buyer, o: freight}",
        "what: {s: sale, p: concerns, o: pier}",
        "price: {s: sale, p: amount, o: 3.2 million EUR}",
    ],
    "p1s4": ["jobs: {s: freight, p: createsJobs, o: 1200 job}"],
    "p1s5": [
        "cranes: {s: freight, p: count, o: 40 crane}",
        "profit: {s: freight, p: profit, o: 5 million USD, when: 2025}",
    ],
}


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_command_makes_a_project_that_checks_builds_and_tests(tmp_path: Path) -> None:
    made = run_kg("init", "town", "--title", "A town", "--base", BASE, folder=tmp_path)
    written = "".join(f"written: {name}\n" for name in FILES)
    assert made == Finished(code=0, out=f"{written}next: cd town && kg build\n", err="")
    town = tmp_path / "town"
    assert files_of(town) == FILES
    assert run_kg("check", "--texts", "texts", "--strict", folder=town).err == "kg: 0 errors, 0 warnings, 0 notes\n"
    assert run_kg("evidence", "verify", "--texts", "texts", folder=town).code == 0
    assert run_kg("coverage", "--fail-under", "100", folder=town).code == 0
    built = run_kg("build", "--strict", folder=town)
    assert (built.code, built.err.splitlines()[-1]) == (0, "kg: 0 errors, 0 warnings, 1 note")
    assert run_kg("test", folder=town).code == 0
    assert f"@prefix e: <{BASE}entity/> ." in (town / "exports/graph.ttl").read_text(encoding="utf-8")


def test_without_the_example_the_vocabulary_stays_and_all_is_well(tmp_path: Path) -> None:
    made = run_kg("init", "town", "--bare", "--base", BASE, folder=tmp_path)
    assert (made.code, made.err) == (0, "")
    town = tmp_path / "town"
    assert files_of(town) == BARE
    folders = sorted(path.name for path in (town / "seeds").iterdir() if path.is_dir())
    assert folders == ["claims", "entities", "sources"]
    assert run_kg("check", "--strict", folder=town).err == "kg: 0 errors, 0 warnings, 1 note\n"
    built = run_kg("build", "--strict", folder=town)
    assert (built.code, built.err.splitlines()[-1]) == (0, "kg: 0 errors, 0 warnings, 1 note")
    assert run_kg("test", folder=town).code == 0
    assert "<h1" in (town / "exports/graph.html").read_text(encoding="utf-8")
    init_project(tmp_path / "whole", title="A new graph", base=BASE)
    for name in BARE:
        assert (town / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


CRANE = """
kgu:CraneCount a qudt:QuantityKind ; skos:broader quantitykind:Count ; rdfs:label "count of cranes"@en .
kgu:crane a qudt:Unit ; qudt:symbol "crane" ; rdfs:label "crane"@en ; qudt:hasQuantityKind kgu:CraneCount ;
    skos:altLabel "cranes" ; qudt:conversionMultiplier 1.0 .
"""


UNIT_PREFIXES = {
    "kgu": "https://kg.example/unit/",
    "qudt": "http://qudt.org/schema/qudt/",
    "quantitykind": "http://qudt.org/vocab/quantitykind/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    """A bare project with a text about an appointment, a deal and jobs."""
    folder = tmp_path / "harbour"
    init_project(folder, title="The harbour", base=BASE, content=StarterContent.BARE)
    article = read_text(TEXT)
    claims = "kg: claims/1\nsource: harbour\nvoices: {p0s1..p1s5: source}\nclaims:\n"
    for address, lines in CLAIMS.items():
        claims += f"  {address} {article[address]}:\n" + "".join(f"    {line}\n" for line in lines)
    parts = {"texts/harbour.txt": TEXT, "seeds/entities/all.yaml": ENTITIES, "seeds/sources/harbour.yaml": SOURCE,
             "seeds/claims/harbour.yaml": claims}  # fmt: skip
    for name, text in parts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "ontology/units.ttl").open("a", encoding="utf-8") as file:
        file.write(CRANE)
    assert run_kg("evidence", "outline", "harbour", "--texts", "texts", folder=folder).code == 0
    return folder


def read_text(text: str) -> dict[str, str]:
    return {sentence.address: sentence.digest for sentence in split_sentences(text)}


def test_ordinary_news_can_be_written_at_once(harbour: Path) -> None:
    checked = run_kg("check", "--texts", "texts", "--strict", folder=harbour)
    assert checked.err == "kg: 0 errors, 0 warnings, 0 notes\n"
    coverage = run_kg("coverage", "--texts", "texts", "--fail-under", "100", folder=harbour)
    assert coverage.code == 0, coverage.out
    assert run_kg("build", "--strict", folder=harbour).code == 0
    graph = (harbour / "exports/graph.nq").read_text(encoding="utf-8")
    direct = {
        line
        for line in graph.replace(f"<{BASE}", "<").splitlines()
        if line.startswith("<entity/") and "<relation/" in line
    }
    number = "^^<http://www.w3.org/2001/XMLSchema#"
    assert direct == {
        "<entity/ada-brook> <relation/appointedTo> <entity/chair> .",
        "<entity/chair> <relation/heldBy> <entity/ada-brook> .",
        "<entity/chair> <relation/officeIn> <entity/council> .",
        f'<entity/chair> <relation/termLength> "4"{number}decimal> .',
        "<entity/sale> <relation/seller> <entity/council> .",
        "<entity/sale> <relation/buyer> <entity/freight> .",
        "<entity/sale> <relation/concerns> <entity/pier> .",
        f'<entity/sale> <relation/amountEUR> "3200000"{number}decimal> .',
        f'<entity/freight> <relation/createsJobs> "1200"{number}integer> .',
        f'<entity/freight> <relation/countCrane> "40"{number}integer> .',
    }


def test_an_office_has_the_holder_of_the_day(harbour: Path) -> None:
    for day, holder in (("2023", "ben-cole"), ("2026-05-03", "ben-cole"), ("2026-05-04", "ada-brook"), ("2031", None)):
        asked = run_kg(
            "query", "-e", "SELECT ?who { e:chair r:heldBy ?who }", "--as-of", day, "--format", "csv", folder=harbour
        )
        wanted = [f"{BASE}entity/{holder}"] if holder else []
        assert asked.out.split() == ["who", *wanted], day


def test_who_held_it_before_is_no_other_answer(harbour: Path) -> None:
    assert "Different answers" not in run_kg("disputes", folder=harbour).out
    claims = harbour / "seeds/claims/harbour.yaml"
    claims.write_text(claims.read_text(encoding="utf-8").replace("2022-05-02/2026-05-03", "2022-05-02/2027"), "utf-8")
    shown = run_kg("disputes", folder=harbour).out
    assert "Who holds the office chair of the Harbour Council?" in shown


def test_two_holders_at_once_are_a_conflict(harbour: Path) -> None:
    claims = harbour / "seeds/claims/harbour.yaml"
    claims.write_text(claims.read_text(encoding="utf-8").replace("2022-05-02/2026-05-03", "2022-05-02/.."), "utf-8")
    done = run_kg("check", folder=harbour)
    assert "warning[undeclared-conflict]: `harbour.now` and `harbour.before` seem to conflict" in done.err


def test_what_a_property_of_many_units_is_said_of_in_the_graph(harbour: Path) -> None:
    asked = run_kg(
        "query", "-e",
        "SELECT ?p ?label ?unit { ?p a owl:FunctionalProperty ; rdfs:subPropertyOf r:amount ; rdfs:label ?label ;"
        " qudt:hasUnit ?unit }",
        "--format", "csv", folder=harbour,
    )  # fmt: skip
    (_, *rows) = asked.out.splitlines()
    assert sorted(rows) == [
        f"{BASE}relation/amountEUR,amount of money,http://qudt.org/vocab/unit/CCY_EUR",
        f"{BASE}relation/amountEUR,金额,http://qudt.org/vocab/unit/CCY_EUR",
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("3.2 million", "error[missing-unit]: `3.2 million` has no unit"),
        ("3.2 million km", "error[unit-mismatch]: `amount` is not measured in `km`"),
        ("3.2 million euross", "hint: did you mean `euros`?"),
        ("3.2 million EUR, not: true, unlike: {pryce: value}", "error[unknown-claim]"),
    ],
)
def test_amounts_that_are_none(written: str, told: str, harbour: Path) -> None:
    claims = harbour / "seeds/claims/harbour.yaml"
    claims.write_text(claims.read_text(encoding="utf-8").replace("3.2 million EUR", written), "utf-8")
    done = run_kg("check", folder=harbour)
    assert (done.code, told in done.err) == (1, True), done.err


def test_amounts_in_two_currencies_are_no_conflict_and_two_in_one_are(harbour: Path) -> None:
    claims = harbour / "seeds/claims/harbour.yaml"
    before = claims.read_text(encoding="utf-8")
    more = "\n    more: {s: sale, p: amount, o: 4 million %s, inferred: as others say}"
    claims.write_text(before.replace("3.2 million EUR}", "3.2 million EUR}" + more % "USD"), "utf-8")
    assert "undeclared-conflict" not in run_kg("check", folder=harbour).err
    claims.write_text(before.replace("3.2 million EUR}", "3.2 million EUR}" + more % "EUR"), "utf-8")
    assert "undeclared-conflict" in run_kg("check", folder=harbour).err


def test_a_property_takes_many_units_only_where_none_converts(harbour: Path) -> None:
    with (harbour / "ontology/news.ttl").open("a", encoding="utf-8") as file:
        file.write('r:far a owl:DatatypeProperty ; rdfs:label "far"@en ; rdfs:range xsd:decimal ;\n')
        file.write("    qudt:hasQuantityKind quantitykind:Length .\n")
    done = run_kg("check", folder=harbour)
    assert "error[ontology-unit]: the property `far` measures in units that convert, `" in done.err
    assert "hint: give it `qudt:hasUnit`, into which the others are converted" in done.err


def test_a_unit_for_what_is_counted(harbour: Path) -> None:
    """The unit that is told is the curator's, where it was written."""
    own = harbour / "ontology/own.ttl"
    unit = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in UNIT_PREFIXES.items())
    unit += 'kgu:home a qudt:Unit ; qudt:symbol "home" ; rdfs:label "home"@en ; qudt:hasQuantityKind quantitykind:Count'
    own.write_text(f"{unit} ; qudt:conversionMultiplier 1.0 .\n", encoding="utf-8")
    done = run_kg("check", folder=harbour)
    assert "the property `count` measures in units that convert, `number` and `home`" in done.err
    assert f"= see: ontology/own.ttl:{len(UNIT_PREFIXES) + 1}:1: the unit `home`" in done.err
    assert "leave out the `qudt:conversionMultiplier` of the unit" in done.err
    own.write_text(f"{unit} .\n", encoding="utf-8")
    assert "ontology-unit" not in run_kg("check", folder=harbour).err


def test_what_it_makes_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert init_project(tmp_path / name, title="A town", base=BASE) == FILES
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_model_units_and_shapes_are_those_of_the_repository(tmp_path: Path) -> None:
    init_project(tmp_path / "town", title="A town", base=BASE)
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = packed["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {f"ontology/{name}": f"kg/starter/{name}" for name in SHARED}
    for name in SHARED:
        assert (tmp_path / "town/ontology" / name).read_bytes() == (ROOT / "ontology" / name).read_bytes()


def test_no_placeholder_is_left(tmp_path: Path) -> None:
    for name in init_project(tmp_path / "town", title="A town", base=BASE):
        if name.removeprefix("ontology/") not in SHARED:
            text = (tmp_path / "town" / name).read_text(encoding="utf-8")
            assert re.findall(r"@\w+@", text) == [], name


@pytest.mark.parametrize(
    "title",
    [
        'He said "no", it\'s: # all {of} [it] \\ back',
        "雷军与小米",
        "@BASE@ and @p1s1@",
        "- a list?",
        "yes",
        "12: 30",
        "no\u00a0break",
    ],
)
def test_a_title_stays_as_it_was_given(title: str, tmp_path: Path) -> None:
    init_project(tmp_path / "town", title=title, base=BASE)
    checked = check_project(Project(tmp_path / "town"), tmp_path / "town/texts")
    assert checked.diagnostics == ()
    assert [text.text for text in checked.seeds.dataset.title] == [title]


@pytest.mark.parametrize("title", ["", "  ", "two\nlines", "a bell \u0007", "half a pair \udcff"])
def test_a_title_that_is_no_line_of_text_is_refused(title: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^the title should be one line of text$"):
        init_project(tmp_path / "town", title=title, base=BASE)
    assert not (tmp_path / "town").exists()


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ("foo", "an IRI begins with a scheme such as `https:`"),
        ("https://town.example", "it does not end with `/`"),
        ("https://town.example/a b/", "an IRI cannot hold a space"),
        ("https://town.example/<x>/", "an IRI cannot hold `<`"),
    ],
)
def test_a_base_that_is_none_is_refused(base: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        init_project(tmp_path / "town", title="A town", base=base)
    assert str(caught.value) == f"`{base}` cannot be a base: {reason}"
    done = run_kg("init", "town", "--base", base, folder=tmp_path)
    assert done == Finished(code=2, out="", err=f"kg: `{base}` cannot be a base: {reason}\n")
    assert not (tmp_path / "town").exists()


@pytest.mark.parametrize("base", ["https://town.example/a/b/", "http://town.example:8080/", "https://小米.example/"])
def test_every_base_builds_a_graph_of_its_own(base: str, tmp_path: Path) -> None:
    init_project(tmp_path / "town", title="A town", base=base)
    checked = check_project(find_project(tmp_path / "town/seeds"))
    assert {d.severity for d in checked.diagnostics} == {Severity.NOTE}
    quads = [assertion.quad for assertion in checked.assertions]
    assert any(str(quad.subject) == f"<{base}claim/bridge.opening>" for quad in quads)
    questions, problems = read_questions(checked.project)
    assert problems == ()
    store = Store(quads, checked.seeds.dataset.prefixes)
    assert [test_question(question, store).outcome for question in questions] == ["passed"]


def test_a_project_is_not_overwritten(tmp_path: Path) -> None:
    town = tmp_path / "town"
    init_project(town, title="A town", base=BASE)
    (town / "seeds/claims/bridge.yaml").write_text("mine", encoding="utf-8")
    before = {name: (town / name).read_bytes() for name in files_of(town)}
    done = run_kg("init", "town", folder=tmp_path)
    assert done == Finished(code=2, out="", err="kg: town holds a project already\n")
    assert {name: (town / name).read_bytes() for name in files_of(town)} == before


@pytest.mark.parametrize("busy", [False, True])
def test_a_project_that_another_run_makes_meanwhile_stays(
    busy: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is made after it was looked for, and before the lock is had; a command may run in it already."""
    town = tmp_path / "town"

    @contextmanager
    def late(work: Path, what: str) -> Iterator[None]:
        monkeypatch.setattr("kg.starter.hold_lock", hold_lock)
        init_project(town, title="Another town", base=BASE)
        with ExitStack() as held:
            if busy:
                held.enter_context(hold_lock(work, "build"))
            with hold_lock(work, what):
                yield

    monkeypatch.setattr("kg.starter.hold_lock", late)
    with pytest.raises(KgError, match="another build" if busy else "holds a project already"):
        init_project(town, title="A town", base=BASE)
    assert "Another town" in (town / "seeds/dataset.yaml").read_text(encoding="utf-8")
    assert (town / ".kg/lock").exists() == busy


def test_files_that_were_there_stay(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("mine\n", encoding="utf-8")
    written = init_project(tmp_path, title="A town", base=BASE)
    assert written == [name for name in FILES if name != ".gitignore"]
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "mine\n"
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine\n"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(KgError, match=r"^cannot write "):
        init_project(tmp_path / "file/town", title="A town", base=BASE)
    done = run_kg("init", "file", folder=tmp_path)
    assert (done.code, done.out) == (2, "")


def test_a_folder_with_a_space_can_be_pasted(tmp_path: Path) -> None:
    done = run_kg("init", "my town", folder=tmp_path)
    assert done.out.splitlines()[-1] == "next: cd 'my town' && kg build"


AGENT_FILES = [".agents/skills/curate/SKILL.md", "AGENTS.md"]


def test_what_an_agent_needs_is_added_to_a_project_new_or_old(tmp_path: Path) -> None:
    made = run_kg("init", "town", "--base", BASE, "--agent", folder=tmp_path)
    assert files_of(tmp_path / "town") == sorted([*FILES, *AGENT_FILES])
    assert made.out.count("written: ") == len(FILES) + 2
    assert run_kg("check", "--texts", "texts", "--strict", folder=tmp_path / "town").code == 0
    old = tmp_path / "old"
    init_project(old, title="A town", base=BASE)
    before = {name: (old / name).read_bytes() for name in FILES}
    (old / "AGENTS.md").write_text("our own words")
    added = run_kg("init", "old", "--agent", folder=tmp_path)
    assert (added.code, added.out) == (0, "written: .agents/skills/curate/SKILL.md\n")
    assert (old / "AGENTS.md").read_text() == "our own words"
    assert {name: (old / name).read_bytes() for name in FILES} == before
    assert run_kg("init", "old", "--agent", folder=tmp_path).out == "nothing is written: the files are there\n"
    assert run_kg("init", "old", folder=tmp_path).code == 2


def test_the_skill_names_commands_and_options_that_there_are(tmp_path: Path) -> None:
    init_project(tmp_path / "town", title="A town", base=BASE, extras=[Extra.AGENT])
    texts = [(tmp_path / "town" / name).read_text(encoding="utf-8") for name in AGENT_FILES]
    head = re.fullmatch(r"---\nname: (.*)\ndescription: (.*)\n---\n.*", texts[0], re.DOTALL)
    assert head is not None
    assert head[1] == "curate"  # as the folder is called
    assert len(head[2]) < 1024
    context = click.Context(kg_program)
    seen = set()
    for line in re.findall(r"`(kg [^`]+)`|^    (kg .+)$", "\n".join(texts), re.MULTILINE):
        words = (line[0] or line[1]).split()
        command = kg_program.get_command(context, words[1])
        rest = words[2:]
        assert command is not None, words
        if isinstance(command, click.Group):
            command, rest = command.get_command(context, words[2]), words[3:]
        assert command is not None, words
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("-")} <= known, words
        seen.add(words[1])
    assert {"check", "coverage", "test", "build", "evidence", "prompt", "import", "review", "explain"} <= seen


def test_a_reason_of_two_chinese_signs_is_words(tmp_path: Path) -> None:
    """`标题` was too short for the shape of what is set aside, and nothing was built."""
    init_project(tmp_path / "p", title="大桥", base="https://rivertown.example/")
    source = tmp_path / "p/seeds/sources/bridge.yaml"
    text = source.read_text(encoding="utf-8")
    for written, code in (("标题", 0), ("-", 1)):
        source.write_text(re.sub(r"(skip: \{p0s1: ).*\}", rf'\1"{written}"}}', text), encoding="utf-8")
        done = run_kg("build", folder=tmp_path / "p")
        assert done.code == code, done.err
        assert ("set aside for one reason, in words" in done.err) is (code == 1)
