"""Quoted triples (RML-star): what star maps give, held to a referee, and what is told where they cannot be."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from sweep import sweep
from terminal import run_kg

from kg.api import open_project
from kg.starter import init_project
from kg.tables.command import map_command
from kg.tables.frames import MappingError, map_frames, map_to_store
from kg.tables.read.mapping import read_any_mapping
from kg.text.diagnostic import SourceText, render_text

HEAD = "@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .\n"
A = 'rml:logicalSource [ rml:source "a.csv"; rml:referenceFormulation rml:CSV ]'
B = 'rml:logicalSource [ rml:source "b.csv"; rml:referenceFormulation rml:CSV ]'
DATA = {"a.csv": "id,c,x\n1,P,u\n2,Q,v\n2,Q,v\n", "b.csv": "k,w\n1,10\n1,11\n3,12\n"}
JOIN = 'rml:joinCondition [ rml:child "k"; rml:parent "id" ]'
ONE = "rml:predicate <r>; rml:object 1"


def triples_map(name: str, subject: str, *statements: str, source: str = A, kind: str = "Asserted") -> str:
    poms = "".join(f";\n rml:predicateObjectMap [ {each} ]" for each in statements)
    return f"<{name}> a rml:{kind}TriplesMap; {source};\n rml:subjectMap [ {subject} ]{poms} .\n"


QUOTED = triples_map("q", 'rml:template "s/{id}"', 'rml:predicate <p>; rml:objectMap [ rml:template "{c}" ]')
ONLY_QUOTED = QUOTED.replace("Asserted", "NonAsserted")


def map_files(folder: Path, mapping: str, *options: str, data: dict[str, str] = DATA, out: str = "o.nq") -> Result:
    for name, text in data.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "m.ttl").write_text(HEAD + mapping, encoding="utf-8")
    given = [str(folder / "m.ttl"), "--data", str(folder), "-o", str(folder / out), *options]
    return CliRunner().invoke(map_command, given, catch_exceptions=False)


def map_lines(folder: Path, mapping: str, *options: str, data: dict[str, str] = DATA, told: str = "") -> list[str]:
    """The sorted lines, without the base of their IRIs."""
    result = map_files(folder, mapping, *options, data=data)
    assert (result.exit_code, result.stderr.split("\n")[0]) == (0, told)
    lines = (folder / "o.nq").read_text(encoding="utf-8").replace("http://example.org/", "").split("\n")
    return sorted(line for line in lines if line)


# -- what comes of it ----------------------------------------------------------------------------


def test_all_triples_of_a_row_are_quoted(tmp_path: Path) -> None:
    """RML-star §generating quoted triples: exactly those that the quoted triples map generates, classes included."""
    quoted = triples_map(
        "q",
        'rml:template "s/{id}"; rml:class <K>; rml:graph <left-out>',
        'rml:predicate <p>, <p2>; rml:objectMap [ rml:reference "x"; rml:language "en" ]',
        kind="NonAsserted",
    )
    mapping = quoted + triples_map("t", "rml:quotedTriplesMap <q>; rml:class <Saying>; rml:graph <g>")
    a = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    assert map_lines(tmp_path, mapping) == sorted(
        f"<< <s/{n}> {rest} >> <{a}> <Saying> <g> ."
        for n, x in (("1", "u"), ("2", "v"))
        for rest in (f"<{a}> <K>", f'<p> "{x}"@en', f'<p2> "{x}"@en')
    )


def test_objects_are_quoted_too(tmp_path: Path) -> None:
    mapping = ONLY_QUOTED + triples_map(
        "t",
        'rml:template "t/{k}"',
        f'rml:predicate <r>; rml:objectMap [ rml:quotedTriplesMap <q>; {JOIN} ], [ rml:reference "w" ]',
        source=B,
    )
    assert map_lines(tmp_path, mapping) == [
        '<t/1> <r> "10" .',
        '<t/1> <r> "11" .',
        "<t/1> <r> << <s/1> <p> <P> >> .",
        '<t/3> <r> "12" .',
    ]


def test_joins_within_joins(tmp_path: Path) -> None:
    """A quoted triple of joined rows, whose own quoted subject is of joined rows."""
    middle = triples_map(
        "t",
        f"rml:quotedTriplesMap <q>; {JOIN}",
        'rml:predicate <r>; rml:objectMap [ rml:reference "w" ]',
        source=B,
        kind="NonAsserted",
    )
    outer = triples_map(
        "u",
        'rml:quotedTriplesMap <t>; rml:joinCondition [ rml:child "z"; rml:parent "w" ]',
        'rml:predicate <by>; rml:objectMap [ rml:template "by/{y}" ]',
        source=A.replace("a.csv", "c.csv"),
    )
    data = {**DATA, "c.csv": "z,y\n10,me\n11,you\n12,nobody\n"}
    assert map_lines(tmp_path, ONLY_QUOTED + middle + outer, data=data) == [
        '<< << <s/1> <p> <P> >> <r> "10" >> <by> <by/me> .',
        '<< << <s/1> <p> <P> >> <r> "11" >> <by> <by/you> .',
    ]


def test_referring_to_quoted_subjects(tmp_path: Path) -> None:
    """The subjects of a parent triples map are quoted triples, and so the objects of its child are."""
    parent = triples_map("t", "rml:quotedTriplesMap <q>", ONE, kind="Asserted")
    child = triples_map(
        "v",
        'rml:template "k/{k}"',
        f"rml:predicate <says>; rml:objectMap [ rml:parentTriplesMap <t>; {JOIN} ]",
        source=B,
    )
    made = map_lines(tmp_path, ONLY_QUOTED + parent + child)
    assert [line for line in made if "says" in line] == ["<k/1> <says> << <s/1> <p> <P> >> ."]


def test_blank_nodes_are_the_same_quoted_and_asserted(tmp_path: Path) -> None:
    quoted = triples_map("q", "rml:termType rml:BlankNode", 'rml:predicate <p>; rml:objectMap [ rml:reference "c" ]')
    mapping = quoted + triples_map("t", f"rml:quotedTriplesMap <q>; {JOIN}", ONE, source=B)
    made = map_lines(tmp_path, mapping)
    asserted = {line.removesuffix(" .") for line in made if not line.startswith("<<")}
    (about,) = (line for line in made if line.startswith("<<"))
    assert len(asserted) == 3
    assert about[3 : about.index(" >>")] in asserted


def test_bases_and_values_stay_those_of_the_quoted_map(tmp_path: Path) -> None:
    statement = 'rml:predicate <p>; rml:objectMap [ rml:reference "c"; rml:termType rml:IRI ]'
    quoted = triples_map("q", 'rml:template "{id}"', statement, source=f"rml:baseIRI <http://other.org/>; {A}")
    mapping = quoted + triples_map(
        "t", "rml:quotedTriplesMap <q>", 'rml:predicate <r>; rml:objectMap [ rml:template "{x}" ]'
    )
    data = {"a.csv": "id,c,x\né/,P,z\n"}
    assert map_lines(tmp_path, mapping, data=data) == [
        "<< <http://other.org/é%2F> <p> <http://other.org/P> >> <r> <z> .",
        "<http://other.org/é%2F> <p> <http://other.org/P> .",
    ]


def test_values_of_a_list_are_quoted_each(tmp_path: Path) -> None:
    source = 'rml:logicalSource [ rml:source "d.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]" ]'
    quoted = triples_map(
        "q",
        'rml:template "{i}"',
        'rml:predicate <p>; rml:objectMap [ rml:reference "v[*]" ]',
        source=source,
        kind="NonAsserted",
    )
    outer = 'rml:predicate <r>; rml:objectMap [ rml:reference "v[*]" ]'
    mapping = quoted + triples_map("t", "rml:quotedTriplesMap <q>", outer, source=source)
    data = {"d.json": '[{"i": "a", "v": ["x \\"y\\" >>", "z"]}, {"i": "b", "v": []}]'}
    texts = (r'"x \"y\" >>"', '"z"')
    expected = sorted(f"<< <a> <p> {one} >> <r> {other} ." for one in texts for other in texts)
    assert map_lines(tmp_path, mapping, data=data) == expected


def test_collections_of_quoted_triples_and_beside_them(tmp_path: Path) -> None:
    lists = 'rml:gatherAs <http://www.w3.org/1999/02/22-rdf-syntax-ns#Seq>; rml:template "l/{id}"'
    members = 'rml:gather ( [ rml:quotedTriplesMap <q> ] [ rml:reference "c" ] )'
    gather = f"rml:predicate <r>; rml:objectMap [ {lists}; {members} ]"
    made = map_lines(
        tmp_path, ONLY_QUOTED + triples_map("t", "rml:quotedTriplesMap <q>", gather), data={"a.csv": "id,c\n1,P\n"}
    )
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    assert made == [
        "<< <s/1> <p> <P> >> <r> <l/1> .",
        f"<l/1> <{rdf}_1> << <s/1> <p> <P> >> .",
        f'<l/1> <{rdf}_2> "P" .',
        f"<l/1> <{rdf}type> <{rdf}Seq> .",
    ]


def test_a_best_effort_leaves_out_what_quotes_an_invalid_value(tmp_path: Path) -> None:
    statement = 'rml:predicate <p>; rml:objectMap [ rml:reference "c"; rml:termType rml:IRI ]'
    quoted = triples_map("q", 'rml:template "{id}"', statement, kind="NonAsserted")
    mapping = quoted + triples_map("t", "rml:quotedTriplesMap <q>", ONE)
    data = {"a.csv": "id,c\n1,a b\n2,ok\n"}
    strict = map_files(tmp_path, mapping, data=data)
    assert strict.exit_code == 1
    assert strict.stderr.startswith("error[data-iri]: `a b` is no IRI (row 2 of `a.csv`, `c`)\n")
    lax = map_files(tmp_path, mapping, "--best-effort", data=data)
    assert (lax.exit_code, lax.stderr.count("[data-skipped]")) == (0, 1)
    assert (tmp_path / "o.nq").read_text("utf-8").startswith("<< <http://example.org/2> <http://example.org/p> ")


def test_the_older_vocabulary_has_the_same_words(tmp_path: Path) -> None:
    """RML-star of 2022 (namespace of RMLMapper's RML); YARRRML is translated into it."""
    older = "<http://semweb.mmlab.be/ns/rml#quotedTriplesMap> <q>"
    assert map_lines(tmp_path, ONLY_QUOTED + triples_map("t", older, ONE))[0].startswith("<< <s/1> <p> <P> >> <r> ")


def test_yarrrml_quotes(tmp_path: Path) -> None:
    mapping = """
prefixes: {ex: "http://example.org/"}
mappings:
  q: {sources: [[a.csv~csv]], s: "ex:s/$(id)", po: [[ex:p, "ex:$(c)~iri"]]}
  t: {sources: [[a.csv~csv]], s: [{quotedNonAsserted: q}], po: [[ex:r, $(x)]]}
  u: {sources: [[a.csv~csv]], s: "ex:u/$(id)", po: [{p: ex:r, o: [{quoted: t}]}]}
"""
    for name, text in (("m.yml", mapping), ("a.csv", DATA["a.csv"])):
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = run_kg("map", "m.yml", "-o", "o.nq", "--sort", folder=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "o.nq").read_text("utf-8").replace("http://example.org/", "") == (
        '<< <s/1> <p> <P> >> <r> "u" .\n<< <s/2> <p> <Q> >> <r> "v" .\n'
        '<u/1> <r> << << <s/1> <p> <P> >> <r> "u" >> .\n<u/2> <r> << << <s/2> <p> <Q> >> <r> "v" >> .\n'
    )
    (tmp_path / "rml.ttl").write_text(run_kg("yarrrml", "m.yml", folder=tmp_path).out, encoding="utf-8")
    again = run_kg("map", "rml.ttl", "-o", "again.nq", "--sort", folder=tmp_path)
    assert (again.code, (tmp_path / "again.nq").read_bytes()) == (0, (tmp_path / "o.nq").read_bytes())


def test_explain_shows_what_is_made_beforehand(tmp_path: Path) -> None:
    mapping = ONLY_QUOTED + triples_map("t", f"rml:quotedTriplesMap <q>; {JOIN}", ONE, source=B)
    shown = map_files(tmp_path, mapping, "--explain").stdout
    assert "-- made beforehand: s1_q1\n--   Project columns=[kg_row = t.rowid, kg_q1 = m.x] every=t\n" in shown


def test_rows_joined_are_not_repeated(tmp_path: Path) -> None:
    """A key that both sides repeat a thousand times: one quoted triple for each row, not a thousand."""
    data = {"a.csv": "id,c\n" + "1,P\n" * 1000, "b.csv": "k,w\n" + "1,10\n" * 1000}
    mapping = ONLY_QUOTED + triples_map("t", f"rml:quotedTriplesMap <q>; {JOIN}", ONE, source=B)
    one = '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert map_lines(tmp_path, mapping, data=data) == [f"<< <s/1> <p> <P> >> <r> {one} ."]


# -- the referee ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """A term of the generated mappings: a template over a column, a quoted map or a parent map, perhaps joined."""

    kind: str  # template, quoted, parent
    column: str = ""
    other: int = 0
    join: tuple[str, str] | None = None


@dataclass(frozen=True)
class Map:
    source: str
    asserted: bool
    subject: Made
    objects: tuple[Made, ...]


COLUMNS = ("x", "y")
made_templates = st.builds(Made, kind=st.just("template"), column=st.sampled_from(COLUMNS))


@st.composite
def mappings(draw: st.DrawFn) -> list[Map]:
    """Triples maps, each of which may quote those before it, and take their subjects as objects."""
    maps: list[Map] = []
    for number in range(draw(st.integers(2, 4))):
        source = draw(st.sampled_from("ab"))

        def term(*kinds: str, number: int = number, source: str = source) -> Made:
            kind = draw(st.sampled_from(kinds if number else ("template",)))
            if kind == "template":
                return draw(made_templates)
            other = draw(st.integers(0, number - 1))
            joined = maps[other].source != source or draw(st.booleans())
            join = (draw(st.sampled_from(COLUMNS)), draw(st.sampled_from(COLUMNS))) if joined else None
            return Made(kind, other=other, join=join)

        subject = term("template", "quoted", "quoted")
        objects = tuple(term("template", "quoted", "parent") for _ in range(draw(st.integers(1, 2))))
        maps.append(Map(source, True, subject, objects))
    quoted = {t.other for m in maps for t in (m.subject, *m.objects) if t.kind == "quoted"}
    return [Map(m.source, n not in quoted or draw(st.booleans()), m.subject, m.objects) for n, m in enumerate(maps)]


rows = st.lists(st.fixed_dictionaries({c: st.sampled_from("123") for c in COLUMNS}), min_size=1, max_size=4)


def write_made(made: Made) -> str:
    if made.kind == "template":
        return f'rml:template "{made.column}{{{made.column}}}"'
    word = "quotedTriplesMap" if made.kind == "quoted" else "parentTriplesMap"
    join = ""
    if made.join:
        join = f'; rml:joinCondition [ rml:child "{made.join[0]}"; rml:parent "{made.join[1]}" ]'
    return f"rml:{word} <m{made.other}>{join}"


def write_mapping(maps: list[Map]) -> str:
    return "".join(
        triples_map(
            f"m{n}",
            write_made(m.subject),
            f"rml:predicate <p{n}>; " + "; ".join(f"rml:objectMap [ {write_made(o)} ]" for o in m.objects),
            source=A if m.source == "a" else B,
            kind="Asserted" if m.asserted else "NonAsserted",
        )
        for n, m in enumerate(maps)
    )


@dataclass(frozen=True)
class Referee:
    """RML-star as its specification says it, row by row."""

    maps: list[Map]
    rows: dict[str, list[dict[str, str]]]

    def terms(self, made: Made, row: dict[str, str]) -> list[str]:
        if made.kind == "template":
            return [f"<{made.column}{row[made.column]}>"]
        other, join = self.maps[made.other], made.join
        partners = [row] if join is None else [r for r in self.rows[other.source] if row[join[0]] == r[join[1]]]
        if made.kind == "parent":
            return [s for r in partners for s in self.terms(other.subject, r)]
        return [f"<< {t} >>" for r in partners for t in self.triples(made.other, r)]

    def triples(self, number: int, row: dict[str, str]) -> list[str]:
        asked = self.maps[number]
        things = [t for made in asked.objects for t in self.terms(made, row)]
        return [f"{s} <p{number}> {o}" for s in self.terms(asked.subject, row) for o in things]

    def lines(self) -> list[str]:
        numbers = [n for n, m in enumerate(self.maps) if m.asserted]
        return sorted({f"{t} ." for n in numbers for r in self.rows[self.maps[n].source] for t in self.triples(n, r)})


@sweep(30)
@given(mappings(), rows, rows)
def test_referee(maps: list[Map], a: list[dict[str, str]], b: list[dict[str, str]]) -> None:
    data = {
        f"{name}.csv": "\n".join(",".join(line) for line in [COLUMNS, *([r[c] for c in COLUMNS] for r in given)]) + "\n"
        for name, given in (("a", a), ("b", b))
    }
    with tempfile.TemporaryDirectory() as folder:
        made = map_lines(Path(folder), write_mapping(maps), data=data)
    assert made == Referee(maps, {"a": a, "b": b}).lines()


# -- what is told --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mapping", "message", "line", "column"),
    [
        (triples_map("t", "rml:quotedTriplesMap <qq>", ONE) + QUOTED,
         "error[map-quoted]: no triples map `http://example.org/qq`", 3, 40),
        (triples_map("t", "rml:quotedTriplesMap <t>", ONE),
         "error[map-quoted]: a triples map that quotes itself: `http://example.org/t` → `http://example.org/t`", 3, 40),
        (triples_map("t", "rml:quotedTriplesMap <u>", ONE)
         + triples_map("u", 'rml:template "x"', "rml:predicate <p>; rml:objectMap [ rml:quotedTriplesMap <t> ]"),
         "error[map-quoted]: a triples map that quotes itself: `http://example.org/t` → `http://example.org/u`"
         " → `http://example.org/t`", 3, 40),
        (triples_map("t", "rml:quotedTriplesMap <u>", ONE)
         + triples_map("u", 'rml:template "x"', "rml:predicate <p>; rml:objectMap [ rml:parentTriplesMap <t> ]"),
         "error[map-quoted]: a triples map that quotes itself: `http://example.org/u` → `http://example.org/u`", 7, 83),
        (triples_map("t", "rml:quotedTriplesMap <q>", ONE) + triples_map("q", 'rml:template "x"'),
         "error[map-quoted]: the triples map `http://example.org/q` makes no triples to quote", 3, 40),
        (triples_map("t", "rml:quotedTriplesMap <q>", ONE, source=B) + QUOTED,
         "error[map-join]: `http://example.org/q` has another logical source, and no join condition", 3, 40),
        (triples_map("t", 'rml:quotedTriplesMap <q>; rml:template "x"', ONE) + QUOTED,
         "error[map-repeated]: a term map with both `rml:quotedTriplesMap` and `rml:template`", 3, 19),
        (triples_map("t", "rml:quotedTriplesMap <q>, <r>", ONE) + QUOTED + QUOTED.replace("<q>", "<r>"),
         "error[map-repeated]: a second `rml:quotedTriplesMap`, where one is meant", 3, 45),
        (triples_map("t", 'rml:template "x"', "rml:predicate <r>; rml:objectMap [ rml:parentTriplesMap <q>;"
                     " rml:quotedTriplesMap <q> ]") + QUOTED,
         "error[map-repeated]: a term map with both `rml:quotedTriplesMap` and `rml:parentTriplesMap`", 4, 88),
        (triples_map("t", "rml:quotedTriplesMap <q>; rml:termType rml:IRI", ONE) + QUOTED,
         "error[map-star]: a quoted triple has no `rml:termType`", 3, 45),
        (triples_map("t", 'rml:template "x"', "rml:predicateMap [ rml:quotedTriplesMap <q> ]; rml:object 1") + QUOTED,
         "error[map-star]: a quoted triple cannot be a predicate", 4, 46),
        (triples_map("t", 'rml:template "x"; rml:graphMap [ rml:quotedTriplesMap <q> ]', ONE) + QUOTED,
         "error[map-star]: a quoted triple cannot be a graph", 3, 52),
        (triples_map("t", 'rml:template "x"', "rml:quotedTriplesMap <q>; rml:object 1") + QUOTED,
         "error[map-star]: a predicate-object map with `rml:quotedTriplesMap`", 4, 27),
        (triples_map("t", "<http://www.w3.org/ns/r2rml#quotedTriplesMap> <q>", ONE) + QUOTED,
         "error[map-star]: R2RML has no quoted triples", 3, 19),
        (triples_map("t", 'rml:quotedTriplesMap "q"', ONE) + QUOTED,
         'error[map-term]: the triples map "q" is not an IRI', 3, 40),
        (triples_map("t", 'rml:quotedTriplesMap <q>; rml:joinCondition [ rml:child "id" ]', ONE) + QUOTED,
         "error[map-incomplete]: a join condition without `rml:parent`", 3, 63),
        (triples_map("t", f"rml:quotedTriplesMap <q>; {JOIN}", ONE) + QUOTED,
         "error[map-reference]: no column `k` in `a.csv`", 3, 75),
        (triples_map("t", 'rml:template "x"', ONE) + ONLY_QUOTED,
         "error[map-unasserted]: the triples map `http://example.org/q` is not asserted, and nothing quotes it", 5, 1),
        (triples_map("t", "rml:quotedTriplesMap <q>", ONE) + QUOTED.replace(" a ", " a rml:NonAssertedTriplesMap, "),
         "error[map-repeated]: a triples map that is both asserted and not asserted", 5, 1),
        (triples_map("t", "rml:quotedTriplesMap <qq>", ONE) + ONLY_QUOTED,
         "error[map-quoted]: no triples map `http://example.org/qq`", 3, 40),
        ("".join(triples_map(f"m{n}", f"rml:quotedTriplesMap <m{n + 1}>", ONE) for n in range(80))
         + QUOTED.replace("<q>", "<m80>"),
         "error[map-quoted]: quoted triples in quoted triples, more than 64 deep", 3, 40),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, mapping: str, message: str, line: int, column: int) -> None:
    """One mistake is one diagnostic, at its place."""
    result = map_files(tmp_path, mapping)
    assert result.exit_code == 1
    assert result.stderr.split("\n")[:2] == [message, f"  --> {(tmp_path / 'm.ttl').as_posix()}:{line}:{column}"]
    assert result.stderr.endswith("\n1 error, 0 warnings, 0 notes\n")
    assert not (tmp_path / "o.nq").exists()


@pytest.mark.parametrize(
    ("gather", "message"),
    [
        ("rml:predicate <r>; rml:objectMap [ rml:gatherAs rdf:List; rml:gather ( [ rml:reference \"c\" ] ) ]",
         "error[map-unsupported]: `http://example.org/q` is quoted and gathers: its collections cannot be quoted"),
        (ONE, "error[map-unsupported]: members that are quoted triples of joined rows"),
    ],
)  # fmt: skip
def test_what_is_not_done_yet(tmp_path: Path, gather: str, message: str) -> None:
    rdf = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    quoted = triples_map("q", 'rml:template "s/{id}"', gather, kind="NonAsserted")
    member = f"rml:gatherAs rdf:List; rml:gather ( [ rml:quotedTriplesMap <q>; {JOIN} ] )"
    outer = triples_map("t", 'rml:template "t/{k}"', f"rml:predicate <r>; rml:objectMap [ {member} ]", source=B)
    result = map_files(tmp_path, rdf + quoted + outer)
    assert (result.exit_code, result.stderr.split("\n")[0]) == (1, message)
    assert result.stderr.endswith("\n1 error, 0 warnings, 0 notes\n")


# -- outputs -------------------------------------------------------------------------------------

STAR = ONLY_QUOTED + triples_map("t", "rml:quotedTriplesMap <q>", ONE)
REFUSED = """\
error[quoted-output]: {0} cannot hold the quoted triples of this map
  --> {1}:6:40
   |
 6 |  rml:subjectMap [ rml:quotedTriplesMap <q> ];
   |                                        ^^^
   = hint: {2}"""


@pytest.mark.parametrize("options", [("--format", "ttl"), ("--format", "trig"), ("--store", "s")], ids=" ".join)
def test_outputs_of_rdf_1_2_refuse(tmp_path: Path, options: tuple[str, str]) -> None:
    """Before a row is read: the source is not even there."""
    (tmp_path / "m.ttl").write_text(HEAD + STAR, encoding="utf-8")
    out = () if options[0] == "--store" else ("-o", "o")
    done = run_kg("map", "m.ttl", *out, *options, folder=tmp_path)
    place = "`--store`" if options[0] == "--store" else f"`{' '.join(options)}`"
    hint = "write a file (`-o`) with `--format nq` or `nt`, in the syntax of RDF-star"
    summary = "\n\n1 error, 0 warnings, 0 notes\n"
    assert (done.code, done.err) == (1, REFUSED.format(place, "m.ttl", hint) + summary)
    assert [p.name for p in tmp_path.iterdir()] == ["m.ttl"]


def test_n_triples_are_the_union_of_graphs(tmp_path: Path) -> None:
    outer = triples_map(
        "t", "rml:quotedTriplesMap <q>; rml:graph <g>, <h>", 'rml:predicate <r>; rml:objectMap [ rml:reference "x" ]'
    )
    expected = ['<< <s/1> <p> <P> >> <r> "u" .', '<< <s/2> <p> <Q> >> <r> "v" .']
    told = "warning[graph-lost]: N-Triples has no graphs: that of this map is left out"
    assert map_lines(tmp_path, ONLY_QUOTED + outer, "--format", "nt", told=told) == expected
    parts = map_files(tmp_path, ONLY_QUOTED + outer, "--format", "nt", "--partition-size", "1KB", out="parts")
    text = "".join(p.read_text("utf-8") for p in (tmp_path / "parts").glob("part-*"))
    assert (parts.exit_code, sorted(text.replace("http://example.org/", "").split("\n"))) == (0, ["", *expected])


def test_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    target = (
        'rml:logicalTarget [ a rml:LogicalTarget; rml:target [ a rml:FilePath; rml:path "x.{0}" ];'
        " rml:serialization <http://www.w3.org/ns/formats/{1}> ]"
    )
    plain = target.format("nt", "N-Triples")
    assert map_lines(tmp_path, ONLY_QUOTED + triples_map("t", f"rml:quotedTriplesMap <q>; {plain}", ONE)) == []
    assert (tmp_path / "x.nt").read_text("utf-8").count("<< <") == 2
    turtle = target.format("ttl", "Turtle")
    refused = map_files(tmp_path, ONLY_QUOTED + triples_map("t", f"rml:quotedTriplesMap <q>; {turtle}", ONE))
    assert refused.exit_code == 1
    assert refused.stderr.startswith("error[quoted-output]: the target `x.ttl` cannot hold quoted triples\n")
    other = triples_map("o", f'rml:template "x"; {turtle}', ONE)
    assert map_files(tmp_path, STAR + other).exit_code == 0  # no quoted triple goes there


def test_frames(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    mapping = SourceText("m.ttl", HEAD + STAR.replace('"a.csv"; rml:referenceFormulation rml:CSV', '"{a}"'))
    frames = {"a": pa.table({"id": ["1"], "c": ["P"]})}
    (line,) = map_frames(mapping, frames)["line"].to_pylist()
    assert line.startswith("<< <http://example.org/s/1> <http://example.org/p> <http://example.org/P> >> ")
    with pytest.raises(MappingError) as failure:
        map_to_store(mapping, frames)
    assert (
        str(failure.value).split("\n")[0] == "error[quoted-output]: a store cannot hold the quoted triples of this map"
    )


def test_projects_refuse(tmp_path: Path) -> None:
    folder = tmp_path / "story"
    init_project(folder, title="A story", base="https://story.example/")
    tables = folder / "seeds" / "tables"
    tables.mkdir()
    (tables / "star.rml.ttl").write_text(HEAD + STAR, encoding="utf-8")
    (tables / "a.csv").write_text(DATA["a.csv"], encoding="utf-8")
    (found,) = (d for d in open_project(folder).diagnostics if d.code == "quoted-output")
    hint = "map it with `kg map`, or say it with claims, which name who says what"
    assert render_text(found) == REFUSED.format("a project's graph", "seeds/tables/star.rml.ttl", hint)
    asked = run_kg("why", "<< e:bridge r:length 120 >>", "r:by", "_", folder=folder)
    assert (asked.code, asked.err.split("\n")[-2]) == (
        2,
        "Error: a project's graph holds no quoted triples: ask for the triple itself, by its three terms",
    )


def test_a_mapping_that_quotes_itself_is_told_in_the_words_of_yarrrml() -> None:
    text = "mappings: {m: {sources: [[p.csv~csv]], s: 'http://e/$(id)', po: [{p: 'http://e/p', o: {quoted: m}}]}}"
    assert [d.message for d in read_any_mapping(SourceText("m.yml", text)).diagnostics] == [
        "a mapping that quotes itself: `m` → `m`"
    ]
