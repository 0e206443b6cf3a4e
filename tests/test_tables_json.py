# ruff: noqa: E501 - whole messages stand on one line
"""JSON: read as a stream or whole, a document gives the same, whatever it holds; broken ones are told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.tables.command import map_command
from kg.tables.documents import DocumentError
from kg.tables.documents.jsonpath import NameTwiceError, compile_path, parse_json
from kg.tables.sources.jsonstream import find_stream, stream_json

HEAD = "@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .\n"
OLD = (
    "@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> ."
    " @prefix ql: <http://semweb.mmlab.be/ns/ql#> . @base <http://example.org/> .\n"
)
REFERENCES = ("$.a", "$.b.c", "$.l[*]", "$.l[-1]", "$['we ird']", "$.o.*", "$.b[*].a", "$.l[0].a")


def new_mapping(file: str, iterator: str, references: tuple[str, ...]) -> str:
    poms = "".join(
        f'; rml:predicateObjectMap [ rml:predicate <p{i}>; rml:objectMap [ rml:reference "{r}" ] ]'
        for i, r in enumerate(references)
    )
    source = f'rml:source "{file}"; rml:referenceFormulation rml:JSONPath; rml:iterator "{iterator}"'
    return f"{HEAD}<m> rml:logicalSource [ {source} ]; rml:subjectMap [ rml:termType rml:BlankNode ]{poms} ."


def old_mapping(file: str, iterator: str, references: tuple[str, ...]) -> str:
    poms = "".join(
        f'; rr:predicateObjectMap [ rr:predicate <p{i}>; rr:objectMap [ rml:reference "{r}" ] ]'
        for i, r in enumerate(references)
    )
    source = f'rml:source "{file}"; rml:referenceFormulation ql:JSONPath; rml:iterator "{iterator}"'
    return f'{OLD}<m> rml:logicalSource [ {source} ]; rr:subjectMap [ rr:template "x"; rr:termType rr:IRI ]{poms} .'


def run(folder: Path, mapping: str) -> tuple[int, str, list[str], str]:
    """Exit code, the messages, the sorted lines, and how the file was read."""
    (folder / "map.ttl").write_text(mapping, encoding="utf-8")
    out = folder / "out.nq"
    out.unlink(missing_ok=True)
    options = [
        str(folder / "map.ttl"),
        "-o",
        str(out),
        "--data",
        str(folder),
        "--base",
        "http://example.org/",
        "--explain",
    ]
    result = CliRunner().invoke(map_command, options, catch_exceptions=False)
    lines = sorted(out.read_text(encoding="utf-8").split("\n")[:-1]) if out.exists() else []
    messages = "\n".join(line for line in result.stderr.split("\n") if line.startswith(("error", "   = see")))
    reader = "whole" if "read whole" in result.stdout else "stream" if "streamed" in result.stdout else ""
    return result.exit_code, messages, lines, reader


numbers = st.sampled_from(
    ["0", "-0", "0.0", "-0.0", "1.50", "1e3", "1E+03", "-1.0e-400", "1e400", "12345678901234567890123456789",
     "0.1000000000000000055511151231257827", "99999999999999999999.50", "-9223372036854775809", "007"[2:], "30"]
)  # fmt: skip
awkward = [
    '"',
    "\\",
    "\n",
    ": 1.50",
    ", ]",
    "NaN",
    '"n',
    "\nn",
    "é",
    "\u2028",
    "\U0001f600",
    '"a": 2.50',
    "",
    "a\\u0061",
    "x",
]
texts = st.one_of(st.sampled_from(awkward), st.text(st.characters(exclude_categories=["Cs"]), max_size=6)).flatmap(
    lambda text: st.sampled_from([json.dumps(text), json.dumps(text, ensure_ascii=False)])
)
scalars = st.one_of(numbers, texts, st.sampled_from(["true", "false", "null"]))
names = st.sampled_from(['"a"', '"b"', '"c"', '"l"', '"o"', '"we ird"', '"\\u0061b"', '"x"', '"\\u0061"'])
blanks = st.sampled_from(["", " ", "\n "])


def write_object(members: dict[str, str]) -> str:
    return write_pairs(list(members.items()))


def write_pairs(members: list[tuple[str, str]]) -> str:
    """An object in which a name may stand twice."""
    return "{" + ", ".join(f"{name} : {value}" for name, value in members) + "}"


values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ",".join(items) + "]"),
        st.lists(st.tuples(names, inner), max_size=3).map(write_pairs),
    ),
    max_leaves=5,
)
# members that the references speak of, most often with values that they can have
records = st.fixed_dictionaries(
    {},
    optional={
        '"a"': scalars, '"we ird"': scalars, '"b"': scalars.map(lambda v: f'{{"c":{v},"a":{v}}}'), '"x"': values,
        '"l"': st.lists(scalars, max_size=3).map(lambda items: "[" + ",".join(items) + "]"),
        '"o"': st.lists(st.tuples(names, scalars), max_size=3).map(write_pairs),
    },
).map(write_object)  # fmt: skip
joined = st.tuples(records, records).map(lambda two: "{" + ",".join(x for r in two if (x := r[1:-1])) + "}")


@settings(max_examples=150, deadline=None)
@given(items=st.lists(st.one_of(records, records, values, joined), max_size=4), gap=blanks, cut=st.integers(0, 200))
@example(items=['{"a": -0, "l": [1.50, -0]}'], gap="", cut=0)
@example(items=['{"a":{"a":1.50},"x":"\\"a\\": 2.50"}'], gap="", cut=0)
@example(items=['{"\\u0061": 1.50, "b": {"a": 2.50}}'], gap="", cut=0)
@example(items=['{"a": 1, "a": 2}'], gap="", cut=3)
@example(items=['{"a": 1, "\\u0061": 2}'], gap="", cut=0)
@example(items=['{"q": 1, "q": 2, "l": [{"c": 1, "c": 2}]}'], gap="", cut=0)
@example(items=['{"b": {"c": 1}, "b": {"c": 2}}'], gap="", cut=9)
@example(items=['{"o": {"x": 1, "x": 2}}'], gap="", cut=0)
@example(items=['{"b": [{"a": 1}, {"a": 1, "a": 2}]}'], gap="", cut=1)
def test_a_stream_gives_what_the_whole_gives(
    items: list[str], gap: str, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "stream.json"
    array = f"[{gap}{(gap + ',' + gap).join(items)}{gap}]"
    for text, iterators in (
        (array, ("$[*]", "$[*].o.*", "$[*].l[0]", "$[1]", "$.*", "$")),
        (f'{{"n": [1], "p": {{"q": {array}, "r": 1.0}}{gap}, "z": []}}', ("$.p.q[*]", "$.p.*", "$.p.q[*].o.*", "$.n")),
        (f'[{{"n": {array}}}]', ("$[*].n[*]", "$[0].n[*]")),
        ((array + gap)[:-cut] if cut else array, ("$[*]", "$[*].l[*]")),
    ):
        file.write_text(text, encoding="utf-8")
        for iterator in iterators:
            found, wanted = list_streamed(file, iterator), list_selected(text, iterator)
            # of two mistakes, a stream meets that of a record before that of the end
            met_before = found.startswith("ambiguous") and bool(cut) and not wanted.startswith("[")
            assert found == wanted or met_before, (text, iterator)


def list_streamed(file: Path, iterator: str) -> str:
    """All records of a file, or what is wrong with it."""
    steps = find_stream(iterator)
    assert steps is not None
    try:
        return repr(list(stream_json(file, steps)))
    except (DocumentError, NameTwiceError) as error:
        return str(error)


def list_selected(text: str, iterator: str) -> str:
    """The oracle: the records of the parsed text."""
    try:
        return repr(compile_path(iterator).select(parse_json(text)))
    except json.JSONDecodeError as error:
        return f"{error.msg[:1].lower()}{error.msg[1:]}"
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("make", [new_mapping, old_mapping])
def test_mapped_alike(tmp_path: Path, make: Callable[[str, str, tuple[str, ...]], str]) -> None:
    (tmp_path / "array.json").write_text(
        '[{"a": -0, "b": {"c": 1.50}, "l": ["x", 2, 1.0]}, {"we ird": "\\u0041\\n", "o": {"x": true, "y": null}},'
        ' 7, {"b": [{"a": 1e400}, {"a": "\\ud83d\\ude00"}], "l": []}]',
        encoding="utf-8",
    )
    streamed = run(tmp_path, make("array.json", "$[*]", REFERENCES))
    assert (streamed[0], streamed[1], streamed[3]) == (0, "", "stream")
    assert {line.split(" ")[2].split("^")[0] for line in streamed[2]} == {
        '"-0"' if make is old_mapping else '"0"', '"1.50"' if make is old_mapping else '"1.5E0"', '"x"',
        '"2"', '"1.0"' if make is old_mapping else '"1.0E0"', '"A\\n"', '"true"', '"1e400"' if make is old_mapping else '"1.0E400"',
        '"\U0001f600"',
    }  # fmt: skip
    assert run(tmp_path, make("array.json", "$[:]", REFERENCES)) == (*streamed[:3], "whole")


@pytest.mark.parametrize(
    ("iterator", "text", "reader"),
    [
        ("$[*]", '[{"a": 1}]', "stream"),
        ("$[*]", '\ufeff [{"a": 1}] ', "stream"),
        ("$.p[*]", '{"p": [{"a": 1}]}', "stream"),
        ("$[*].l[*]", '[{"l": [{"a": 1}]}]', "stream"),
        ("$[*].l.*", '[{"l": {"x": {"a": 1}}}]', "stream"),
        ("$[?@.a > 0]", '[{"a": 1}, {"a": 0}]', "whole"),
        ("$..l[*]", '[{"l": [{"a": 1}]}]', "whole"),
        ("$", '{"a": 1}', "stream"),
        ("$[*]", '[{"a": 1}, "a, ]"]', "stream"),
    ],
)
def test_explain_says_how_it_is_read(tmp_path: Path, iterator: str, text: str, reader: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    code, messages, lines, who = run(tmp_path, new_mapping("a.json", iterator, ("$.a",)))
    assert (code, messages, who) == (0, "", reader)
    assert lines == [
        f'{lines[0].split(" ")[0]} <http://example.org/p0> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    ]


def test_json_lines(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": "x\u2028\u0085"}\n\n  \n{"a": 1.50}\r\n', encoding="utf-8")
    code, messages, lines, who = run(tmp_path, new_mapping("a.jsonl", "$[*]", ("$.a",)))
    assert (code, messages, who) == (0, "", "stream")
    assert sorted(line.split(" ", 2)[2] for line in lines) == [
        '"1.5E0"^^<http://www.w3.org/2001/XMLSchema#double> .',
        '"x\u2028\u0085" .',
    ]


def test_json_lines_of_another_name_are_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": 1}\n{"a": 2}\n', encoding="utf-8")
    for iterator in ("$", "$[*]", "$[?@.a]"):
        (tmp_path / "map.ttl").write_text(new_mapping("a.json", iterator, ("$.a",)), encoding="utf-8")
        command = [str(tmp_path / "map.ttl"), "-o", str(tmp_path / "out.nq"), "--data", str(tmp_path)]
        done = CliRunner().invoke(map_command, command, catch_exceptions=False)
        assert done.exit_code == 1
        told = "error[source-unreadable]: `a.json` is not well-formed (line 2, column 1): more than one value\n"
        assert done.stderr.startswith(told)
        assert "= hint: is each line a record of its own (JSON Lines)? let the name end in `.jsonl`\n" in done.stderr


# what Python 3.13 says of a comma before a bracket, and says at the comma
COMMA = "illegal trailing comma before end of" if sys.version_info >= (3, 13) else ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1},\n {"a": ', "(line 2, column 8): expecting value"),
        ('[{"a": 1},\n {"a": 2}', "(line 2, column 10): expecting ',' delimiter"),
        ('[{"a": 1},]', f"(line 1, column 10): {COMMA} array" if COMMA else "(line 1, column 11): expecting value"),
        (
            '[{"a": 1,}]',
            f"(line 1, column 9): {COMMA} object"
            if COMMA
            else "(line 1, column 10): expecting property name enclosed in double quotes",
        ),
        ('[{"a": NaN}]', ": `NaN` is no JSON value"),
        ('[{"a": 1}] x', "(line 1, column 12): extra data"),
        ('[{"a": 1} {"a": 2}]', "(line 1, column 11): expecting ',' delimiter"),
        ('[{"a": 01}]', "(line 1, column 9): expecting ',' delimiter"),
        ('[{"a": "x\ty"}]', "(line 1, column 10): invalid control character at"),
        ("", "(line 1, column 1): expecting value"),
    ],
)
def test_broken_json(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    code, messages, lines, _ = run(tmp_path, new_mapping("a.json", "$[*]", ("$.a",)))
    assert (code, lines) == (1, [])
    shown = message if message.startswith(":") else f" {message}"
    assert messages.split("\n")[0] == f"error[source-unreadable]: `a.json` is not well-formed{shown}"


@pytest.mark.parametrize(
    ("file", "data", "message"),
    [
        ("a.jsonl", b'{"a": 1}\n{"a": 2\n', "error[source-unreadable]: `a.jsonl` is not well-formed (line 2, column 8): expecting ',' delimiter"),
        ("a.json", b'[{"a": "\xff"}]', "error[source-unreadable]: `a.json` is not well-formed: not UTF-8 (byte 9)"),
        ("a.json", b'[{"a": 1}, {"a": "\\ud800"}]', "error[data-not-scalar]: `$.a` is half a character in record 2 of `a.json`"),
        ("a.json", b'[{"a": 1}, {"a": [1]}]', "error[data-not-scalar]: `$.a` is an array in record 2 of `a.json`"),
    ],
)  # fmt: skip
def test_broken_files(tmp_path: Path, file: str, data: bytes, message: str) -> None:
    (tmp_path / file).write_bytes(data)
    code, messages, lines, _ = run(tmp_path, new_mapping(file, "$[*]", ("$.a",)))
    assert (code, lines) == (1, [])
    assert messages.split("\n")[0] == message


@pytest.mark.parametrize(
    ("iterator", "reference", "text", "message"),
    [
        ("$[*]", "$.a", '[{"a": 1}, {"a": 1, "b": 2, "a": 3}]', "`$.a` is ambiguous (`a` stands twice) in record 2 of `a.json`"),
        ("$[*]", "$.a", '[{"a": 1, "\\u0061": 3}]', "`$.a` is ambiguous (`a` stands twice) in record 1 of `a.json`"),
        ("$[*]", "$.b.a", '[{"b": {"a": 1}, "b": {"a": 3}}]', "`$.b.a` is ambiguous (`b` stands twice) in record 1 of `a.json`"),
        ("$[*]", "$.b.a", '[{"b": {"a": 1, "a": 1}}]', "`$.b.a` is ambiguous (`a` stands twice) in record 1 of `a.json`"),
        ("$[*]", "$.b.*", '[{"b": {"a": 1, "a": 3}}]', "`$.b.*` is ambiguous (`a` stands twice) in record 1 of `a.json`"),
        ("$[*]", "$..a", '[{"b": {"a": 1, "a": 3}}]', "`$..a` is ambiguous (`a` stands twice) in record 1 of `a.json`"),
        ("$.p[*]", "$.a", '{"p": [{"a": 1}], "x": 1, "p": [{"a": 2}]}', "`$.p[*]` is ambiguous (`p` stands twice) in `a.json`"),
        ("$.p.q[*]", "$.a", '{"p": {"q": [{"a": 1}], "q": []}}', "`$.p.q[*]` is ambiguous (`q` stands twice) in `a.json`"),
        ("$.p.q[*]", "$.a", '{"p": {"q": [{"a": 1}]}, "p": 3}', "`$.p.q[*]` is ambiguous (`p` stands twice) in `a.json`"),
        ("$[*].p[*]", "$.a", '[{"p": [{"a": 1}], "p": []}]', "`$[*].p[*]` is ambiguous (`p` stands twice) in `a.json`"),
    ],
)  # fmt: skip
def test_a_name_that_stands_twice(tmp_path: Path, iterator: str, reference: str, text: str, message: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    code, messages, lines, _ = run(tmp_path, new_mapping("a.json", iterator, (reference,)))
    assert (code, lines) == (1, [])
    assert messages.split("\n")[0] == f"error[data-ambiguous]: {message}"


@pytest.mark.parametrize(("iterator", "reader"), [("$[*]", "stream"), ("$[:]", "whole")])
def test_a_name_that_stands_twice_where_no_path_goes(tmp_path: Path, iterator: str, reader: str) -> None:
    (tmp_path / "a.json").write_text('[{"x": 1, "x": 2, "a": 7, "y": {"a": 1, "a": 2}}]', encoding="utf-8")
    code, messages, lines, who = run(tmp_path, new_mapping("a.json", iterator, ("$.a",)))
    assert (code, messages, len(lines), who) == (0, "", 1, reader)


def test_a_record_at_a_time(tmp_path: Path) -> None:
    """What stands behind a record is not looked at before the record is taken."""
    (tmp_path / "a.json").write_text('{"p": [1.50, {"a": 1}, oops', encoding="utf-8")
    records = stream_json(tmp_path / "a.json", ("p", None))
    assert next(records) == 1.5
    assert next(records) == {"a": 1}
    with pytest.raises(DocumentError, match="expecting value"):
        next(records)


@pytest.mark.parametrize(
    ("reference", "code", "told"),
    [
        ("my key", "map-path", "the name of a member that is no word stands in brackets: `['my key']`"),
        ("it's", "map-path", r"the name of a member that is no word stands in brackets: `['it\'s']`"),
        ("a.b", "data-absent", "a name with a dot stands in brackets: `['a.b']`"),
        ("o.a.b.c", "data-absent", "a name with a dot stands in brackets: `o['a.b']`"),
        ("o.ab", "data-absent", "did you mean `a.b`?"),
    ],
)
def test_a_name_that_is_no_word_is_told_how_to_write(tmp_path: Path, reference: str, code: str, told: str) -> None:
    document = [{"my key": 1, "it's": 2, "a.b": 3, "o": {"a.b": {"c": 4}}}]
    (tmp_path / "a.json").write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "m.ttl").write_text(new_mapping("a.json", "$[*]", (reference,)), encoding="utf-8")
    options = [str(tmp_path / "m.ttl"), "-o", str(tmp_path / "o.nq")]
    done = CliRunner().invoke(map_command, options, catch_exceptions=False)
    assert f"[{code}]" in done.stderr
    assert f"   = hint: {told}\n" in done.stderr
    if "brackets" in told:  # what the hint says works as it stands
        meant = told.split("`")[1].replace("\\", "\\\\")
        (tmp_path / "m.ttl").write_text(
            new_mapping("a.json", "$[*]", (meant + (".c" if meant.startswith("o") else ""),)), encoding="utf-8"
        )
        done = CliRunner().invoke(map_command, options, catch_exceptions=False)
        assert (done.exit_code, done.stderr) == (0, "")
        assert (tmp_path / "o.nq").read_text(encoding="utf-8").count("\n") == 1


@pytest.mark.parametrize(("iterator", "reference"), [("$[*]", "$..q"), ("$..q", "$")])
def test_data_deeper_than_a_path_follows_are_told(tmp_path: Path, iterator: str, reference: str) -> None:
    """`..` follows a hundred levels: what is deeper ended in a traceback of the library."""
    for depth, code in ((97, 0), (100, 1), (500, 1)):
        text = '[{"z": ' + '{"a": ' * depth + '{"q": 5}' + "}" * depth + "}]"
        (tmp_path / "a.json").write_text(text, encoding="utf-8")
        (tmp_path / "m.ttl").write_text(new_mapping("a.json", iterator, (reference,)), encoding="utf-8")
        options = [str(tmp_path / "m.ttl"), "-o", str(tmp_path / "o.nq")]
        done = CliRunner().invoke(map_command, options, catch_exceptions=False)
        assert done.exit_code == code
        path = reference if ".." in reference else iterator
        told = f"error[map-path]: `{path}` cannot be followed: the data are nested deeper than 100 levels"
        assert done.stderr.startswith(told if code else "")
    assert (tmp_path / "o.nq").read_text(encoding="utf-8").count("\n") == 1  # of the run that went well
