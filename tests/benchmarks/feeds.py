"""The data sets of the benchmark of tables: how each is made, its mapping, and the same as SQL written by hand.

The SQL knows what a compiler must find out: which keys are unique, which texts need no escape, which joins find
their partner always. It is as quick as SQL can be made here, and writes without a check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HEAD = """@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://example.org/> .
"""
EX = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@dataclass(frozen=True, kw_only=True)
class Join:
    """A link to the rows of another map: *child* = *parent*."""

    parent: str
    child: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Map:
    """A triples map: its subject's template, and what each predicate says.

    A value is a column (`name`), a column with a datatype (`lat^^double`), a template of an IRI, or a join.
    """

    name: str
    table: str
    subject: str
    kind: str | None = None
    says: tuple[tuple[str, str | Join], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A data set: how it is made in a folder for a number of rows, its mapping, and SQL that gives its lines."""

    name: str
    make: Callable[[Path, int], None]
    maps: tuple[Map, ...]
    by_hand: str


def write_rows(folder: Path, name: str, query: str) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{folder / name}.csv' (HEADER)")


def write_rml(maps: Sequence[Map]) -> str:
    """The maps in the older vocabulary, which all engines read."""
    return HEAD + "".join(write_map(m) for m in maps)


def write_map(each: Map) -> str:
    kind = f"; rr:class ex:{each.kind}" if each.kind else ""
    says = "".join(
        f";\n  rr:predicateObjectMap [ rr:predicate ex:{predicate}; rr:objectMap [ {write_object(value)} ] ]"
        for predicate, value in each.says
    )
    return (
        f'ex:{each.name} rml:logicalSource [ rml:source "{each.table}.csv"; rml:referenceFormulation ql:CSV ];\n'
        f'  rr:subjectMap [ rr:template "{EX}{each.subject}"{kind} ]{says} .\n'
    )


def write_object(value: str | Join) -> str:
    if isinstance(value, Join):
        condition = f'rr:joinCondition [ rr:child "{value.child}"; rr:parent "{value.key}" ]'
        return f"rr:parentTriplesMap ex:{value.parent}; {condition}"
    if "{" in value:
        return f'rr:template "{EX}{value}"; rr:termType rr:IRI'
    column, _, datatype = value.partition("^^")
    return f'rml:reference "{column}"' + (f"; rr:datatype xsd:{datatype}" if datatype else "")


# -- a transit feed -----------------------------------------------------------------------------

PLACES = "['Harbour','Old Town','Água Fria','Mühlenweg','North \"Gate\"','Station, east','Université','Kirkegård']"


