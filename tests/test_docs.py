"""The documentation says what is so: the tour runs, and every command, option, key, code and room is described."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import itertools
import os
import re
import shlex
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from terminal import ROOT, environment, read_all, run_kg

import kg
from kg.cli import BOUND, COMMANDS, DONE, ENVIRONMENT, INTERRUPTED, MISTAKES, WRONG_USE
from kg.cli import kg as program
from kg.cli.ask import FORMATS as ANSWER_FORMATS
from kg.export import FORMATS as EXPORT_FORMATS
from kg.model.nouns import Clarity, Difference, Mode, Voice
from kg.model.ontology.vocabulary import RangeKind, read_vocabulary
from kg.rdf.namespace import KG
from kg.rdf.turtle.document import read_turtle
from kg.reading import forms, states
from kg.reading.claimsfile import open_claims
from kg.reading.dataset import OWN_PREFIXES, read_dataset
from kg.reading.entities import read_entities
from kg.reading.fields import Finder
from kg.reading.sources import read_source
from kg.text.codes import Code, load_codes
from kg.text.diagnostic import SourceText
from kg.text.yamldoc import Document, parse_document

FOLDERS = ("seeds", "ontology", "kg", "kg/tables", "tests/benchmarks")
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "kg/README.md").read_text(encoding="utf-8")
TABLES = (ROOT / "kg/tables/README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FORMAT = (ROOT / "seeds/README.md").read_text(encoding="utf-8")
MODEL = (ROOT / "ontology/README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / folder / "README.md" for folder in FOLDERS)])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def section(text: str, title: str) -> str:
    """What stands under a heading, to the next heading of its level or above."""
    found = re.search(rf"^(#+) {re.escape(title)}$\n(.*?)(?=^\1 |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no heading {title!r}"
    level = len(found[1])
    return re.split(rf"^#{{1,{level}}} ", found[2], flags=re.MULTILINE)[0]


def first_cells(text: str) -> list[str]:
    """The code words in the first cells of the tables of a text, in their order."""
    rows = re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE)
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]


# -- the tour ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One thing that the tour does: write a file, change lines of one, or run commands and show what they print."""

    kind: str
    file: str
    text: str


def read_tour() -> Iterator[Step]:
    """The tour's steps. A block of a file's text or change follows a paragraph that ends in the file's name."""
    tour = section(README, "A tour in ten minutes")
    for match in FENCE.finditer(tour):
        named = re.search(r"`([\w./-]+)`:\n\n\Z", tour[: match.start()])
        if match[1] == "console" or named is None:
            yield Step(match[1], "", match[2])
        else:
            yield Step("diff" if match[1] == "diff" else "file", named[1], match[2])


def change_lines(text: str, change: str) -> str:
    """*text* with the lines after `-` replaced by those after `+`."""
    old = "".join(line[1:] + "\n" for line in change.splitlines() if line.startswith("-"))
    new = "".join(line[1:] + "\n" for line in change.splitlines() if line.startswith("+"))
    assert text.count(old) == 1
    return text.replace(old, new)


