"""YARRRML: every spelling, every mistake at its place, RML in its three generations."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from terminal import run_kg
from test_tables_read import map_text, translate

from kg.tables.read.write import write_template
from kg.tables.read.yarrrml.document import read_yarrrml
from kg.tables.read.yarrrml.text import DocumentNames, read_value
from kg.tables.read.yarrrml.translate import translate_to_rml
from kg.tables.rml import Reference
from kg.tables.vocabulary import Generation
from kg.tables.yarrrml_command import yarrrml_command
from kg.text.diagnostic import Mark, SourceText, render_text
from kg.text.yamldoc import Scalar

HEAD = """prefixes:
  ex: http://example.com/
  grel: http://users.ugent.be/~bjdmeest/function/grel.ttl#
sources:
  people: [people.csv~csv]
"""


def list_mistakes(text: str) -> list[str]:
    """The mistakes as `line:column code: message (hint)`."""
    return [
        f"{d.mark.line}:{d.mark.column} {d.code}: {d.message}" + (f" ({d.hint})" if d.hint else "")
        for d in read_yarrrml(SourceText("m.yml", text)).diagnostics
    ]


def write(text: str, generation: Generation | None = None, **externals: str) -> str:
    document = read_yarrrml(SourceText("m.yml", text), externals=externals)
    assert [d for d in document.diagnostics if d.severity.word == "error"] == []
    return translate_to_rml(document, generation=generation, metadata=False).turtle


def write_object(written: str, generation: Generation = Generation.LEGACY) -> str:
    """What is said of the one object map of a mapping."""
    text = write(f"{HEAD}mappings: {{m: {{sources: people, po: [{written}]}}}}", generation)
    return next(b for b in text.split("\n\n") if b.startswith(":om_000")).strip().replace("\n   ", "")


# Spellings


@pytest.mark.parametrize(
    "mapping",
    [
        "m: {p: {source: people, s: 'ex:$(id)', po: {p: ex:n, o: $(n)}}}",
        "mapping: {p: {sources: [people], subject: 'ex:$(id)', predicateobject: [[ex:n, $(n)]]}}",
        "mappings: {p: {sources: [[people.csv~csv]], subjects: ['ex:$(id)~iri'], po: [[[ex:n], [$(n)]]]}}",
        "mappings: {p: {sources: {access: people.csv, referenceFormulation: csv}, subjects: {v: 'ex:$(id)'},"
        " predicateobjects: [{predicates: {value: ex:n}, objects: {v: $(n), type: literal}}]}}",
    ],
)
def test_all_spellings_say_the_same(mapping: str) -> None:
    """A source in place has no name; what is written is the same up to that, and the order of nodes."""
    head = HEAD if "people]" in mapping or "source: people" in mapping else HEAD.partition("sources")[0]

    def list_blocks(text: str) -> list[str]:
        return sorted(text.replace('\n    rdfs:label "people" ;', "").split("\n\n"))

    plain = "mappings: {p: {sources: people, s: 'ex:$(id)', po: [[ex:n, $(n)]]}}"
    assert list_blocks(write(head + mapping)) == list_blocks(write(HEAD + plain))


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("[ex:p, $(a)]", ':om_000 a rr:ObjectMap ; rml:reference "a" ; rr:termType rr:Literal .'),
        ("[a, ex:C]", ":om_000 a rr:ObjectMap ; rr:constant ex:C ; rr:termType rr:IRI ."),
        ("[rdf:type, ex:C]", ":om_000 a rr:ObjectMap ; rr:constant ex:C ; rr:termType rr:IRI ."),
        ("[ex:p, 'ex:$(a)~iri']",
         ':om_000 a rr:ObjectMap ; rr:template "http://example.com/{a}" ; rr:termType rr:IRI .'),
        ("[ex:p, $(a), xsd:date]",
         ':om_000 a rr:ObjectMap ; rml:reference "a" ; rr:termType rr:Literal ; rr:datatype xsd:date .'),
        ("{p: ex:p, o: [[$(a), xsd:date]]}",
         ':om_000 a rr:ObjectMap ; rml:reference "a" ; rr:termType rr:Literal ; rr:datatype xsd:date .'),
        ("[ex:p, $(a), en~lang]",
         ':om_000 a rr:ObjectMap ; rml:reference "a" ; rr:termType rr:Literal ;'
         " rml:languageMap :language_000 ."),
        ("[ex:p, $(a), $(t)]",
         ':om_000 a rr:ObjectMap ; rml:reference "a" ; rr:termType rr:Literal ;'
         " rml:datatypeMap :datatype_000 ."),
        ("{p: ex:p, o: {value: $(a), type: blank}}",
         ':om_000 a rr:ObjectMap ; rml:reference "a" ; rr:termType rr:BlankNode .'),
        ("[ex:p, 'n: x']", ':om_000 a rr:ObjectMap ; rr:constant "n: x" ; rr:termType rr:Literal .'),
        ("[ex:p, 'ex\\:x']", ':om_000 a rr:ObjectMap ; rr:constant "ex:x" ; rr:termType rr:Literal .'),
        ("[ex:p, 'a{b}$(c)']",
         ':om_000 a rr:ObjectMap ; rr:template "a\\\\{b\\\\}{c}" ; rr:termType rr:Literal .'),
        ("{p: ex:p, o: {quoted: m}}", ":om_000 a rml:StarMap ; rml:quotedTriplesMap :map_m_000 ."),
    ],
)  # fmt: skip
def test_object_is_written(written: str, says: str) -> None:
    assert write_object(written) == says


QUOTES = """mappings:
  q: {sources: people, s: 'ex:$(id)', po: [[ex:p, $(n)]]}
  m: {sources: [[b.csv~csv]], s: [%s], po: [[ex:r, $(x)]]}
