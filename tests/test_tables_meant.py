# ruff: noqa: E501 - a case stands on one line
"""Mappings of every construct over small sources, with the quads that the specifications give: pairs seldom met together."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.tables.command import map_command
from kg.tables.output.target import convert
from kg.tables.read.mapping import read_any_mapping
from kg.text.diagnostic import SourceText

HEAD = """@prefix rml: <http://w3id.org/rml/> . @prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix orml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix fnml: <http://semweb.mmlab.be/ns/fnml#> . @prefix fno: <https://w3id.org/function/ontology#> . @prefix formats: <http://www.w3.org/ns/formats/> .
@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> . @prefix idlab-fn: <https://w3id.org/imec/idlab/function#> . @base <http://e.org/> .
"""
WANTED = "@base <http://e.org/> . @prefix : <http://e.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> ."
VALUE, OTHER = "grel:valueParameter", "grel:valueParameter2"
OVER_VIEW = "rml:logicalSource <v>"
TABLE, RECORDS = (
    'rml:source "%s"; rml:referenceFormulation rml:CSV',
    'rml:source "%s"; rml:referenceFormulation rml:JSONPath; rml:iterator "%s"',
)


# -- mappings, in few words -----------------------------------------------------------------------


def csv(file: str = "p.csv") -> str:
    return f"rml:logicalSource [ {TABLE % file} ]"


def without_empty(file: str) -> str:
    return f'rml:logicalSource [ rml:source [ a rml:FilePath; rml:path "{file}"; rml:null "" ]; rml:referenceFormulation rml:CSV ]'


def old() -> str:
    return 'orml:logicalSource [ orml:source "p.csv"; orml:referenceFormulation ql:CSV ]'


def json(iterator: str, file: str = "p.json") -> str:
    return f"rml:logicalSource [ rml:source \"{file}\"; rml:referenceFormulation rml:JSONPath; rml:iterator '''{iterator}''' ]"


def xml(iterator: str) -> str:
    return (
        f"rml:logicalSource [ rml:source 'p.xml'; rml:referenceFormulation rml:XPath; rml:iterator '''{iterator}''' ]"
    )


def database(rows: str, kind: str = "SQL2008Table") -> str:
    return f'rml:logicalSource [ rml:source "p.db"; rml:referenceFormulation rml:{kind}; rml:iterator """{rows}""" ]'


def query(select: str) -> str:
    return f'rml:logicalSource [ rml:source "g.ttl"; rml:referenceFormulation formats:SPARQL_Results_TSV; rml:iterator """PREFIX : <http://x/> {select}""" ]'


def subject(template: str, more: str = "") -> str:
    return f'rml:subjectMap [ rml:template "{template}"{more} ]'


def statement(term: str, predicate: str = "<p>", more: str = "") -> str:
    return f"rml:predicateObjectMap [ rml:predicate {predicate}; rml:objectMap [ {term} ]{more} ]"


def ref(reference: str, more: str = "") -> str:
    return f"rml:reference '''{reference}'''{more}"


def const(text: str) -> str:
    return f'rml:constant "{text}"'


def rules(*parts: str, name: str = "m") -> str:
    return f"<{name}> {'; '.join(parts)} .\n"


def join(*conditions: tuple[str, str], parent: str = "b") -> str:
    return f"rml:parentTriplesMap <{parent}>; " + " ".join(
        f'rml:joinCondition [ rml:child "{c}"; rml:parent "{p}" ];' for c, p in conditions
    )


def call(function: str, *inputs: tuple[str, str]) -> str:
    given = "".join(f" rml:input [ rml:parameter {name}; rml:inputValueMap [ {value} ] ];" for name, value in inputs)
    return f"rml:functionExecution [ rml:function {function};{given} ]"


def when(function: str, *inputs: tuple[str, str]) -> str:
    return f"; rml:condition [ {call(function, *inputs)} ]"


def view(source: str, *fields: str, name: str = "v", more: str = "") -> str:
    return f"<{name}> a rml:LogicalView; rml:viewOn [ {source} ]; {' '.join(f'rml:field [ {each} ];' for each in fields)} {more} .\n"


def field(name: str, reference: str = "") -> str:
    return f'rml:fieldName "{name}"; rml:reference "{reference or name}"; '


def items(name: str, iterator: str, *fields: str) -> str:
    return f'a rml:IterableField; rml:fieldName "{name}"; rml:iterator "{iterator}"; {" ".join(f"rml:field [ {each} ];" for each in fields)}'


def joined(kind: str, *fields: str) -> str:
    on = 'rml:joinCondition [ rml:child "k"; rml:parent "k" ]'
    return f"rml:{kind} [ rml:parentLogicalView <w>; {on}; {' '.join(f'rml:field [ {each} ];' for each in fields)} ]"