def split_console(text: str) -> list[tuple[str, str]]:
    """Commands (lines that begin with `$ `) and what they print."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)
    assert parts[0] == ""
    return list(zip(parts[1::2], parts[2::2], strict=True))


def as_pattern(shown: str) -> str:
    """Shown output as a pattern: times may differ, hashes not; a line `...` stands for any lines."""
    pattern = ""
    for line in shown.splitlines():
        if line == "...":
            pattern += r"(?:.*\n)*?"
            continue
        line = re.escape(line)
        pattern += re.sub(r"\d+\\\.\d\d\\ s\b", r"\\d+\\.\\d\\d\\ s", line) + "\n"
    return pattern


def run_line(line: str, folder: Path) -> str:
    """What a line prints: a run of `kg`, variables before it, in which a shell would read quotes alone, or a tool's."""
    assert re.fullmatch(r"""(?:[\w\s./:@%+=,-]|'[^']*'|"[^"$`\\]*")+""", line), f"a shell reads more: {line}"
    words = shlex.split(line)
    variables = dict(word.split("=", 1) for word in itertools.takewhile(re.compile(r"[A-Z_]+=").match, words))
    program, *arguments = words[len(variables) :]
    if program == "kg":
        return read_all(*arguments, folder=folder, **variables)
    assert not variables
    done = subprocess.run(
        [program, *arguments], cwd=folder, env=environment(LC_ALL="C.UTF-8"), timeout=120, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the whole tour was gone, each command compared with what the README shows."""
    start = tmp_path_factory.mktemp("tour")
    folder = start
    for step in read_tour():
        if step.kind == "file":
            assert not (folder / step.file).exists()
            (folder / step.file).parent.mkdir(exist_ok=True)  # as an editor does
            (folder / step.file).write_text(step.text, encoding="utf-8")
        elif step.kind == "diff":
            path = folder / step.file
            path.write_text(change_lines(path.read_text(encoding="utf-8"), step.text), encoding="utf-8")
        elif step.kind == "console":
            for line, shown in split_console(step.text):
                if line.startswith("cd "):
                    folder = folder / line[3:]
                    assert folder.is_dir()
                    continue
                printed = run_line(line, folder)
                if not re.fullmatch(as_pattern(shown), printed):
                    assert printed == shown, f"$ {line}\n{printed}"
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="the tour is written for a POSIX shell")
def test_the_tour_prints_what_the_readme_shows(toured: Path) -> None:
    assert (toured / "exports/graph.ttl").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="the tour is written for a POSIX shell")
def test_the_tour_ends_with_a_graph_on_a_web_server(toured: Path) -> None:
    (block,) = [step.text for step in read_tour() if step.kind == "sh"]
    words = shlex.split(block)
    assert words[0] == "python3"
    words = [sys.executable, "-u", *("--bind=127.0.0.1" if w == "8000" else w for w in words[1:]), "0"]
    server = subprocess.Popen(words, cwd=toured, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        told = server.stdout.readline()  # it listens now, at a port that the system chose
        port = re.fullmatch(r"Serving HTTP on 127\.0\.0\.1 port (\d+) .*\n", told)
        assert port is not None, told
        for name in ("graph.html", "graph.ttl"):
            assert f"http://localhost:8000/{name}" in README
            with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/{name}", timeout=60) as answer:
                assert answer.read() == (toured / "exports" / name).read_bytes()
    finally:
        server.kill()
        server.communicate()


def test_the_two_commands_set_up_and_run() -> None:
    blocks = [block for kind, block in FENCE.findall(section(README, "Two commands")) if kind == "sh"]
    assert blocks == [
        "python3 -m venv .venv && .venv/bin/pip install -q -c tests/constraints.txt -e . && .venv/bin/kg build\n",
        "python3 -m venv .venv && .venv/bin/pip install -q -c tests/constraints.txt -e '.[test]' && .venv/bin/pytest\n",
    ]


def test_the_python_example_runs(toured: Path) -> None:
    (example,) = [block for kind, block in FENCE.findall(REFERENCE) if kind == "python"]
    code = example + "\nprint(answer.rows)\n"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=toured, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "((<NamedNode value=https://rivertown.example/entity/mayor>,),)\n"


def test_every_public_name_of_the_python_interface_is_described() -> None:
    text = section(REFERENCE, "Python")
    assert [name for name in kg.__all__ if not re.search(rf"\bkg\.{name}\b", text)] == []
    members = [name for name in vars(kg.KnowledgeGraph) if not name.startswith("_")]
    fields = [field.name for field in dataclasses.fields(kg.KnowledgeGraph)]
    written = re.findall(r"`\.(\w+)", text)
    assert sorted(written) == sorted({*members, *fields})


# -- commands, codes, keys ----------------------------------------------------------------------------


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its whole name."""
    context = click.Context(program)
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            for part, inner in command.commands.items():
                yield f"kg {name} {part}", inner
        else:
            yield f"kg {name}", command


def options_of(command: click.Command) -> list[str]:
    return [opt for p in command.params if isinstance(p, click.Option) for opt in (*p.opts, *p.secondary_opts)]


def test_every_command_and_option_stands_in_the_table_of_commands() -> None:
    rows = {}
    for row in re.findall(r"^\| `kg.*", section(REFERENCE, "Commands"), re.MULTILINE):
        cells = re.split(r"(?<!\\)\|", row)
        match = re.match(r" `(kg(?: [a-z]+)+)", cells[1])
        assert match is not None
        rows[match[1]] = cells
    commands = dict(all_commands())
    assert list(rows) == list(commands)
    for name, command in commands.items():
        written = re.findall(r"(?<![\w-])--?[a-z][a-z-]*", rows[name][3])
        assert sorted(written) == sorted(options_of(command)), name
    preamble = section(REFERENCE, "Commands").partition("\n|")[0]
    assert sorted(re.findall(r"(?<![\w-])--?[A-Za-z][a-z-]*", preamble)) == sorted(
        [*options_of(program), "--help", "-h"]
    )


def test_every_choice_of_a_format_is_written() -> None:
    text = section(REFERENCE, "Commands")
    assert "\\|".join(ANSWER_FORMATS) in text
    (form,) = [p for p in dict(all_commands())["kg export"].params if p.name == "form"]
    assert isinstance(form.type, click.Choice)
    assert [name for name in form.type.choices if f"`{name}`" not in text] == []
    assert set(EXPORT_FORMATS) < set(form.type.choices)
    exports = first_cells(section(REFERENCE, "Exports"))
    assert set(EXPORT_FORMATS.values()) < set(exports)
    assert {"graph.html", "manifest.json"} < set(exports)


def test_the_line_of_a_command_in_the_help_is_the_first_of_its_own_help() -> None:
    context = click.Context(program)
    for name, (_, line) in COMMANDS.items():
        command = program.get_command(context, name)
        assert command is not None and command.help is not None
        assert " ".join(command.help.partition("\n\n")[0].split()) == line


def test_every_code_is_listed_and_explained_with_all_five_parts() -> None:
    codes = load_codes()
    listed = run_kg("explain", folder=ROOT).out
    assert [line.split()[0] for line in listed.splitlines()] == sorted(codes)
    for name, code in codes.items():
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)
        assert code.severity in {"error", "warning", "note"}
        for part in ("cause", "remedy", "right"):
            assert getattr(code, part).strip(), f"{name}: {part}"
        assert code.wrong.strip() or name == "empty-file"  # what is wrong with an empty file is that it is empty
        assert code.wrong != code.right or "(" in code.wrong, name
        assert code.cause.endswith((".", ".`")) and code.remedy.endswith((".", ".`")), name