def make_feed(folder: Path, rows: int) -> None:
    """Points of the lines' shapes for the most part, as feeds have it; stops, trips, routes and stop times."""
    stops, routes, trips, times = max(8, rows // 50), max(2, rows // 5000), max(4, rows // 500), max(20, rows // 25)
    name = f"{PLACES}[1 + i % 8]"
    write_rows(
        folder,
        "points",
        f"""SELECT printf('sh%06d', i // 1000) shape, i % 1000 seq,
        printf('%.5f', 38.7 + (hash(i) % 40000)::BIGINT / 100000.0) lat,
        printf('%.5f', -9.2 + (hash(i + 1) % 40000)::BIGINT / 100000.0) lon,
        printf('%.2f', (i % 1000) * 11.3) dist FROM range({rows}) r(i)""",
    )
    write_rows(
        folder,
        "stops",
        f"""SELECT printf('st%06d', i) stop, {name} || ' ' || i AS name,
        CASE WHEN i % 3 = 0 THEN {name} END AS street,
        CASE WHEN i % 4 = 3 THEN printf('st%06d', i - 3) END AS parent FROM range({stops}) r(i)""",
    )
    write_rows(
        folder,
        "routes",
        f"""SELECT printf('ro%04d', i) route, 'Line ' || i || ', ' || {name} AS title,
        'http://example.org/lines/' || i AS page FROM range({routes}) r(i)""",
    )
    write_rows(
        folder,
        "trips",
        f"""SELECT printf('tr%06d', i) trip, printf('ro%04d', i % {routes}) route,
        {name} AS headsign, printf('sh%06d', i % {max(1, rows // 1000)}) shape FROM range({trips}) r(i)""",
    )
    write_rows(
        folder,
        "times",
        f"""SELECT printf('tr%06d', i // 20 % {trips}) trip,
        printf('st%06d', (i * 7) % {stops}) stop, 1 + i % 20 + i // (20 * {trips}) * 20 AS seq,
        printf('%02d:%02d:%02d', 5 + i % 19, i % 60, i * 7 % 60) arrival FROM range({times}) r(i)""",
    )


FEED_MAPS = (
    Map(name="points", table="points", subject="shape/{shape}/{seq}", kind="Point",
        says=(("lat", "lat^^double"), ("lon", "lon^^double"), ("seq", "seq^^integer"), ("dist", "dist"),
              ("of", "shape/{shape}"))),
    Map(name="shapes", table="points", subject="shape/{shape}", kind="Shape"),
    Map(name="stops", table="stops", subject="stop/{stop}", kind="Stop",
        says=(("name", "name"), ("street", "street"), ("parent", "stop/{parent}"))),
    Map(name="routes", table="routes", subject="route/{route}", kind="Route",
        says=(("title", "title"), ("page", "page"))),
    Map(name="trips", table="trips", subject="trip/{trip}", kind="Trip",
        says=(("route", Join(parent="routes", child="route", key="route")), ("headsign", "headsign"),
              ("shape", Join(parent="shapes", child="shape", key="shape")))),
    Map(name="times", table="times", subject="time/{trip}-{seq}-{arrival}", kind="StopTime",
        says=(("trip", Join(parent="trips", child="trip", key="trip")),
              ("stop", Join(parent="stops", child="stop", key="stop")), ("arrival", "arrival"))),
)  # fmt: skip


def lines(subject: str, kind: str | None, *says: str) -> str:
    """SQL of all lines of a row in one text: *subject* is the SQL of its IRI, *says* that of predicate and object."""
    typed = [f"s || ' {TYPE} <{EX}{kind}> .'"] if kind else []
    made = [*typed, *(f"s || {each}" for each in says)]
    joined = ", ".join(text if number == 0 else f"chr(10) || {text}" for number, text in enumerate(made))
    return f"SELECT concat({joined}) AS l FROM (SELECT *, '<{EX}' || {subject} || '>' AS s FROM %s)"


def literal(predicate: str, text: str, datatype: str = "") -> str:
    """SQL of a predicate and a literal; nothing for a value that is not there."""
    end = f'"^^<{XSD}{datatype}> .' if datatype else '" .'
    return f"' <{EX}{predicate}> \"' || {text} || '{end}'"


def link(predicate: str, iri: str) -> str:
    return f"' <{EX}{predicate}> <{EX}' || {iri} || '> .'"


def escaped(column: str) -> str:
    return f"replace({column}, '\"', '\\\"')"


FEED_SQL = "\nUNION ALL\n".join(
    (
        lines("'shape/' || shape || '/' || seq", "Point", literal("lat", "lat", "double"),
              literal("lon", "lon", "double"), literal("seq", "seq", "integer"), literal("dist", "dist"),
              link("of", "'shape/' || shape")) % "points",
        lines("'shape/' || shape", "Shape") % "(SELECT DISTINCT shape FROM points)",
        lines("'stop/' || stop", "Stop", literal("name", escaped("name")), literal("street", escaped("street")),
              link("parent", "'stop/' || parent")) % "stops",
        lines("'route/' || route", "Route", literal("title", escaped("title")), literal("page", "page"))
        % "routes",
        lines("'trip/' || trip", "Trip", link("route", "'route/' || route"), literal("headsign", escaped("headsign")),
              link("shape", "'shape/' || shape")) % "trips",
        lines("'time/' || trip || '-' || seq || '-' || replace(arrival, ':', '%3A')", "StopTime",
              link("trip", "'trip/' || trip"), link("stop", "'stop/' || stop"), literal("arrival", "arrival"))
        .replace("%3A", "%%3A") % "times",
    )
)  # fmt: skip


# -- other shapes -------------------------------------------------------------------------------

COLUMNS = [f"p{k}" for k in range(1, 20)]


def make_wide(folder: Path, rows: int) -> None:
    values = ", ".join(f"printf('value %d of row %d', {k}, i) p{k}" for k in range(1, 20))
    write_rows(folder, "wide", f"SELECT i id, {values} FROM range({rows}) r(i)")


def make_join(folder: Path, rows: int) -> None:
    write_rows(folder, "a", f"SELECT i id, (i * 7919 + 13) % {rows} fk, 'a' || i AS name FROM range({rows}) r(i)")
    write_rows(folder, "b", f"SELECT i id, 'b' || (i % 1000) AS name FROM range({rows}) r(i)")


def make_duplicates(folder: Path, rows: int) -> None:
    few = max(1, rows // 100)
    write_rows(folder, "dup", f"SELECT i % {few} id, 'name ' || (i % {few}) AS name, i % {few} % 7 kind"
               f" FROM range({rows}) r(i)")  # fmt: skip


SHAPES = (
    Shape(name="feed", make=make_feed, maps=FEED_MAPS, by_hand=FEED_SQL),
    Shape(
        name="wide",
        make=make_wide,
        maps=(Map(name="m", table="wide", subject="{id}", says=tuple((c, c) for c in COLUMNS)),),
        by_hand=lines("id", None, *(literal(c, c) for c in COLUMNS)) % "wide",
    ),
    Shape(
        name="join",
        make=make_join,
        maps=(
            Map(name="a", table="a", subject="a/{id}",
                says=(("name", "name"), ("to", Join(parent="b", child="fk", key="id")))),
            Map(name="b", table="b", subject="b/{name}/{id}"),
        ),
        by_hand=lines("'a/' || id", None, literal("name", "name"), link("to", "'b/' || other || '/' || fk"))
        % "(SELECT a.*, b.name AS other FROM a JOIN b ON a.fk = b.id)",
    ),
    Shape(
        name="duplicates",
        make=make_duplicates,
        maps=(Map(name="m", table="dup", subject="{id}", says=(("name", "name"), ("kind", "kind"))),),
        by_hand=lines("id", None, literal("name", "name"), literal("kind", "kind")) % "(SELECT DISTINCT * FROM dup)",
    ),
)  # fmt: skip