def make_database(script: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        connection.commit()
        return connection.serialize()


# -- sources --------------------------------------------------------------------------------------

Files = dict[str, str | bytes]
PEOPLE: Files = {"p.csv": "id,name,x\n1,Ann,a b\n2,bob,q\n3,Zoë,\n"}
PAIRS: Files = {"a.csv": "id,k,l\n1,x,1\n2,y,\n3,,1\n4,x,2\n", "b.csv": "bid,k,l\n10,x,1\n11,y,\n12,,1\n13,x,1\n"}
TWO: Files = {"a.csv": "id,k\n1,x\n2,y\n3,z\n", "b.csv": "bid,k,v\n7,x,p\n8,x,q\n9,y,\n"}
NESTED: Files = {
    "p.json": '{"people":[{"n":"a","items":[{"t":"x","w":1},{"t":"y","w":2}]},{"n":"b","items":[]},{"n":"c"}]}'
}
XML = '<?xml version="1.0"?><r xmlns:n="http://n.org/"><p id="1"><n>Ann</n><t>a</t><t>b</t><n:z>q</n:z><e/></p><p id="2"><n>  B <b>o</b>b </n></p></r>'
RDF_FILE: Files = {"g.ttl": '@prefix : <http://x/> . :a :n "A"@en, "B"; :v 5, 1.50; :l :b . :b :n "C"^^:dt .'}
DATABASE: Files = {
    "p.db": make_database(
        'create table t(id integer primary key,n text,r real,d date,b boolean,x); insert into t values(1,"a",1.5,"2024-01-02",1,5),(2,NULL,NULL,NULL,NULL,"z"),(3,"",2,"2024-01-03",0,1.0); create view v as select id, upper(n) as N from t;'
    )
}
PARENT = rules(csv("b.csv"), subject("b/{bid}"), name="b")
OTHER_VIEW = view(TABLE % "b.csv", field("bid"), field("k"), field("v"), name="w")

# fmt: off
CASES: dict[str, tuple[Files, str, str]] = {
    "blank nodes of one label in two maps": (PEOPLE,rules(csv(),'rml:subjectMap [ rml:template "b{id}"; rml:termType rml:BlankNode ]',statement(ref("name")))+rules(csv(),subject("t/{id}"),statement('rml:template "b{id}"; rml:termType rml:BlankNode'),name="m2"),'_:a :p "Ann". _:b :p "bob". _:c :p "Zoë". <t/1> :p _:a. <t/2> :p _:b. <t/3> :p _:c.'),
    "graphs of subject and statement": (PEOPLE,rules(csv(),subject("s/{id}",'; rml:graph <g>'),statement('rml:constant 1',more='; rml:graph <h>')),'GRAPH <g> { <s/1> :p 1. <s/2> :p 1. <s/3> :p 1. } GRAPH <h> { <s/1> :p 1. <s/2> :p 1. <s/3> :p 1. }'),
    "the default graph beside another": (PEOPLE,rules(csv(),subject("s/{id}",'; rml:graph <g>'),statement('rml:constant 1',more='; rml:graph rml:defaultGraph')),'<s/1> :p 1. <s/2> :p 1. <s/3> :p 1. GRAPH <g> { <s/1> :p 1. <s/2> :p 1. <s/3> :p 1. }'),
    "graphs that are blank nodes": (PEOPLE,rules(csv(),subject("s/{id}",'; rml:graphMap [ rml:template "g{id}"; rml:termType rml:BlankNode ]'),statement('rml:constant 1')),'GRAPH _:a { <s/1> :p 1. } GRAPH _:b { <s/2> :p 1. } GRAPH _:c { <s/3> :p 1. }'),
    "a language of a template": ({"p.csv":"id,v,l\n1,a,en\n"},rules(csv(),subject("s/{id}"),statement(ref("v",'; rml:languageMap [ rml:template "{l}-GB" ]'))),'<s/1> :p "a"@en-gb.'),
    "a datatype of a template": ({"p.csv":"id,v,d\n1,5,integer\n2,2024-01-02,date\n"},rules(csv(),subject("s/{id}"),statement(ref("v",'; rml:datatypeMap [ rml:template "http://www.w3.org/2001/XMLSchema#{d}" ]'))),'<s/1> :p 5. <s/2> :p "2024-01-02"^^xsd:date.'),
    "predicates times objects": (PEOPLE,rules(csv(),subject("s/{id}"),'rml:predicateObjectMap [ rml:predicate <p>, <q>; rml:object 1, "a"@en, <o> ]'),"".join(f'<s/{i}> :p 1,"a"@en,<o>; :q 1,"a"@en,<o>. ' for i in (1,2,3))),
    "two conditions": (PAIRS,rules(csv("a.csv"),subject("a/{id}"),statement(join(("k","k"),("l","l"))))+PARENT,'<a/1> :p <b/10>,<b/13>. <a/2> :p <b/11>. <a/3> :p <b/12>.'),
    "two conditions, without empty values": (PAIRS,rules(without_empty("a.csv"),subject("a/{id}"),statement(join(("k","k"),("l","l"))))+rules(without_empty("b.csv"),subject("b/{bid}"),name="b"),'<a/1> :p <b/10>,<b/13>.'),
    "an empty value of one side is none": (PAIRS,rules(without_empty("a.csv"),subject("a/{id}"),statement(join(("k","k"))))+PARENT,'<a/1> :p <b/10>,<b/13>. <a/4> :p <b/10>,<b/13>. <a/2> :p <b/11>.'),
    "a map joined with itself": (PAIRS,rules(csv("a.csv"),subject("a/{id}"),statement(join(("k","k"),parent="m"))),'<a/1> :p <a/1>,<a/4>. <a/4> :p <a/1>,<a/4>. <a/2> :p <a/2>. <a/3> :p <a/3>.'),
    "a map joined with itself by other columns": ({"a.csv":"id,boss\n1,2\n2,3\n3,\n"},rules(without_empty("a.csv"),subject("a/{id}"),statement(join(("boss","id"),parent="m"))),'<a/1> :p <a/2>. <a/2> :p <a/3>.'),
    "a parent without a subject": ({"a.csv":"id,k\n1,x\n","b.csv":"bid,k\n,x\n7,x\n"},rules(without_empty("a.csv"),subject("a/{id}"),statement(join(("k","k"))))+rules(without_empty("b.csv"),subject("b/{bid}"),name="b"),'<a/1> :p <b/7>.'),
    "a join by templates": (PAIRS,rules(csv("a.csv"),subject("a/{id}"),statement('rml:parentTriplesMap <b>; rml:joinCondition [ rml:childMap [ rml:template "{k}-{l}" ]; rml:parentMap [ rml:template "{k}-{l}" ] ]'))+PARENT,'<a/1> :p <b/10>,<b/13>. <a/2> :p <b/11>. <a/3> :p <b/12>.'),
    "a join by a constant": (PAIRS,rules(csv("a.csv"),subject("a/{id}"),statement('rml:parentTriplesMap <b>; rml:joinCondition [ rml:childMap [ rml:constant "x" ]; rml:parentMap [ rml:reference "k" ] ]'))+PARENT,"".join(f'<a/{i}> :p <b/10>,<b/13>. ' for i in (1,2,3,4))),
    "texts of CSV join the texts of JSON": ({"a.csv":"id,k\n1,5\n2,5.0\n3,true\n","p.json":'[{"b":1,"k":5},{"b":2,"k":5.0},{"b":3,"k":true},{"b":4,"k":null},{"b":5}]'},rules(csv("a.csv"),subject("a/{id}"),statement(join(("k","k"))))+rules(json("$[*]"),subject("b/{b}"),name="b"),'<a/1> :p <b/1>. <a/2> :p <b/2>. <a/3> :p <b/3>.'),
    "a join of lists": ({"a.json":'[{"i":1,"k":["x","y"]},{"i":2,"k":[]}]',"p.json":'[{"b":1,"k":["y","z"]},{"b":2,"k":"x"}]'},rules(json("$[*]","a.json"),subject("a/{i}"),statement(join(("k[*]","k[*]"))))+rules(json("$[*]"),subject("b/{b}"),name="b"),'<a/1> :p <b/1>.'),
    "a join in graphs": (PAIRS,rules(csv("a.csv"),subject("a/{id}",'; rml:graph <g>'),statement(join(("l","l")),more='; rml:graphMap [ rml:template "h/{k}" ]'))+PARENT, 'GRAPH <g> { <a/1> :p <b/10>,<b/12>,<b/13>. <a/2> :p <b/11>. <a/3> :p <b/10>,<b/12>,<b/13>. } GRAPH <h/x> { <a/1> :p <b/10>,<b/12>,<b/13>. } GRAPH <h/y> { <a/2> :p <b/11>. } GRAPH <h/> { <a/3> :p <b/10>,<b/12>,<b/13>. }'),
    "lists, lists of lists, the last of a list": ({"p.json":'[{"i":1,"t":["a","b"],"n":[[1,2],[3]]}]'},rules(json("$[*]"),subject("s/{i}"),statement(ref("t[*]")),statement(ref("n[*][*]"),"<n>"),statement(ref("n[0][*]"),"<n0>"),statement(ref("n[-1][0]"),"<l>")),'<s/1> :p "a","b"; <n> 1,2,3; <n0> 1,2; <l> 3.'),
    "a template of two lists": ({"p.json":'[{"i":1,"a":["x","y"],"b":[1,2]}]'},rules(json("$[*]"),subject("s/{i}"),statement('rml:template "o/{a[*]}/{b[*]}"')),'<s/1> :p <o/x/1>,<o/x/2>,<o/y/1>,<o/y/2>.'),
    "a template that names a list twice": ({"p.json":'[{"i":1,"a":["x","y"]}]'},rules(json("$[*]"),subject("s/{i}"),statement('rml:template "o/{a[*]}/{a[*]}"')),'<s/1> :p <o/x/x>,<o/y/y>.'),
    "odd names of members": ({"p.json":'[{"i":1,"a b":"1","c.d":"2","é":"3","$x":"4","q\'":"5"}]'},rules(json("$[*]"),subject("s/{i}"),statement(ref("['a b']"),"<a>"),statement(ref("['c.d']"),"<c>"),statement(ref("$.é"),"<e>"),statement(ref("$['$x']"),"<x>")),'<s/1> <a> "1"; <c> "2"; <e> "3"; <x> "4".'),
    "descendants": ({"p.json":'{"a":{"k":{"id":1}},"b":[{"id":2},{"c":{"id":3}}]}'},rules(json("$..id"),subject("s/{$}"),statement('rml:constant 1')),'<s/1> :p 1. <s/2> :p 1. <s/3> :p 1.'),
    "a filter with a negation": ({"p.json":'[{"i":1,"x":"a"},{"i":2,"x":"b"},{"i":3}]'},rules(json("$[?@.x=='a' || !@.x]"),subject("s/{i}"),statement('rml:constant 1')),'<s/1> :p 1. <s/3> :p 1.'),
    "a slice": ({"p.json":'[{"i":1},{"i":2},{"i":3},{"i":4}]'},rules(json("$[1:3]"),subject("s/{i}"),statement('rml:constant 1')),'<s/2> :p 1. <s/3> :p 1.'),
    "a union of indexes": ({"p.json":'[{"i":1},{"i":2},{"i":3},{"i":4}]'},rules(json("$[0,2]"),subject("s/{i}"),statement('rml:constant 1')),'<s/1> :p 1. <s/3> :p 1.'),
    "all members of an object": ({"p.json":'{"k1":{"v":1},"k2":{"v":2}}'},rules(json("$.*"),subject("s/{v}"),statement(ref("v"))),'<s/1> :p 1. <s/2> :p 2.'),
    "elements, lists, empty and mixed ones": ({"p.xml":XML},rules(xml("/r/p"),subject("s/{@id}"),statement(ref("n")),statement(ref("t"),"<t>"),statement(ref("e"),"<e>")),'<s/1> :p "Ann"; <t> "a","b"; <e> "". <s/2> :p "  B ob ".'),
    "the parent of a record": ({"p.xml":XML},rules(xml("/r/p/t"),subject("s/{../@id}"),statement(ref("."))),'<s/1> :p "a","b".'),
    "a union of paths": ({"p.xml":XML},rules(xml("/r/p"),subject("s/{@id}"),statement(ref("n|t"))),'<s/1> :p "Ann","a","b". <s/2> :p "  B ob ".'),
    "a condition on a record": ({"p.xml":XML},rules(xml("/r/p[t='a']"),subject("s/{@id}"),statement(ref("n"))),'<s/1> :p "Ann".'),
    "a function makes subjects": (PEOPLE,rules(csv(),'rml:subjectMap [ '+call("grel:toLowerCase",(VALUE,'rml:template "http://X.org/{name}"; rml:termType rml:Literal'))+' ]',statement(const("v"))),'<http://x.org/ann> :p "v". <http://x.org/bob> :p "v". <http://x.org/zoë> :p "v".'),
    "a function makes predicates": (PEOPLE,rules(csv(),subject("s/{id}"),'rml:predicateObjectMap [ rml:predicateMap [ '+call("grel:toLowerCase",(VALUE,'rml:template "http://X.org/{name}"; rml:termType rml:Literal'))+' ]; rml:object 1 ]'),'<s/1> <http://x.org/ann> 1. <s/2> <http://x.org/bob> 1. <s/3> <http://x.org/zoë> 1.'),
    "a result with a language": (PEOPLE,rules(csv(),subject("s/{id}"),statement(call("grel:toLowerCase",(VALUE,ref("name")))+'; rml:language "en"')),'<s/1> :p "ann"@en. <s/2> :p "bob"@en. <s/3> :p "zoë"@en.'),
    "a function makes a language": (PEOPLE,rules(csv(),subject("s/{id}"),statement(ref("name",'; rml:languageMap [ '+call("grel:toLowerCase",(VALUE,'rml:constant "EN"'))+' ]'))),'<s/1> :p "Ann"@en. <s/2> :p "bob"@en. <s/3> :p "Zoë"@en.'),
    "functions on both sides of a join": ({"a.csv":"id,k\n1,X\n2,y\n","b.csv":"bid,k\n7,x\n8,Y\n"},rules(csv("a.csv"),subject("a/{id}"),statement('rml:parentTriplesMap <b>; rml:joinCondition [ rml:childMap [ '+call("grel:toLowerCase",(VALUE,ref("k")))+' ]; rml:parentMap [ '+call("grel:toLowerCase",(VALUE,ref("k")))+' ] ]'))+rules(csv("b.csv"),subject("b/{bid}"),name="b"),'<a/1> :p <b/7>. <a/2> :p <b/8>.'),
    "a condition of a subject with class and graph": (PEOPLE,rules(csv(),subject("s/{id}","; rml:class <C>; rml:graph <g>"+when("idlab-fn:notEqual",(VALUE,ref("x")),(OTHER,const("q"))))),'GRAPH <g> { <s/1> a <C>. <s/3> a <C>. }'),
    "a condition of a predicate": (PEOPLE,rules(csv(),subject("s/{id}"),'rml:predicateObjectMap [ rml:predicateMap [ rml:constant <q>'+when("idlab-fn:equal",(VALUE,ref("id")),(OTHER,const("3")))+' ]; rml:predicate <p>; rml:objectMap [ rml:reference "name" ] ]'),'<s/1> :p "Ann". <s/2> :p "bob". <s/3> :p "Zoë"; <q> "Zoë".'),
    "a condition of a graph": (PEOPLE,rules(csv(),subject("s/{id}"),'rml:predicateObjectMap [ rml:graphMap [ rml:constant <g>'+when("idlab-fn:equal",(VALUE,ref("id")),(OTHER,const("3")))+' ]; rml:predicate <p>; rml:objectMap [ rml:reference "name" ] ]'),'GRAPH <g> { <s/3> :p "Zoë". }'),
    "conditions joined by and": (PEOPLE,rules(csv(),subject("s/{id}"),statement(ref("name",when("grel:boolean_and",("grel:param_rep_b",call("idlab-fn:notEqual",(VALUE,ref("x")),(OTHER,const("q")))),("grel:param_rep_b",call("idlab-fn:notEqual",(VALUE,ref("id")),(OTHER,const("1")))))))),'<s/3> :p "Zoë".'),
    "a condition denied": (PEOPLE,rules(csv(),subject("s/{id}"),statement(ref("name",when("grel:boolean_not",("grel:bool_b",call("idlab-fn:equal",(VALUE,ref("x")),(OTHER,const("q")))))))),'<s/1> :p "Ann". <s/3> :p "Zoë".'),
    "a condition of a parent's subject": ({"a.csv":"id,k\n1,x\n2,y\n","b.csv":"bid,k\n7,x\n8,y\n"},rules(csv("a.csv"),subject("a/{id}"),statement('rml:parentTriplesMap <b>; rml:joinCondition [ rml:child "k"; rml:parent "k" ]'))+rules(csv("b.csv"),subject("b/{bid}",when("idlab-fn:equal",(VALUE,ref("bid")),(OTHER,const("7")))),name="b"),'<a/1> :p <b/7>.'),
    "collection: list": (PEOPLE,rules(csv(),subject("s/{id}"),statement('rml:gather ( [ rml:reference "name" ] [ rml:reference "x" ] ); rml:gatherAs rdf:List')),'<s/1> :p ("Ann" "a b"). <s/2> :p ("bob" "q"). <s/3> :p ("Zoë" "").'),
    "collection: bag iri": (PEOPLE,rules(csv(),subject("s/{id}"),statement('rml:template "bag/{id}"; rml:gather ( [ rml:template "o/{name}" ] [ rml:reference "x" ] ); rml:gatherAs rdf:Bag')),'<s/1> :p <bag/1>. <bag/1> a rdf:Bag; rdf:_1 <o/Ann>; rdf:_2 "a b". <s/2> :p <bag/2>. <bag/2> a rdf:Bag; rdf:_1 <o/bob>; rdf:_2 "q". <s/3> :p <bag/3>. <bag/3> a rdf:Bag; rdf:_1 <o/Zoë>; rdf:_2 "". '),
    "collection: multi json": ({"p.json":'[{"i":1,"a":["x","y"],"b":[1]},{"i":2,"a":[],"b":[2,3]}]'},rules(json("$[*]"),subject("s/{i}"),statement('rml:gather ( [ rml:reference "a[*]" ] [ rml:reference "b[*]" ] ); rml:gatherAs rdf:List')),'<s/1> :p ("x" "y" 1). <s/2> :p (2 3).'),
    "collection: cartesian": ({"p.json":'[{"i":1,"a":["x","y"],"b":[1,2]}]'},rules(json("$[*]"),subject("s/{i}"),statement('rml:gather ( [ rml:reference "a[*]" ] [ rml:reference "b[*]" ] ); rml:gatherAs rdf:List; rml:strategy rml:cartesianProduct')),'<s/1> :p ("x" 1),("x" 2),("y" 1),("y" 2).'),
    "collection: empty": ({"p.json":'[{"i":1,"a":[]}]'},rules(json("$[*]"),subject("s/{i}"),statement('rml:gather ( [ rml:reference "a[*]" ] ); rml:gatherAs rdf:List')),''),
    "collection: empty allowed": ({"p.json":'[{"i":1,"a":[]}]'},rules(json("$[*]"),subject("s/{i}"),statement('rml:gather ( [ rml:reference "a[*]" ] ); rml:gatherAs rdf:List; rml:allowEmptyListAndContainer true')),'<s/1> :p ().'),
    "collection: nested": ({"p.json":'[{"i":1,"a":["x","y"],"b":[1]}]'},rules(json("$[*]"),subject("s/{i}"),statement('rml:gather ( [ rml:gather ( [ rml:reference "a[*]" ] ); rml:gatherAs rdf:Bag ] [ rml:reference "b[*]" ] ); rml:gatherAs rdf:List')),'<s/1> :p ([ a rdf:Bag; rdf:_1 "x"; rdf:_2 "y"] 1).'),
    "collection: subject": ({"p.json":'[{"i":1,"a":["x","y"]}]'},rules(json("$[*]"),'rml:subjectMap [ rml:gather ( [ rml:reference "a[*]" ] ); rml:gatherAs rdf:Seq ]',statement(ref("i"))),'[] a rdf:Seq; rdf:_1 "x"; rdf:_2 "y"; :p 1.'),
    "collection: typed": ({"p.json":'[{"i":1,"a":["5","6"]}]'},rules(json("$[*]"),subject("s/{i}"),statement('rml:gather ( [ rml:reference "a[*]"; rml:datatype xsd:integer ] ); rml:gatherAs rdf:List')),'<s/1> :p (5 6).'),
    "collection: lang": ({"p.json":'[{"i":1,"a":["5","6"]}]'},rules(json("$[*]"),subject("s/{i}"),statement('rml:gather ( [ rml:reference "a[*]"; rml:language "en" ] ); rml:gatherAs rdf:Alt')),'<s/1> :p [ a rdf:Alt; rdf:_1 "5"@en; rdf:_2 "6"@en ].'),
    "collection: parent": ({"a.csv":"id,k\n1,x\n2,z\n","b.csv":"bid,k\n7,x\n8,x\n"},rules(csv("a.csv"),subject("a/{id}"),statement('rml:gather ( [ rml:parentTriplesMap <b>; rml:joinCondition [ rml:child "k"; rml:parent "k" ] ] ); rml:gatherAs rdf:Bag'))+rules(csv("b.csv"),subject("b/{bid}"),name="b"),'<a/1> :p [ a rdf:Bag; rdf:_1 <b/7>; rdf:_2 <b/8> ].'),
    "view: nested": (NESTED,view(RECORDS%("p.json","$.people[*]"),field("n"),items("i","$.items[*]",field("t"),field("w")))+rules(OVER_VIEW,subject("s/{n}"),statement('rml:template "{i.t}-{i.w}-{i.#}"; rml:termType rml:Literal')),'<s/a> :p "x-1-0","y-2-1".'),
    "view: nested outer": (NESTED,view(RECORDS%("p.json","$.people[*]"),field("n"),items("i","$.items[*]",field("t")))+rules(OVER_VIEW,subject("s/{n}"),statement(ref("n"))),'<s/a> :p "a". <s/b> :p "b". <s/c> :p "c".'),
    "view: index": (NESTED,view(RECORDS%("p.json","$.people[*]"),field("n"))+rules(OVER_VIEW,subject("s/{#}"),statement(ref("n"))),'<s/0> :p "a". <s/1> :p "b". <s/2> :p "c".'),
    "view: field idx": ({"p.json":'[{"i":1,"a":["x","y"]}]'},view(RECORDS%("p.json","$[*]"),field("i"),field("a","a[*]"))+rules(OVER_VIEW,subject("s/{i}"),statement('rml:template "{a}{a.#}"; rml:termType rml:Literal')),'<s/1> :p "x0","y1".'),
    "view: types": ({"p.json":'[{"i":1,"a":[1.5,true,"z"]}]'},view(RECORDS%("p.json","$[*]"),field("i"),field("a","a[*]"))+rules(OVER_VIEW,subject("s/{i}"),statement(ref("a"))),'<s/1> :p "1.5E0"^^xsd:double,true,"z".'),
    "view: left": (TWO,OTHER_VIEW+view(TABLE%"a.csv",field("id"),field("k"),more=joined("leftJoin",field("v")))+rules(OVER_VIEW,subject("s/{id}"),statement(ref("v")),statement(ref("k"),"<k>")),'<s/1> :p "p","q"; <k> "x". <s/2> :p ""; <k> "y". <s/3> <k> "z".'),
    "view: inner": (TWO,OTHER_VIEW+view(TABLE%"a.csv",field("id"),field("k"),more=joined("innerJoin",field("v")))+rules(OVER_VIEW,subject("s/{id}"),statement(ref("v")),statement(ref("k"),"<k>")),'<s/1> :p "p","q"; <k> "x". <s/2> :p ""; <k> "y".'),
    "view: two joins": (TWO,OTHER_VIEW+view(TABLE%"a.csv",field("id"),field("k"),more=joined("innerJoin",field("v"))+"; "+joined("leftJoin",field("b","bid")))+rules(OVER_VIEW,subject("s/{id}"),statement('rml:template "{v}{b}"; rml:termType rml:Literal')),'<s/1> :p "p7","p8","q7","q8". <s/2> :p "9".'),
    "view: tmpl field": (TWO,view(TABLE%"a.csv",field("id"),'rml:fieldName "t"; rml:template "{id}/{k}"','rml:fieldName "c"; rml:constant "K"')+rules(OVER_VIEW,subject("s/{id}"),statement(ref("t")),statement(ref("c"),"<c>")),'<s/1> :p "1/x"; <c> "K". <s/2> :p "2/y"; <c> "K". <s/3> :p "3/z"; <c> "K".'),
    "view: fn field": (TWO,view(TABLE%"a.csv",field("id"),'rml:fieldName "t"; '+call("grel:toUpperCase",(VALUE,ref("k"))))+rules(OVER_VIEW,subject("s/{id}"),statement(ref("t"))),'<s/1> :p "X". <s/2> :p "Y". <s/3> :p "Z".'),
    "view: on view": (TWO,view(TABLE%"a.csv",field("id"),'rml:fieldName "t"; rml:template "{id}/{k}"',name="w2")+'<v> a rml:LogicalView; rml:viewOn <w2>; rml:field [ rml:fieldName "z"; rml:reference "t" ] .\n'+rules(OVER_VIEW,subject("s/{z}"),statement(ref("z"))),'<s/1%2Fx> :p "1/x". <s/2%2Fy> :p "2/y". <s/3%2Fz> :p "3/z".'),
    "view: csv in json": ({"p.json":'[{"i":1,"c":"a,b\\n1,2\\n3,4"}]'},view(RECORDS%("p.json","$[*]"),field("i"),'rml:fieldName "c"; rml:reference "c"; rml:field [ a rml:IterableField; rml:fieldName "r"; rml:referenceFormulation rml:CSV; rml:iterator "row"; rml:field [ rml:fieldName "a"; rml:reference "a" ] ]')+rules(OVER_VIEW,subject("s/{i}"),statement(ref("c.r.a"))),'<s/1> :p "1","3".'),
    "view: json in csv": ({"p.csv":'id,j\n1,"{""q"":[1,2]}"\n'},view(TABLE%"p.csv",field("id"),'rml:fieldName "j"; rml:reference "j"; rml:field [ a rml:IterableField; rml:fieldName "r"; rml:referenceFormulation rml:JSONPath; rml:iterator "$.q[*]"; rml:field [ rml:fieldName "v"; rml:reference "$" ] ]')+rules(OVER_VIEW,subject("s/{id}"),statement(ref("j.r.v"))),'<s/1> :p 1,2.'),
    "view: self join maps": (TWO,view(TABLE%"a.csv",field("id"),field("k"))+rules(OVER_VIEW,subject("s/{id}"),statement('rml:parentTriplesMap <m>; rml:joinCondition [ rml:child "k"; rml:parent "k" ]')),'<s/1> :p <s/1>. <s/2> :p <s/2>. <s/3> :p <s/3>.'),
    "view: join csv map": (TWO,view(TABLE%"a.csv",field("id"),field("k"))+rules(OVER_VIEW,subject("s/{id}"),statement('rml:parentTriplesMap <b>; rml:joinCondition [ rml:child "k"; rml:parent "k" ]'))+rules(csv("b.csv"),subject("b/{bid}"),name="b"),'<s/1> :p <b/7>,<b/8>. <s/2> :p <b/9>.'),
    "CSV: case cols": ({"p.csv":"id,Name,name\n1,a,b\n"},rules(csv(),subject("s/{id}"),statement(ref("name"))),'<s/1> :p "b".'),
    "CSV: col w brace": ({"p.csv":"id,a{b}\n1,x\n"},rules(csv(),subject("s/{id}"),statement(ref("a{b}")),statement("rml:template '''t/{a\\\\{b\\\\}}'''","<q>")),'<s/1> :p "x"; <q> <t/x>.'),
    "CSV: col space quote": ({"p.csv":'id," a ""b"""\n1,x\n'},rules(csv(),subject("s/{id}"),statement('rml:reference " a \\"b\\""')),'<s/1> :p "x".'),
    "older words: a class, a graph, a language": (PEOPLE,'<m> '+old()+'; rr:subjectMap [ rr:template "s/{id}"; rr:class <C>; rr:graph <g> ]; rr:predicateObjectMap [ rr:predicate <p>; rr:objectMap [ orml:reference "name"; rr:language "en" ] ] .','GRAPH <g> { <s/1> a <C>; :p "Ann"@en. <s/2> a <C>; :p "bob"@en. <s/3> a <C>; :p "Zoë"@en. }'),
    "older words: blank nodes of a column": (PEOPLE,'<m> '+old()+'; rr:subjectMap [ orml:reference "id"; rr:termType rr:BlankNode ]; rr:predicateObjectMap [ rr:predicate <p>; rr:objectMap [ orml:reference "x" ] ] .','_:a :p "a b". _:b :p "q".'),
    "older words: an empty value joins nothing": ({"p.csv":"id,k\n1,x\n2,\n","b.csv":"b,k\n7,x\n8,\n"},'<m> '+old()+'; rr:subjectMap [ rr:template "s/{id}" ]; rr:predicateObjectMap [ rr:predicate <p>; rr:objectMap [ rr:parentTriplesMap <b>; rr:joinCondition [ rr:child "k"; rr:parent "k" ] ] ] . <b> '+old().replace("p.csv","b.csv")+'; rr:subjectMap [ rr:template "b/{b}" ] .','<s/1> :p <b/7>.'),
    "older words: a function": (PEOPLE,'<m> '+old()+'; rr:subjectMap [ rr:template "s/{id}" ]; rr:predicateObjectMap [ rr:predicate <p>; rr:objectMap [ fnml:functionValue [ rr:predicateObjectMap [ rr:predicate fno:executes; rr:objectMap [ rr:constant grel:toUpperCase ] ]; rr:predicateObjectMap [ rr:predicate grel:valueParameter; rr:objectMap [ orml:reference "x" ] ] ] ] ] .','<s/1> :p "A B". <s/2> :p "Q".'),
    "older words: an empty value in a statement": (PEOPLE,'<m> '+old()+'; rr:subjectMap [ rr:template "s/{name}" ]; rr:predicateObjectMap [ rr:predicate <p>; rr:objectMap [ orml:reference "x" ] ] .','<s/Ann> :p "a b". <s/bob> :p "q".'),
    "older and newer words in one map": (PEOPLE,'<m> '+csv()+'; rr:subjectMap [ rr:template "s/{id}" ]; rml:predicateObjectMap [ rr:predicate <p>; rml:objectMap [ rml:reference "x" ] ] .','<s/1> :p "a b". <s/2> :p "q". <s/3> :p "".'),
    "a view of SQLite": (DATABASE,rules(database("v"),subject("s/{id}"),statement(ref("N"))),'<s/1> :p "A". <s/3> :p "".'),
    "a query that sums": (DATABASE,rules(database("SELECT count(*) AS c, sum(r) AS s FROM t","SQL2008Query"),subject("s/{c}"),statement(ref("s"))),'<s/3> :p "3.5E0"^^xsd:double.'),
    "a logical view of a table": (DATABASE,'<v> a rml:LogicalView; rml:viewOn [ rml:source "p.db"; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t" ]; rml:field [ rml:fieldName "id"; rml:reference "id" ]; rml:field [ rml:fieldName "r"; rml:reference "r" ] .\n'+rules('rml:logicalSource <v>',subject("s/{id}"),statement(ref("r"))),'<s/1> :p "1.5E0"^^xsd:double. <s/3> :p "2.0E0"^^xsd:double.'),
    "texts of CSV join a number as it is written": ({**DATABASE,"c.csv":"k,v\n1,a\n1.0,b\n"},rules(csv("c.csv"),subject("c/{v}"),statement(join(("k","id"))))+rules(database("t"),subject("s/{id}"),name="b"),'<c/a> :p <s/1>.'),
    "a REAL joins an INTEGER by value": ({"p.db":make_database('create table a(i integer, r real); insert into a values(1,1.0),(2,2.5); create table b(i integer, r real); insert into b values(1,1.0),(2,2.0);')},rules(database("a"),subject("a/{i}"),statement('rml:parentTriplesMap <b>; rml:joinCondition [ rml:child "r"; rml:parent "i" ]'))+rules(database("b"),subject("b/{i}"),name="b"),'<a/1> :p <b/1>.'),
    "solutions keep language and datatype": (RDF_FILE,rules(query("SELECT ?s ?n {?s :n ?n}"),'rml:subjectMap [ rml:reference "s" ]',statement(ref("n"))),'<http://x/a> :p "A"@en,"B". <http://x/b> :p "C"^^<http://x/dt>.'),
    "IRIs of solutions": (RDF_FILE,rules(query("SELECT ?s ?n {?s :l ?n}"),'rml:subjectMap [ rml:reference "s" ]',statement(ref("n","; rml:termType rml:IRI"))),'<http://x/a> :p <http://x/b>.'),
    "a variable that is not bound": (RDF_FILE,rules(query("SELECT ?s ?l {?s :n ?n OPTIONAL {?s :l ?l}}"),'rml:subjectMap [ rml:reference "s" ]',statement('rml:template "o/{l}"')),'<http://x/a> :p <o/http%3A%2F%2Fx%2Fb>.'),
    "a declared language or datatype counts": (RDF_FILE,rules(query("SELECT ?s ?n {?s :n ?n FILTER(lang(?n)='en')}"),'rml:subjectMap [ rml:reference "s" ]',statement(ref("n",'; rml:language "fr"')),statement(ref("n",'; rml:datatype xsd:string'),"<q>")),'<http://x/a> :p "A"@fr; <q> "A".'),
    "a base of a map": (PEOPLE,'<m> rml:baseIRI <http://b.org/>; '+csv()+'; rml:subjectMap [ rml:template "s/{id}" ]; rml:predicateObjectMap [ rml:predicate <p>; rml:object 1 ] .','<http://b.org/s/1> :p 1. <http://b.org/s/2> :p 1. <http://b.org/s/3> :p 1.'),
    "a packed file of two members": ({"p.csv.gz":gzip.compress(b"id,name\n1,a\n")+gzip.compress(b"2,b\n")},rules(csv("p.csv.gz"),subject("s/{id}"),statement(ref("name"))),'<s/1> :p "a". <s/2> :p "b".'),
    "a template of a list of elements": ({"p.xml":'<r><p id="1"><a>x</a><a>y</a></p></r>'},rules(xml("/r/p"),subject("s/{@id}"),statement('rml:template "o/{a}"')),'<s/1> :p <o/x>,<o/y>.'),
}
# fmt: on
TOLD = {
    "texts of CSV join a number as it is written": ["warning[data-unjoined]: `1.0` finds no partner"],
}


def graph(text: str | bytes, form: ox.RdfFormat) -> set[str]:
    dataset = ox.Dataset(ox.parse(text, format=form))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


@pytest.mark.parametrize("name", CASES)
def test_the_quads_that_are_meant(tmp_path: Path, name: str) -> None:
    files, mapping, wanted = CASES[name]
    for file, data in files.items():
        (tmp_path / file).write_bytes(data if isinstance(data, bytes) else data.encode())
    (tmp_path / "m.ttl").write_text(HEAD + mapping, encoding="utf-8")
    command = [str(tmp_path / "m.ttl"), "-o", str(tmp_path / "o.nq"), "--data", str(tmp_path)]
    result = CliRunner().invoke(map_command, command, catch_exceptions=False)
    told = [line for line in result.stderr.split("\n") if line.startswith(("error", "warning"))]
    assert (result.exit_code, [line.split(",")[0] for line in told]) == (0, TOLD.get(name, []))
    quads = graph(WANTED + wanted, ox.RdfFormat.TRIG)
    assert graph((tmp_path / "o.nq").read_bytes(), ox.RdfFormat.N_QUADS) == quads
    trig = convert(tmp_path / "o.nq", "trig", tmp_path / "o.trig")  # which is all that `--format trig` does beside
    assert graph(trig.read_bytes(), ox.RdfFormat.TRIG) == quads


# -- literals of YARRRML that look like something else ----------------------------------------------


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[ex:p, ex:x]", "`ex:x` becomes a literal, with its prefix written out"),
        ("[ex:p, ex:$(id)]", "`ex:$(id)` becomes a literal, with its prefix written out"),
        ("[ex:p, schema:x]", "`schema:x` becomes a literal, with its prefix written out"),
        ("{p: ex:p, o: {value: ex:x}}", "`ex:x` becomes a literal, with its prefix written out"),
        ("[ex:p, [a, ex:x]]", "`ex:x` becomes a literal, with its prefix written out"),
        ("[ex:p, ex:up(ex:a = $(id))]", "`ex:up(ex:a = $(id))` becomes a literal, with its prefix written out"),
        ("[ex:p, $(id)~IRI]", "`~IRI` is no mark here, and becomes a part of the literal"),
        ("[ex:p, '$(id)~iri ']", "`~iri ` is no mark here, and becomes a part of the literal"),
        ("[ex:p, $(id)~ iri]", "`~ iri` is no mark here, and becomes a part of the literal"),
        ("[ex:p, $(id)~blank]", "`~blank` is no mark here, and becomes a part of the literal"),
        ("{p: ex:p, o: {value: x$(id)~BNode}}", "`~BNode` is no mark here, and becomes a part of the literal"),
        ("[ex:p, $(id)~literal]", "`~literal` is no mark here, and becomes a part of the literal"),
        ("[ex:p, $(id)~en]", "`~en` is no mark here, and becomes a part of the literal"),
        ("{p: ex:p, o: [$(id), en~lang]}", "`~lang` is no mark here, and becomes a part of the literal"),
        ("[ex:p, ex:x, xsd:string]", None),
        ("[ex:p, [[ex:x, en~lang]]]", None),
        ("{p: ex:p, o: ex:x, datatype: ex:d}", None),
        ("{p: ex:p, o: {value: ex:x, type: literal}}", None),
        ("[ex:p, 'ex\\:x']", None),
        ("[ex:p, 'ex: a note']", None),
        ("[ex:p, a~b]", None),
        ("[ex:p, literal]", None),
        ("[ex:p, about ~ 5 blank]", None),
        ("[ex:p, http://e.org/$(id)]", None),
        ("[ex:p, ex:$(id)~iri]", None),
        ("[a, ex:T]", None),
    ],
)  # fmt: skip
def test_a_literal_that_looks_like_something_else(written: str, told: str | None) -> None:
    text = f"prefixes: {{ex: 'http://e.org/'}}\nmappings: {{m: {{sources: [[p.csv~csv]], s: 'ex:$(id)', po: [{written}]}}}}"
    found = [(d.code, d.message) for d in read_any_mapping(SourceText("m.yml", text)).diagnostics]
    assert found == ([("yarrrml-literal", told)] if told else [])


@pytest.mark.parametrize(
    ("mark", "hint"),
    [
        ("~IRI", "write `$(id)~iri`"),
        ("~blank", 'write `{value: "$(id)", type: blank}`'),
        ("~literal", "leave it out: a text is a literal"),
        ("~lang", "write the language behind it: `[$(name), en~lang]`"),
    ],
)
def test_what_is_written_in_place_of_a_mark(mark: str, hint: str) -> None:
    text = f"mappings: {{m: {{sources: [[p.csv~csv]], s: 'http://e/$(id)', po: [[rdfs:label, $(id){mark}]]}}}}"
    assert [d.hint for d in read_any_mapping(SourceText("m.yml", text)).diagnostics] == [hint]