def test_codes_that_are_read_one_by_one_are_those_of_their_files() -> None:
    whole: dict[str, dict[str, str]] = {}
    for path in (ROOT / "kg/text/codes").glob("*.toml"):
        whole |= tomllib.loads(path.read_text(encoding="utf-8"))
    assert load_codes() == {name: Code(name=name, **fields) for name, fields in whole.items()}
    assert "no-such-code" not in load_codes() and len(load_codes()) > 200


def test_every_code_is_used_somewhere() -> None:
    words = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "kg").rglob("*.py"))
    # what is wrong in YARRRML is told by kind: its codes are put together from `yarrrml-` and the kind
    kinds = {name: (name, name.removeprefix("yarrrml-")) for name in load_codes()}
    assert [name for name, said in kinds.items() if not any(f'"{word}"' in words for word in said)] == []


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("`dataset/1`: the data set", forms.DATASET.names),
        ("`source/1`: a source", forms.SOURCE.names),
        ("`entities/1`: entities", ("kg", "entities", *forms.ENTITY.names)),
        ("`claims/1`: claims", forms.CLAIMS_FILE.names),
        ("Voices", forms.VOICE.names),
        ("A claim", forms.CLAIM.names),
        ("Proposals and reviews", (*forms.PROPOSED.names, *forms.REJECTED_FILE.names, *forms.REJECTION.names)),
    ],
)
def test_every_key_of_the_formats_is_described(title: str, keys: tuple[str, ...]) -> None:
    text = section(FORMAT, title).split("\n### ")[0]
    assert sorted(first_cells(text)) == sorted(keys)