"""


@pytest.mark.parametrize("asserted", ["quoted", "quotedNonAsserted"])
@pytest.mark.parametrize(
    "written",
    [
        "{%s: q, condition: {function: equal, parameters: [[str1, $(k)], [str2, $(id)]]}}",
        "{%s: q, c: {f: equal, pms: [[str1, $(id), o], [str2, $(k), s]]}}",
        "{function: 'join(%s=q, equal(str1=$(k), str2=$(id)))'}",
    ],
)
def test_join_of_quoted_mappings(asserted: str, written: str) -> None:
    """YARRRML §RDF-star: joins are defined with `quoted` and `quotedNonAsserted` in the same way."""
    text = write(HEAD + QUOTES % written % asserted)
    assert (
        ":s_001 a rr:SubjectMap, rml:StarMap ;\n    rml:quotedTriplesMap :map_q_000 ;\n    rr:joinCondition :jc_000 ."
    ) in text
    assert ':jc_000 rr:child "k" ;\n    rr:parent "id" .' in text
    assert ("rml:NonAssertedTriplesMap" in text) == (asserted == "quotedNonAsserted")


def test_quoted_mapping_of_several_sources() -> None:
    """The triples map that reads the same source is quoted; where none does, or a join is asked for, none is."""
    both = "sources: [[a.csv~csv], [b.csv~csv]], s: "
    text = "mappings:\n  q: {%s'ex:$(id)', po: [[ex:p, $(n)]]}\n  m: {%s[{quoted: q}], po: [[ex:r, $(x)]]}\n"
    written = write(HEAD + text % (both, both))
    quoted = [line.split()[1] for line in written.split("\n") if "quotedTriplesMap" in line]
    assert quoted == [":map_q_000", ":map_q_001"]
    other = read_yarrrml(SourceText("m.yml", HEAD + text % (both, "sources: [[c.csv~csv]], s: ")))
    (mistake,) = other.diagnostics
    assert (mistake.code, mistake.message) == (
        "yarrrml-quoted",
        "`q` has several sources, and that of one is quoted",
    )


def test_external_references() -> None:
    text = (
        "external: {city: Gent, who: ann}\n"
        "mappings: {m: {sources: [[a.csv~csv]], s: 'http://e.org/$(_who)/$(id)',"
        " po: [[foaf:based_near, $(_city)], [foaf:name, '$(\\_city) $(_none)']]}}"
    )
    assert 'rr:template "http://e.org/bob/{id}"' in write(text, None, who="bob")
    assert 'rr:constant "Gent"' in write(text)
    assert 'rr:template "{_city} {_none}"' in write(text)


def test_function_is_the_same_in_short_and_long() -> None:
    short = "{p: ex:p, o: {function: 'grel:f(a = $(x), grel:b = grel:g(c = \"1, 2\"))'}}"
    long = (
        "{p: ex:p, o: {f: grel:f, pms: [[grel:a, $(x)], {pm: grel:b, v: {fn: grel:g,"
        " parameters: [[grel:c, '1, 2']]}}]}}"
    )
    texts = [write(f"{HEAD}mappings: {{m: {{sources: people, po: [{w}]}}}}") for w in (short, long)]
    assert texts[0] == texts[1]
    assert 'rr:constant "1, 2"' in texts[0]


def test_join_of_references() -> None:
    text = (
        HEAD + "mappings: {m: {sources: people, po: [{p: ex:p, o: {mapping: n, condition: {function: equal,"
        " parameters: [[str1, $(a)], [str2, $(b)]]}}}]}, n: {sources: people, s: 'ex:$(b)'}}"
    )
    written = write(text)
    assert ":om_000 a rr:ObjectMap ;\n    rr:parentTriplesMap :map_n_000 ;\n    rr:joinCondition :jc_000 ." in written
    assert ':jc_000 rr:child "a" ;\n    rr:parent "b" .' in written
    assert write(text.replace("{mapping: n,", "{mapping: n, iv: ex:q,")).count("rr:joinCondition") == 2
    short = HEAD + (
        "mappings: {m: {sources: people, po: [{p: ex:p, o: {function: 'join(n, equal($(a), $(b)))'}}]},"
        " n: {sources: people, s: 'ex:$(b)'}}"
    )
    assert write(short) == written


def test_inverse_predicate_is_a_triples_map_of_its_own() -> None:
    text = HEAD + (
        "mappings: {m: {sources: people, s: 'ex:$(id)',"
        " po: [{p: ex:made, o: {value: 'ex:w/$(w)', type: iri, inversepredicate: ex:maker}}]}}"
    )
    blocks = write(text).split("\n\n")
    inverse = next(b for b in blocks if b.startswith(":map_m_inverse_000"))
    assert "rr:subjectMap :s_001" in inverse
    assert next(b for b in blocks if b.startswith(":s_001")).endswith('rr:template "http://example.com/w/{w}" .')
    assert next(b for b in blocks if b.startswith(":om_001")).startswith(
        ':om_001 a rr:ObjectMap ;\n    rr:template "http://example.com/{id}"'
    )


def test_condition_wraps_the_subject() -> None:
    condition = "condition: {function: equal, parameters: [[str1, $(a)], [str2, x]]}"
    written = write(f"{HEAD}mappings: {{m: {{sources: people, s: 'ex:$(id)', {condition}}}}}")
    assert written.count("fnml:functionValue") == 2
    assert "rr:constant <https://w3id.org/imec/idlab/function#trueCondition>" in written
    assert "grel:valueParameter2" in written


def test_today_s_rml() -> None:
    text = HEAD + (
        "mappings: {m: {sources: [{access: a.csv, referenceFormulation: csv, delimiter: '\\t'}],"
        " s: 'ex:$(id)',"
        " po: [{p: ex:p, o: {function: 'grel:f(a = $(x))'}}, {p: ex:q, o: {mapping: m, condition:"
        " {function: equal, parameters: [[str1, '$(a)-$(b)'], [str2, $(c)]]}}}]}}"
    )
    written = write(text, Generation.RML)
    assert "semweb.mmlab.be" not in written
    assert "@prefix rml: <http://w3id.org/rml/> ." in written
    assert ':csvw-dialect_000 a csvw:Dialect ;\n    csvw:delimiter "\\t" .' in written
    assert ":om_000 rml:termType rml:Literal ;\n    rml:functionExecution :execution_000 ." in written
    assert ":execution_000 rml:function grel:f ;\n    rml:input :input_000 ." in written
    assert ':jc_000 rml:childMap :child_000 ;\n    rml:parent "c" .' in written
    assert "http://www.w3.org/ns/r2rml#" not in written


def test_vocabulary_is_r2rml_for_tables() -> None:
    table = "mappings: {m: {sources: [{table: t, queryFormulation: mysql}], s: 'http://e.org/$(id)'}}"
    assert "rr:logicalTable :source_000" in write(table)
    assert ':source_000 a rr:LogicalTable ;\n    rr:tableName "t" ;\n    rr:sqlVersion rr:MySQL .' in write(table)
    assert "rml:logicalSource" in write(HEAD + "mappings: {m: {sources: people}}")


def test_what_a_vocabulary_has_no_words_for() -> None:
    text = HEAD + (
        "mappings: {m: {sources: people, s: 'ex:$(id)', po: [{p: ex:p, o: {mapping: m, condition:"
        " {function: equal, parameters: [[str1, 'n$(a)'], [str2, $(b)]]}}}]}}"
    )
    document = read_yarrrml(SourceText("m.yml", text))
    source, problem = translate_to_rml(document, generation=Generation.R2RML).diagnostics
    assert (source.code, source.mark.excerpt) == ("yarrrml-table", "[people.csv~csv]")
    assert (problem.code, problem.message) == ("yarrrml-gap", "R2RML joins by references alone")
    assert problem.mark.excerpt == "{function: equal, parameters: [[str1, 'n$(a)'], [str2, $(b)]]}"
    assert translate_to_rml(document).diagnostics == ()


def test_and_of_comparisons_is_a_join_by_all_of_them() -> None:
    text = HEAD + (
        "mappings: {m: {sources: people, s: 'ex:$(id)', po: [{p: ex:p, o: {mapping: n, condition:"
        " {function: grel:boolean_and, parameters: ["
        "{pm: grel:param_rep_b, v: {f: equal, pms: [[str1, $(a), s], [str2, $(b), o]]}},"
        "{pm: grel:param_rep_b, v: {f: equal, pms: [[str1, $(c), s], [str2, $(d), o]]}}]}}}]},"
        " n: {sources: people, s: 'ex:n$(b)'}}"
    )
    written = write(text)
    assert "rr:joinCondition :jc_000, :jc_001 ." in written
    assert ':jc_001 rr:child "c" ;\n    rr:parent "d" .' in written


# Mistakes


@pytest.mark.parametrize(
    ("body", "mistakes"),
    [
        ("mappings: {m: {sources: peopel}}",
         ["6:25 yarrrml-source: no source `peopel` (did you mean `people`?)"]),
        ("mappings: {m: {sources: 'data.csv~csv'}}",
         ["6:25 yarrrml-no-source: no source `data.csv~csv` (a file is written `[[data.csv~csv]]`)"]),
        ("mappings: {m: {sources: [[data.csv]]}}",
         ["6:27 yarrrml-formulation: `data.csv` does not say how its rows are referred to"
          " (add one of `~csv`, `~jsonpath`, `~xpath`, `~css3`)"]),
        ("mappings: {m: {sources: [[data.csv~cvs]]}}",
         ["6:36 yarrrml-word: no reference formulation `cvs` (did you mean `csv`?)"]),
        ("mappings: {m: {sources: people, s: ex:a, po: [[ex:p, null], [ex:p, ~], [ex:p, 'null'],"
         " {p: ex:p, o: NULL}]}}",
         ["6:54 yarrrml-null: `null` is no value (in quotes it is a text; leave it out where there is none)",
          "6:68 yarrrml-null: `~` is no value (in quotes it is a text; leave it out where there is none)",
          "6:101 yarrrml-null: `NULL` is no value (in quotes it is a text; leave it out where there is none)"]),
        ("mappings: {m: {sources: people, subjcts: x}}",
         ["6:33 yarrrml-key: no key `subjcts` here (did you mean `subjects`?)"]),
        ("mappings: {m: {sources: people, s: ex:a, po: {p: {value: ex:p, condition: x}, o: {value: y, graphs: ex:g}}}}",
         ["6:64 yarrrml-key: no key `condition` here, and the triples would be others with it"
          " (it belongs to a mapping, its `predicateobjects`, a subject or an object)",
          "6:93 yarrrml-key: no key `graphs` here, and the triples would be others with it"
          " (it belongs to a mapping or its `predicateobjects`)"]),
        ("mappings: {m: {sources: people, s: {value: ex:a, language: en}, g: {value: ex:g, condition: x},"
         " po: [[ex:p, y]]}}",
         ["6:50 yarrrml-key: no key `language` here, and the triples would be others with it"
          " (it belongs to an object or its `predicateobjects`)",
          "6:82 yarrrml-key: no key `condition` here, and the triples would be others with it"
          " (it belongs to a mapping, its `predicateobjects`, a subject or an object)"]),
        ("mappings: {m: {sources: people, s: ex:a, po: [{p: ex:p, o: ex:o~iri, inversepredicates: ex:q}]}}",
         ["6:70 yarrrml-key: no key `inversepredicates` here, and the triples would be others with it"
          " (it belongs to an object: `{value: ..., inversepredicates: ...}`)"]),
        ("mappings: {m: {sources: people, s: ex:a, po: [{p: ex:p, o: ex:o~iri, i: ex:q},"
         " {p: ex:p, o: {v: x, g: ex:g}}]}}",
         ["6:70 yarrrml-key: no key `i` here, and the triples would be others with it"
          " (it belongs to an object: `{value: ..., inversepredicates: ...}`)",
          "6:100 yarrrml-key: no key `g` here, and the triples would be others with it"
          " (it belongs to a mapping or its `predicateobjects`)"]),
        ("mappings: {m: {sources: people, rank: 1}}",
         ["6:33 yarrrml-unused: the key `rank` is not used (known are `conditions`, `graphs`,"
          " `predicateobjects`, `sources`, `subjects`)"]),
        ("mappings: {m: {sources: people, s: ex:a, subject: ex:b}}",
         ["6:42 yarrrml-key-twice: `subject` and `s` are the same key"]),
        ("mappings: {m: {sources: people, po: [a, ex:C]}}",
         ["6:37 yarrrml-node: expected a list of `[predicate, object]`, found a text in it"
          " (write a list in a list: `po: [[a, foaf:Person]]`)"]),
        ("mappings: {m: {sources: people, po: [[a]]}}",
         ["6:38 yarrrml-missing: expected `[predicate, object]` or"
          " `[predicate, object, datatype or language]`: the object is missing"]),
        ("mappings: {m: {sources: people, po: [{p: ex:p}]}}",
         ["6:38 yarrrml-missing: an object is missing: no `objects`"]),
        ("mappings: {m: {sources: people, po: [[foa:name, $(n)]]}}",
         ["6:39 yarrrml-prefix: no prefix `foa:`; the text is taken for a whole IRI (did you mean `foaf`?)"]),
        ("mappings: {m: {sources: people, po: [[zzzzzzzz:name, $(n)]]}}",
         ["6:39 yarrrml-prefix: no prefix `zzzzzzzz:`; the text is taken for a whole IRI"
          " (declared are `ex`, `grel`)"]),
        ("mappings: {m: {sources: people, po: [[idlab-fn:name, $(n)]]}}",
         ["6:39 yarrrml-prefix: no prefix `idlab-fn:`; the text is taken for a whole IRI"
          ' (declare it: `prefixes: {idlab-fn: "https://w3id.org/imec/idlab/function#"}`)']),
        ("mappings: {m: {sources: people, s: 'ex:$(id'}}",
         ["6:40 yarrrml-template: `$(id` is a reference without its `)`"
          " (close it; for the two characters themselves write `$\\(`)"]),
        ("mappings: {m: {sources: people, s: 'ex:$()'}}",
         ["6:40 yarrrml-template: `$()` refers to nothing"]),
        ("mappings: {m: {sources: people, po: [[ex:p, $(count(x))]]}}",
         ["6:45 yarrrml-bracket: the reference ends at the first `)`: it is read as `count(x`"
          " (write brackets inside a reference as `\\(` and `\\)`)"]),
        ("mappings: {m: {sources: people, s: 'ex:{id}'}}",
         ["6:36 yarrrml-brace: `{id}` is read as the reference `$(id)` (write `$(id)`)"]),
        ("mappings: {m: {sources: people, s: 'ex:a b'}}",
         ["6:36 yarrrml-iri: ` ` cannot stand in an IRI (write `%20`, or take the space away)"]),
        ("mappings: {m: {sources: people, po: [[ex:p, $(n), en_GB~lang]]}}",
         ["6:51 yarrrml-language: `en_GB` is no language tag"
          " (write a tag of BCP 47, such as `en` or `zh-Hans`)"]),
        ("mappings: {m: {sources: people, po: [[ex:p, 'ex:$(n)~iri', en~lang]]}}",
         ["6:60 yarrrml-type: only a literal has a datatype or a language"]),
        ("mappings: {m: {sources: people, po: [{p: ex:p, o: {v: x, datatype: xsd:string, language: en}}]}}",
         ["6:68 yarrrml-tags: a literal has a datatype or a language, not both; the language is not used"]),
        ("mappings: {m: {sources: people, po: [{p: ex:p, o: {v: x, type: uri}}]}}",
         ["6:64 yarrrml-word: no type of term `uri` (did you mean `iri`?)"]),
        ("mappings: {m: {sources: people, po: [{p: ex:p, o: {mapping: n}}]}}",
         ["6:61 yarrrml-mapping: no mapping `n` (known are `m`)"]),
        ("mappings: {m: {sources: people, s: {v: ex:a, targets: dump}}}",
         ["6:55 yarrrml-target: no target `dump`"]),
        ("mappings: {m: {sources: people, po: [{p: ex:p, o: {function: 'grel:f($(x))'}}]}}",
         ["6:70 yarrrml-function: an argument needs its parameter: `parameter = value`"]),
        ("mappings: {m: {sources: people, po: [{p: ex:p, o: {function: upper}}]}}",
         ["6:62 yarrrml-function: `upper` is no IRI of a function"
          " (write the function's IRI, with a prefix; `equal` and `notEqual` need none)"]),
        ("mappings: {m: {sources: people, po: [{p: ex:p, o: {mapping: m}, condition: {function: equal}}]}}",
         ["6:65 yarrrml-condition: a condition beside a reference to a mapping"
          " (write it into the object, where it is the condition of the join)"]),
        ("mappings: {m: {sources: people, s: {quoted: m}, condition: {function: equal}}}",
         ["6:49 yarrrml-condition: a condition of a mapping whose subject is quoted"
          " (write it into the quoted mapping, whose triples are quoted where it holds)"]),
        ("mappings: {m: {sources: people, s: {value: ex:a, condition: {function: equal}}}}",
         ["6:50 yarrrml-condition: a condition of a subject that quotes no mapping"
          " (write it beside `subjects`, where it is the condition of the mapping)"]),
        ("mappings: {m: {sources: people, s: {function: 'join(m, equal($(a), $(b)))'}}}",
         ["6:36 yarrrml-function: a subject cannot be a mapping: write `join(quoted=...)`"]),
        ("mappings: {m: {sources: people, po: [{p: ex:p, o: {mapping: m, quoted: m}}]}}",
         ["6:64 yarrrml-missing: `quoted` has no place beside `mapping`"]),
        ("mappings: {m: {sources: people, changeDetection: {create: {explicit: false}}}}",
         ["6:33 yarrrml-unsupported: `changeDetection`, for change detection (IncRML), is not supported"]),
        ("targets: {t: [dump.nt~sparql, ntriples]}\nmappings: {m: {sources: people}}",
         ["6:23 yarrrml-unsupported: a target of the type `sparql` is not supported (write a file)"]),
        ("targets: {t: {access: 'dump/$(id).nt', source: people}}\nmappings: {m: {sources: people}}",
         ["6:23 yarrrml-unsupported: a target that is made for each row is not supported",
          "6:40 yarrrml-unused: the key `source` is not used (known are `access`, `compression`,"
          " `serialization`, `type`)"]),
        ("targets: {t: [dump.rj, rdfjson]}\nmappings: {m: {sources: people}}",
         ["6:24 yarrrml-unsupported: the serialization `rdfjson` is not supported (known are `jsonld`, `n3`,"
          " `ntriples`, `nquads`, `rdfxml`, `turtle`, `trig`)"]),
        ("mappings: {m: {sources: {access: http://e.org, type: wot, referenceFormulation: csv}}}",
         ["6:48 yarrrml-unsupported: a source of the Web of Things is not supported"]),
        ("mappings: {m: {sources: [[page.html~css3]]}}",
         ["6:37 yarrrml-unsupported: the reference formulation `css3` is not supported"
          " (HTML that is XML is read with `xpath`)"]),
        ("mappings: {m: {sources: people, po: [{p: ex:p, o: {f: ex:f, pms: [['ex:$(f)', 1]]}}]}}",
         ["6:68 yarrrml-unsupported: the name of a parameter that changes from row to row is not supported"]),
        ("mappings: {m: {sources: people, s: 'ex:$(id)', po: [{p: ex:p, o: {mapping: m, condition:"
         " {function: grel:near, parameters: [[grel:a, $(a), s], [grel:b, $(b), o]]}}}]}}",
         ["6:90 yarrrml-join: a join by `http://users.ugent.be/~bjdmeest/function/grel.ttl#near`, where mappings are"
          " joined by equal values (write `equal`, of functions of both sides perhaps)"]),
        ("mappings: {m: {sources: people, po: [[name, $(n)]]}}",
         ["6:39 yarrrml-iri: `name` is no absolute IRI (write the whole IRI, or a prefix and a name: `ex:name`)"]),
        ("mappings: {m: {sources: people, s: {v: $(id), type: literal}}}",
         ["6:40 map-term-type: a Literal cannot be a subject (leave `type` out, or write `type: iri`)"]),
        ("mappings: {m: {s: ex:a}}", ["6:12 yarrrml-no-source: the mapping `m` has no source"]),
        ("mappings: {m: {sources: [], s: ex:a}}", ["6:12 yarrrml-no-source: the mapping `m` has no source"]),
        ("mappings: {m: {sources: people, s: []}}",
         ["6:36 yarrrml-missing: a subject is missing: the list is empty"]),
        ("mappings:\n  m:", ["7:3 yarrrml-empty: the mapping `m` has no rules"]),
        ("mappings: [m]", ["6:11 yarrrml-node: expected a mapping of mappings, found a list"]),
        ("base: here\nmappings: {m: {sources: people}}", ["6:7 yarrrml-iri: `here` is no absolute IRI"]),
        ("", ["1:1 yarrrml-missing: a YARRRML document needs `mappings`"]),
    ],
)  # fmt: skip
def test_mistake_is_told_at_its_place(body: str, mistakes: list[str]) -> None:
    assert list_mistakes(HEAD + body) == mistakes


def test_all_mistakes_are_told() -> None:
    text = HEAD + "mappings: {m: {sources: peopel, s: 'ex:$(id', po: [[a], [foa:n, x, e_n~lang]]}}"
    assert [line.split(":")[1].split(" ")[1] for line in list_mistakes(text)] == [
        "yarrrml-source", "yarrrml-template", "yarrrml-missing", "yarrrml-prefix", "yarrrml-language",
    ]  # fmt: skip


def test_mistake_as_it_is_shown() -> None:
    text = "mappings:\n  person:\n    sources: [[people.csv~csv]]\n    s: foa:$(id)\n"
    (problem,) = read_yarrrml(SourceText("seeds/tables/people.yml", text)).diagnostics
    assert render_text(problem) == (
        "warning[yarrrml-prefix]: no prefix `foa:`; the text is taken for a whole IRI\n"
        "  --> seeds/tables/people.yml:4:8\n"
        "   |\n"
        " 4 |     s: foa:$(id)\n"
        "   |        ^^^^\n"
        "   = hint: did you mean `foaf`?"
    )


# Templates


def make_scalar(text: str) -> Scalar:
    source = SourceText("m.yml", text)
    return Scalar(text=text, mark=Mark(source=source, line=1, column=1, end_line=1, end_column=len(text) + 1))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\ufdd0"), min_size=1), max_size=6))
def test_escaped_text_comes_back(pieces: list[str]) -> None:
    """Literals and references in turn, escaped as YARRRML asks, are read as what they were."""

    def escape(text: str, signs: str) -> str:
        return "".join("\\" + c if c in signs else c for c in text)

    pieces = [piece.strip() or "x" for piece in pieces]
    names = [piece.lstrip("_") or "x" for piece in pieces]
    written = "".join(
        f"$({escape(name, '()' + chr(92) + ':')})" if i % 2 else escape(piece, "()\\:")
        for i, (piece, name) in enumerate(zip(pieces, names, strict=True))
    )
    value, problems = read_value(make_scalar(written), DocumentNames(), is_iri=False)
    assert problems == ()
    meant = [
        Reference(text=n, mark=value.mark) if i % 2 else p for i, (p, n) in enumerate(zip(pieces, names, strict=True))
    ]
    assert list(value.parts) == (meant or [""])


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    for is_iri in (False, True):
        value, _ = read_value(make_scalar(text), DocumentNames(), is_iri=is_iri, suffix="~iri")
        assert isinstance(write_template(value.parts), str)


# The command


def run(folder: Path, text: str, *options: str) -> tuple[int, str, str]:
    (folder / "m.yml").write_text(text, "utf-8")
    done = CliRunner().invoke(yarrrml_command, [str(folder / "m.yml"), *options], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def test_command_writes_the_file(tmp_path: Path) -> None:
    out = tmp_path / "m.ttl"
    code, stdout, stderr = run(tmp_path, HEAD + "mappings: {m: {sources: people}}", "-o", str(out))
    assert (code, stdout, stderr) == (0, "", "")
    assert out.read_text("utf-8").startswith("@prefix : <http://mapping.example.com/> .\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.ttl", "m.yml"]


def test_command_writes_nothing_after_an_error(tmp_path: Path) -> None:
    out = tmp_path / "m.ttl"
    code, _, stderr = run(tmp_path, HEAD + "mappings: {m: {sources: people, po: [[a]]}}", "-o", str(out))
    assert code == 1
    assert "error[yarrrml-missing]" in stderr
    assert stderr.endswith("1 error, 0 warnings, 0 notes\n")
    assert not out.exists()


def test_command_counts_warnings_when_strict(tmp_path: Path) -> None:
    text = HEAD + "mappings: {m: {sources: people, rank: 1}}"
    assert run(tmp_path, text)[0] == 0
    assert run(tmp_path, text, "--strict")[0] == 4


def test_command_takes_external_references(tmp_path: Path) -> None:
    text = HEAD + "mappings: {m: {sources: people, s: 'ex:$(_who)/$(id)'}}"
    assert '"http://example.com/ann/{id}"' in run(tmp_path, text, "-e", "who=ann")[1]
    assert run(tmp_path, text, "-e", "who")[0] == 2
    assert run(tmp_path, text, "-e", "who=ann", "-e", "whom=bob")[0] == 2  # no `$(_whom)`


# -- inverse predicates ---------------------------------------------------------------------------------


def test_an_inverse_statement_is_made_where_its_own_is(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,k,g\n1,A,x\n2,B,y\n", encoding="utf-8")
    equal = (
        "condition: {function: idlab-fn:equal, parameters: [[grel:valueParameter, $(k)], [grel:valueParameter2, A]]}"
    )
    text = (
        'prefixes: {ex: "http://ex.org/", grel: "http://users.ugent.be/~bjdmeest/function/grel.ttl#",'
        ' idlab-fn: "https://w3id.org/imec/idlab/function#"}\n'
        "mappings: {m: {sources: [[p.csv~csv]], s: ex:$(id), po: [{p: ex:p, g: ex:$(g), "
        "o: {value: ex:o$(k), type: iri, inversepredicates: ex:inv}, " + equal + "}]}}\n"
    )
    ex = "http://ex.org/"
    wanted = [f"<{ex}1> <{ex}p> <{ex}oA> <{ex}x> .", f"<{ex}oA> <{ex}inv> <{ex}1> <{ex}x> ."]
    assert map_text(tmp_path, text, "m.yml")[0] == wanted
    for vocabulary in ("auto", "rml"):
        assert map_text(tmp_path, translate(tmp_path / "m.yml", vocabulary))[0] == wanted


@pytest.mark.parametrize("generation", [None, Generation.LEGACY, Generation.RML], ids=["yarrrml", "legacy", "rml"])
def test_a_blank_node_of_each_row_has_conditions(tmp_path: Path, generation: Generation | None) -> None:
    """A mapping without a subject, and an object without a value: their triples were left out without a word."""
    (tmp_path / "people.csv").write_text("id,n\n1,a\n2,b\n3,c\n", encoding="utf-8")
    first = "{function: equal, parameters: [[str1, $(id)], [str2, 1]]}"
    third = "{function: notEqual, parameters: [[str1, $(id)], [str2, 3]]}"
    text = (
        f"{HEAD}mappings:\n"
        f"  one: {{sources: people, condition: [{first}, {third}], po: [[ex:n, $(n)]]}}\n"
        f"  two: {{sources: people, s: 'ex:$(id)', po: [{{p: ex:b, o: {{type: blank, condition: {third}}}}}]}}\n"
    )
    (tmp_path / "m.yml").write_text(text, encoding="utf-8")
    name = "m.yml"
    if generation is not None:
        name = "m.ttl"
        (tmp_path / name).write_text(write(text, generation), encoding="utf-8")
    done = run_kg("map", name, "-o", "-", folder=tmp_path)
    lines = sorted(re.sub(r"_:\w+", "_", line) for line in done.out.splitlines())
    ex = "http://example.com/"
    assert (done.code, done.err) == (0, "")
    assert lines == [f"<{ex}1> <{ex}b> _ .", f"<{ex}2> <{ex}b> _ .", f'_ <{ex}n> "a" .']


@pytest.mark.parametrize("generation", [None, Generation.LEGACY, Generation.RML], ids=["yarrrml", "legacy", "rml"])
def test_a_term_is_the_same_with_and_without_a_condition(tmp_path: Path, generation: Generation | None) -> None:
    """The datatypes of JSON and of functions were lost under a condition, and templates did not percent-encode."""
    (tmp_path / "t.json").write_text('[{"id": "a b/c", "n": 1, "k": "x"}, {"id": "d", "n": 2.5}]', encoding="utf-8")
    objects = (
        ("reference", "value: $(n)"),
        ("string", "value: $(n), datatype: xsd:string"),
        ("tag", "value: $(k), language: en"),
        ("iri", "value: ex:o/$(id), type: iri"),
        ("length", "function: grel:string_length, parameters: [[grel:valueParameter, $(id)]]"),
        ("choice", "function: idlab:decide, type: iri, parameters: [[idlab:str, $(k)], [idlab:expectedStr, x],"
         " [idlab:result, ex:o/$(id)~iri]]"),
    )  # fmt: skip
    for name, space in (("IF", "http://example.com/fns#"), ("trueCondition", "http://example.com/idlab/function/")):
        first, second = ("boolParameter", "expressionParameter") if name == "IF" else ("_strBoolean", "_str")
        truth = "{function: equal, parameters: [[str1, $(k)], [str2, x]]}"
        given = f"[{{parameter: '{space}{first}', value: {truth}}}, ['{space}{second}', $(n)]]"
        objects += ((name, f"function: '{space}{name}', parameters: {given}"),)
    prefixes = (
        "prefixes: {ex: 'http://e.org/', xsd: 'http://www.w3.org/2001/XMLSchema#',"
        " grel: 'http://users.ugent.be/~bjdmeest/function/grel.ttl#', idlab: 'https://w3id.org/imec/idlab/function#'}\n"
    )

    def map_all(of_object: str, of_mapping: str) -> list[str]:
        statements = ", ".join(f"{{p: ex:{name}, o: {{{said}{of_object}}}}}" for name, said in objects)
        head = f"{prefixes}mappings:\n  m: {{sources: [[t.json~jsonpath, '$[*]']], s: 'ex:$(id)'"
        text = f"{head}, po: [{statements}]{of_mapping}}}\n"
        if generation is None:
            return map_text(tmp_path, text, "m.yml")[0]
        return map_text(tmp_path, write(text, generation))[0]

    holds = ", condition: {function: equal, parameters: [[str1, $(k)], [str2, x]]}"
    first = [line for line in map_all("", "") if "a%20b%2Fc> <" in line]
    integer = "^^<http://www.w3.org/2001/XMLSchema#integer>"
    ends = ("<http://e.org/o/a%20b%2Fc> .",) * 2 + (
        *([f'"1"{integer} .'] * 2),
        f'"5"{integer} .',
        f'"1"{integer} .',
        '"1" .',
        '"x"@en .',
    )
    assert sorted(line.split("> ", 2)[2] for line in first) == sorted(ends)
    assert map_all(holds, "") == map_all("", holds) == map_all(holds, holds) == first


@pytest.mark.parametrize("generation", [None, Generation.LEGACY, Generation.RML], ids=["yarrrml", "legacy", "rml"])
def test_a_condition_has_conditions_of_its_own(tmp_path: Path, generation: Generation | None) -> None:
    (tmp_path / "t.csv").write_text("id,a,b\n1,x,true\n2,y,true\n3,x,false\n", encoding="utf-8")
    call = "function: idlab:trueCondition, parameters: [{parameter: idlab:strBoolean, value: {%s}}, [idlab:str, '%s']]"
    both = call % ("function: equal, parameters: [[str1, $(a)], [str2, x]]", "$(b)")
    text = (
        "prefixes: {ex: 'http://e.org/', idlab: 'https://w3id.org/imec/idlab/function#'}\n"
        "mappings: {m: {sources: [[t.csv~csv]], s: 'ex:$(id)', po: ["
        f"{{p: ex:called, o: {{{call % (both, '$(id)')}}}}}, "
        f"{{p: ex:beside, o: {{value: $(id), condition: {{{both}}}}}}}]}}}}\n"
    )
    lines = map_text(tmp_path, *((text, "m.yml") if generation is None else (write(text, generation),)))[0]
    assert [line.replace("http://e.org/", "") for line in lines] == ['<1> <beside> "1" .', '<1> <called> "1" .']


@pytest.mark.parametrize("generation", [None, Generation.LEGACY, Generation.RML], ids=["yarrrml", "legacy", "rml"])
def test_a_side_of_a_join_that_makes_iris_percent_encodes(tmp_path: Path, generation: Generation | None) -> None:
    (tmp_path / "a.csv").write_text("id,n\n1,x y\n2,z\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("k,url\nu,http://e.org/x%20y\nv,http://e.org/z\nw,http://e.org/x y\n", "utf-8")
    equal = "function: equal, parameters: [[str1, '%s', s], [str2, $(url), o]]"
    text = (
        "prefixes: {ex: 'http://e.org/'}\nmappings:\n  b: {sources: [[b.csv~csv]], s: 'ex:$(k)'}\n"
        "  a: {sources: [[a.csv~csv]], s: 'ex:$(id)', po: ["
        f"{{p: ex:iri, o: {{mapping: b, condition: {{{equal % 'ex:$(n)~iri'}}}}}}}, "
        f"{{p: ex:text, o: {{mapping: b, condition: {{{equal % 'ex:$(n)'}}}}}}}]}}\n"
    )
    wanted = ["<1> <iri> <u> .", "<1> <text> <w> .", "<2> <iri> <v> .", "<2> <text> <v> ."]
    lines = map_text(tmp_path, *((text, "m.yml") if generation is None else (write(text, generation),)))[0]
    assert [line.replace("http://e.org/", "") for line in lines] == wanted


def test_a_blank_node_of_each_row_is_no_input_in_the_older_words_either(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,n\n1,a\n", encoding="utf-8")
    text = write(
        f"{HEAD}mappings: {{m: {{sources: people, s: 'ex:$(id)',"
        " po: [{p: ex:p, o: {function: 'grel:f(a = $(x))'}}]}}"
    )
    assert text.count('rml:reference "x" ;\n    rr:termType rr:Literal') == 1
    text = text.replace('rml:reference "x" ;\n    rr:termType rr:Literal', "rr:termType rr:BlankNode")
    (tmp_path / "m.ttl").write_text(text, encoding="utf-8")
    done = run_kg("map", "m.ttl", "-o", "-", folder=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "error[map-term-type]: a blank node of each row is no value\n" in done.err