def test_every_word_of_the_formats_is_described() -> None:
    for words in (Mode, Clarity, Voice, Difference):
        assert [word.value for word in words if f"`{word.value}`" not in FORMAT] == []
    assert sorted(first_cells(section(MODEL, "Competency questions"))) == sorted(forms.QUESTION.names)
    assert [key for key in forms.EVIDENCE.names if f"`{key}`" not in section(FORMAT, "A claim")] == []
    assert [prefix for prefix in OWN_PREFIXES if f"`{prefix}:`" not in FORMAT] == []


def test_every_kind_of_object_is_described() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|", section(FORMAT, "Objects"), re.MULTILINE)[1:]
    assert rows == [kind.value.partition(" (")[0] for kind in RangeKind]


def test_every_term_of_the_model_is_described() -> None:
    model = read_turtle(SourceText("model.ttl", (ROOT / "ontology/model.ttl").read_text(encoding="utf-8")))
    subjects = {str(quad.subject.term).strip("<>") for quad in model.quads}
    names = {iri.removeprefix(KG) for iri in subjects if iri.startswith(KG)}
    implied = {"Mode", "Clarity", "VoiceKind", "NameKind", "Interest", "Clear", "OwnVoice", "Typo", "Misnomer"}
    assert implied < names
    assert sorted(name for name in names - implied if f"kg:{name}" not in MODEL and f"`{name}`" not in FORMAT) == []


def test_the_examples_of_the_formats_are_read_without_a_mistake() -> None:
    readers: dict[str, Callable[[Document, Finder], object]] = {
        "dataset/1": read_dataset,
        "source/1": read_source,
        "entities/1": read_entities,
        "claims/1": open_claims,
        "rejected/1": lambda document, finder: list(states.read_rejections(document, finder)),
    }
    seen = []
    for kind, block in FENCE.findall(FORMAT):
        if kind == "yaml":
            finder = Finder()
            form = block.partition("\n")[0].removeprefix("kg: ")
            readers[form](parse_document(SourceText("seeds/sources/example.yaml", block)), finder)
            assert finder.diagnostics == ()
            seen.append(form)
    assert list(dict.fromkeys(seen)) == list(readers)


def test_the_examples_of_an_ontology_are_read_without_a_mistake() -> None:
    prefixes = "".join(
        re.findall(r"^@prefix .*\n", (ROOT / "exports/graph.ttl").read_text(encoding="utf-8"), re.MULTILINE)
        if (ROOT / "exports/graph.ttl").is_file()
        else re.findall(r"^@prefix .*\n", (ROOT / "ontology/xiaomi.ttl").read_text(encoding="utf-8"), re.MULTILINE)
    )
    blocks = [block for kind, block in FENCE.findall(section(MODEL, "Writing an ontology")) if kind == "turtle"]
    place = 'schema:Place a owl:Class ; rdfs:label "place"@en .\n'
    texts = {"example.ttl": prefixes + place + "\n".join(blocks)}
    texts |= {n: (ROOT / "ontology" / n).read_text(encoding="utf-8") for n in ("model.ttl", "units.ttl")}
    vocabulary = read_vocabulary(read_turtle(SourceText(name, text)) for name, text in texts.items())
    assert vocabulary.diagnostics == ()
    assert {"length", "tolls", "opens"} <= set(vocabulary.properties)
    assert vocabulary.properties["tolls"].time_varying
    assert vocabulary.properties["length"].functional


def test_environment_variables_and_exit_codes_are_described() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for f in ("kg", "tests") for path in (ROOT / f).rglob("*.py"))
    assert {name for name in re.findall(r"\bKG_[A-Z]+\b", code) if f"`{name}`" not in REFERENCE} == set()
    assert [int(n) for n in re.findall(r"^\| (\d+) \|", section(REFERENCE, "Commands"), re.MULTILINE)] == [
        DONE, MISTAKES, WRONG_USE, ENVIRONMENT, BOUND, INTERRUPTED,
    ]  # fmt: skip


# -- the code -------------------------------------------------------------------------------------------


def test_the_names_of_the_tour_of_the_code_exist() -> None:
    steps = re.findall(r"^\d+\. (.*(?:\n   .*)*)", section(CONTRIBUTING, "The code in two minutes"), re.MULTILINE)
    assert len(steps) >= 8
    named = 0
    for step in steps:
        path, *names = re.findall(r"`([^`]+)`", step.partition(":")[0])
        text = (ROOT / path).read_text(encoding="utf-8")
        for name in names:
            named += 1
            assert re.search(rf"^(class|def) {name}\b|^{name}\b[^\n]* = ", text, re.MULTILINE), f"{path}: {name}"
    assert named >= 8


def read_rooms() -> list[str]:
    rooms = re.findall(r"^\| (\d+) \| `(\w+)` \|", section(CONTRIBUTING, "Rooms and layers"), re.MULTILINE)
    assert [int(layer) for layer, _ in rooms] == sorted(int(layer) for layer, _ in rooms)
    return [room for _, room in rooms]


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """All statements, those within others too; what they are made of does not count."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield child
            yield from statements(child)


def imports_of(path: Path, modules: set[str]) -> Iterator[str]:
    """The rooms that a file imports, at the top of the module or in a function."""
    for node in statements(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [f"{node.module}.{a.name}" if node.module in {"kg"} else node.module for a in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (name.split(".")[1] for name in names if name.startswith("kg.") and name.split(".")[1] in modules)


GONE = {"kg.beside", "kg.noun.dataclass"}  # which decisions tell of


def test_the_names_of_the_code_in_documents_and_docstrings_exist() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "tests").glob("*.md")]
    documents += [path for ending in ("md", "py") for path in (ROOT / "kg").rglob(f"*.{ending}")]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in documents)
    names = set(re.findall(r"`(kg(?:\.\w+)+)`", texts)) - {"kg.example"}  # a host
    assert {name for name in names if not exists(name)} == GONE


def exists(name: str) -> bool:
    """Whether a dotted name is that of a module, or of what is reached from one."""
    found, parts = kg, name.split(".")[1:]
    module = "kg"
    for part in parts:
        module += f".{part}"
        if not hasattr(found, part):
            try:
                importlib.import_module(module)
            except ModuleNotFoundError:
                return False
        found = getattr(found, part)
    return True


def test_a_room_imports_only_rooms_above_it_in_the_table() -> None:
    rooms = read_rooms()
    found = {path.stem if path.is_file() else path.name for path in (ROOT / "kg").iterdir()
             if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py")))} - {"__init__"}  # fmt: skip
    assert sorted(rooms) == sorted(found)
    files = [(room, file) for room in rooms for file in [ROOT / f"kg/{room}.py", *(ROOT / "kg" / room).rglob("*.py")]]
    wrong = [
        f"{file.relative_to(ROOT)} imports kg.{other}"
        for room, file in files
        if file.is_file()
        for other in imports_of(file, found)
        if rooms.index(other) > rooms.index(room)
    ]
    assert wrong == []


def test_a_part_imports_only_parts_of_its_room_above_it_in_the_table() -> None:
    text = section(CONTRIBUTING, "Rooms and layers")
    parts = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", text, re.MULTILINE)
    wrong = []
    for room in dict.fromkeys(room for room, _ in parts):
        folder = ROOT / "kg" / room
        inside = [part for other, part in parts if other == room]
        there = {path.stem for path in folder.iterdir() if path.suffix == ".py" or any(path.glob("*.py"))}
        assert sorted(inside) == sorted(there - {"__init__"}), room
        for place, part in enumerate(inside):
            for file in [folder / f"{part}.py", *(folder / part).rglob("*.py")]:
                text = file.read_text(encoding="utf-8") if file.is_file() else ""
                named = re.findall(rf"^\s*(?:from|import) kg\.{room}\.(\w+)", text, re.MULTILINE)
                named += re.findall(rf"^\s*from kg\.{room} import (\w+)", text, re.MULTILINE)
                wrong += [f"{file.relative_to(ROOT)} imports {n}" for n in named if inside.index(n) > place]
    assert wrong == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = project["dependencies"] + [n for group in project["optional-dependencies"].values() for n in group]
    names = [re.split(r"[^A-Za-z0-9-]", name)[0] for name in needed]
    text = section(CONTRIBUTING, "Dependencies")
    named = [n for n in names if not n.startswith(("types-", "kg-claims"))]
    assert [n for n in named if not re.search(rf"\b{n}\b", text, re.IGNORECASE)] == []


# -- the texts themselves ---------------------------------------------------------------------------------


def project_texts() -> Iterator[tuple[str, str]]:
    """Every text that belongs to the project, with its name."""
    folders = ("kg", "ontology", "seeds", "tests", "exports", ".ci")
    paths = [*ROOT.glob("*.md"), ROOT / "pyproject.toml"]
    paths += [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    for path in sorted(paths):
        parts = path.relative_to(ROOT).parts
        if "node_modules" in parts or "__pycache__" in parts or path.name == "graph.html":
            continue
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_text_names_a_place_on_a_machine() -> None:
    place = re.compile(r"(?<![\w.:/*])/(?:home|Users|root|tmp|work|var|mnt|opt)/\w|\b[A-Z]:\\Users\b")
    found = [(name, match[0]) for name, text in project_texts() for match in place.finditer(text)
             if name != "tests/test_docs.py"]  # fmt: skip
    assert found == []


def test_links_of_the_documents_lead_somewhere() -> None:
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)", text):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def runs_of(words: list[str], length: int = 8) -> Iterator[tuple[str, ...]]:
    for start in range(len(words) - length + 1):
        yield tuple(words[start : start + length])


def test_no_eight_words_in_a_row_are_an_articles() -> None:
    folder = os.environ.get("KG_TEXTS")
    if not folder:
        pytest.skip("KG_TEXTS is not set: the articles' texts are not at hand")
    files = set(
        re.findall(r"^file: (\S+)$", "\n".join(p.read_text() for p in (ROOT / "seeds/sources").iterdir()), re.M)
    )
    assert files
    runs: set[tuple[str, ...]] = set()
    titles: set[tuple[str, ...]] = set()
    for name in files:
        title, *paragraphs = (Path(folder) / name).read_text(encoding="utf-8-sig").strip().split("\n")
        titles.update(runs_of(words_of(title)))  # the titles stand in the sources' descriptions
        for paragraph in paragraphs:
            runs.update(runs_of(words_of(paragraph)))
    assert len(runs) > 100
    copied = [(name, " ".join(run)) for name, text in project_texts() for run in runs_of(words_of(text))
              if run in runs and run not in titles]  # fmt: skip
    assert copied == []


def test_every_gap_of_conformance_is_told() -> None:
    tree = ast.parse((ROOT / "tests/conformance/gaps.py").read_text(encoding="utf-8"))
    (gaps,) = [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "GAPS"]
    assert isinstance(gaps, ast.Dict) and gaps.keys
    told = section(TABLES, "Conformance")
    ids = [ast.literal_eval(key).partition("-")[0] for key in gaps.keys if key is not None]
    assert [id_ for id_ in ids if id_ not in told] == []


def test_every_promise_of_security_names_tests_that_are_there() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = section(text, "What holds, and the test that shows it").split("\n")
    named = [re.findall(r"`(tests/[\w/]+\.py)`", row) for row in rows if row.startswith("| ") and "|---" not in row][1:]
    assert len(named) >= 15
    assert all(named)
    assert [path for each in named for path in each if not (ROOT / path).is_file()] == []
