"""XML: what is streamed and what is read whole are the same, on any document; broken and hostile ones are refused."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sweep import sweep

from kg.tables.command import map_command

HEAD = "@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .\n"
REFERENCES = ("a", "@k", "b/c", "b/@k", "a/text()", ".", "*", "x:a", "b[1]/c", "b/*/a")


def run(folder: Path, file: str, iterator: str, references: tuple[str, ...]) -> tuple[int, str, list[str], str]:
    """Exit code, the messages, the sorted lines, and how the file was read."""
    poms = "".join(
        f'; rml:predicateObjectMap [ rml:predicate <p{i}>; rml:objectMap [ rml:reference "{r}" ] ]'
        for i, r in enumerate(references)
    )
    namespace = '[ rml:namespacePrefix "x"; rml:namespaceURL "http://x.org/" ]'
    formulation = f"[ a rml:XPathReferenceFormulation; rml:namespace {namespace} ]"
    source = f'rml:source "{file}"; rml:referenceFormulation {formulation}; rml:iterator "{iterator}"'
    mapping = f"{HEAD}<m> rml:logicalSource [ {source} ]; rml:subjectMap [ rml:termType rml:BlankNode ]{poms} ."
    (folder / "map.ttl").write_text(mapping, encoding="utf-8")
    out = folder / "out.nq"
    out.unlink(missing_ok=True)
    options = [str(folder / "map.ttl"), "-o", str(out), "--data", str(folder), "--explain"]
    result = CliRunner().invoke(map_command, options, catch_exceptions=False)
    lines = sorted(out.read_text(encoding="utf-8").split("\n")[:-1]) if out.exists() else []
    messages = "\n".join(line for line in result.stderr.split("\n") if line.startswith("error"))
    reader = "stream" if "streamed by lxml" in result.stdout else "whole" if "read whole" in result.stdout else ""
    return result.exit_code, messages, lines, reader


tags = st.sampled_from(["p", "r", "a", "b", "c", "x:a", "x:p"])
contents = st.sampled_from(["t", " ", "é & <", "]]>", "\U0001f600", "1.50"]).map(escape)
extras = st.sampled_from(["<!-- n -->", "<?pi a?>", "<![CDATA[<a>]]>", ""])
attributes = st.one_of(st.just(""), contents.map(lambda value: f" k={quoteattr(value)}"))


def write_element(tag: str, attribute: str, inner: list[str]) -> str:
    return f"<{tag}{attribute}>{''.join(inner)}</{tag}>"


elements = st.recursive(
    st.one_of(contents, extras, tags.map(lambda tag: f"<{tag}/>")),
    lambda inner: st.builds(write_element, tags, attributes, st.lists(inner, max_size=4)),
    max_leaves=14,
)


@sweep(60)
@given(
    inner=st.lists(elements, max_size=4), iterator=st.sampled_from(["/r/p", "r/p/p", "r", "./r/*", "/*/x:p", "*/b/p"])
)
def test_stream_and_tree_give_the_same(
    inner: list[str], iterator: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("xml")
    (folder / "a.xml").write_text(f'<r xmlns:x="http://x.org/">{"".join(inner)}</r>', encoding="utf-8")
    code, messages, lines, reader = run(folder, "a.xml", iterator, REFERENCES)
    assert reader == "stream"
    assert (code, messages, lines, "whole") == run(folder, "a.xml", iterator + "[true()]", REFERENCES)


@pytest.mark.parametrize(
    ("iterator", "reference", "reader"),
    [
        ("/r/p", "a", "stream"),
        ("/r/p", "a/@k", "stream"),
        ("/r/p", "../@k", "whole"),
        ("/r/p", "/r/p/a", "whole"),
        ("/r/p", "count(a)", "whole"),
        ("//p", "a", "whole"),
        ("/r/p[1]", "a", "whole"),
    ],
)
def test_explain_says_how(tmp_path: Path, iterator: str, reference: str, reader: str) -> None:
    (tmp_path / "a.xml").write_text('<r k="x"><p><a k="1">1</a></p></r>', encoding="utf-8")
    code, messages, lines, how = run(tmp_path, "a.xml", iterator, (reference,))
    assert (code, messages, len(lines), how) == (0, "", 1, reader)


ENTITY = '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r><p><a>&e;</a></p></r>'
BOMB = '<!DOCTYPE r [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;">]><r><p><a>&b;&b;</a></p></r>'


@pytest.mark.parametrize("iterator", ["/r/p", "/r/p[true()]", "/r/none"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTITY, "(line 1, column 1): a document with a DOCTYPE is refused"),
        (BOMB, "(line 1, column 1): a document with a DOCTYPE is refused"),
        ("<!DOCTYPE r><r/>", "(line 1, column 1): a document with a DOCTYPE is refused"),
        ("<r>\n<p><a>1</a></p>\n<p><a>", "(line 3, column 7): premature end of data in tag a line 3"),
        ("<r><p></q></r>", "(line 1, column 11): opening and ending tag mismatch: p line 1 and q"),
        ("", "(line 1, column 1): document is empty"),
        (
            "<r>\n<p><a>x&nbsp;y</a></p></r>",
            "(line 2, column 14): no entity `&nbsp;`: XML has `&amp;`, `&lt;`, `&gt;`, `&quot;` and `&apos;` alone",
        ),
        (
            "<r><p><a>x & y</a></p></r>",
            "(line 1, column 13): an `&` that begins no entity; a sign of its own is written `&amp;`",
        ),
    ],
)
def test_refused(tmp_path: Path, iterator: str, text: str, message: str) -> None:
    (tmp_path / "a.xml").write_text(text, encoding="utf-8")
    code, messages, lines, _ = run(tmp_path, "a.xml", iterator, ("a",))
    assert (code, lines) == (1, [])
    assert messages == f"error[source-unreadable]: `a.xml` is not well-formed {message}"


@pytest.mark.parametrize(
    "text", ["1.82", "86.3173952", "7.53873752660150", "-0.1", " .5 ", "12345678901234567890", "5."]
)
def test_a_number_is_read_as_it_is_written(tmp_path: Path, text: str) -> None:
    """libxml2 reads 1.82 as 1.8199999999999998."""
    (tmp_path / "a.xml").write_text(f"<r><p><a>{text}</a></p></r>", encoding="utf-8")
    code, messages, [line], _ = run(tmp_path, "a.xml", "/r/p", ("number(a)",))
    assert (code, messages) == (0, "")
    written = line.split('"')[1]
    assert (float(written), "e" in written.lower()) == (float(text), False)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a * 100", "182"),
        ("sum(a)", "1.82"),
        ("a + 0.1", "1.92"),
        ("a div 7", "0.26"),
        ("count(//a)", "1"),
        ("number(zzz)", "NaN"),
        ("number(true())", "1"),
        ("number(a) * 2", "3.64"),
        ("number((a))", "1.82"),
        ("number('7') + number('2')", "9"),
        ("a * 10000000000000000", None),
    ],
)
def test_numbers_that_are_computed(tmp_path: Path, expression: str, value: str | None) -> None:
    (tmp_path / "a.xml").write_text("<r><p><a>1.82</a></p></r>", encoding="utf-8")
    code, messages, lines, _ = run(tmp_path, "a.xml", "/r/p", (expression,))
    if value is None:
        told = (
            f"error[map-path]: `{expression}` is no XPath: it gives a number of more digits than the library computes"
        )
        assert (code, messages, lines) == (1, told, [])
    else:
        assert (code, messages, [line.split('"')[1] for line in lines]) == (0, "", [value])


GREAT = "x" * (11 << 20)


@pytest.mark.parametrize("iterator", ["/r/p", "/r/p[true()]"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"<r><p><a>{GREAT}</a></p></r>", "a text, an attribute or a comment is longer than 10 MB"),
        (f"<r><p><a><![CDATA[{GREAT}]]></a></p></r>", "a text, an attribute or a comment is longer than 10 MB"),
        (f"<r><p a='{GREAT}'><a/></p></r>", "a text, an attribute or a comment is longer than 10 MB"),
        (f"<r><p><!--{GREAT}--><a/></p></r>", "a text, an attribute or a comment is longer than 10 MB"),
        (f"<r><p><?{'a ' + GREAT}?><a/></p></r>", "a text, an attribute or a comment is longer than 10 MB"),
        (f"<r><p><{GREAT[:60_000]}/></p></r>", "a name is longer than 50,000 bytes"),
        ("<r>" + "<p>" * 300 + "</p>" * 300 + "</r>", "elements lie more than 256 deep"),
    ],
    ids=["text", "CDATA", "attribute", "comment", "instruction", "name", "depth"],
)
def test_more_than_the_parser_takes(tmp_path: Path, iterator: str, text: str, message: str) -> None:
    (tmp_path / "a.xml").write_text(text, encoding="utf-8")
    code, told, lines, _ = run(tmp_path, "a.xml", iterator, ("a",))
    place, _, said = told.partition("): ")
    assert (code, lines, said) == (1, [], message)
    assert place.startswith("error[source-unreadable]: `a.xml` has too much for the parser of XML (line 1, column ")


def test_a_stream_forgets_what_it_read(tmp_path: Path) -> None:
    from kg.tables.sources.xmlstream import stream_records

    (tmp_path / "a.xml").write_text("<r>" + "<p><a>1</a></p><q/>" * 20_000 + "</r>", encoding="utf-8")
    seen = 0
    for record in stream_records(tmp_path / "a.xml", ("r", "p")):
        seen += 1
        assert len(record.getparent()) < 10_000  # what one piece of the file holds
    assert seen == 20_000


COMPARED = {
    "a = 12345678901234568": "true",  # one double
    "a = 12345678901234565": "false",
    "a = '12345678901234568'": "false",
    "e > 1": "false",  # XPath 1.0 knows no exponents: NaN
    "e = e": "true",  # two texts
    "number(e) = number(e)": "false",
    "not(e <= 1000)": "true",
    "m + 0": "NaN",
    "m * 2 = 3.64": "false",
    "d * 2 = 3.64": "true",
    "d * 100 = 182": "true",
    "d < 1.82 or d > 1.82": "false",
    "d = 1.82 and d >= '1.82'": "true",
    "51.7154225229843867 < 51.7154225229843868": "false",
    "sum(v) = 0.6000000000000001": "true",
    "count(v[. > 0.15]) = 2": "true",
    "v > 0.25 and v < 0.15": "true",  # some of them
    "count(v[position() < 3]) = 2": "true",
    "-d < 0 and - d|d < 0": "true",
    "true() > z": "true",  # a boolean and a set without nodes: 1 > 0
    "z > 0 or z = 0 or z < 0": "false",
    "@n + d": "3.82",
    "@n > 1.5": "true",
    "v[@k > 1]": "0.2",
    "floor(d * 50)": "91",
    "a mod 2 = 0": "true",
    "string-length(d) + 1": "5",
    "concat(d, '-', count(v))": "1.82-3",
    "d != 1.82": "false",
    "'(' = '[' or d > 1": "true",
}


@pytest.fixture(scope="module", params=["/r/p", "/r/p[d > 1.8199999999999998]"])
def compared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each expression gives, all of one record in one run."""
    folder = tmp_path_factory.mktemp("numbers")
    record = (
        '<p n="2"><a>12345678901234567</a><e>1e3</e><d>1.82</d><m>1.82.1</m><v>0.1</v><v k="2">0.2</v><v>0.3</v></p>'
    )
    (folder / "a.xml").write_text(f"<r>{record}</r>", encoding="utf-8")
    code, messages, lines, _ = run(folder, "a.xml", request.param, tuple(COMPARED))
    assert (code, messages, len(lines)) == (0, "", len(COMPARED))
    values = {line.split(" ")[1]: line.split('"')[1] for line in lines}
    return [values[f"<http://example.org/p{n}>"] for n in range(len(COMPARED))]


@pytest.mark.parametrize(("expression", "value"), COMPARED.items())
def test_numbers_are_compared_as_xpath_has_it(expression: str, value: str, compared: list[str]) -> None:
    """libxml2 reads `1e3` as 1000 and 1.82 as 1.8199999999999998."""
    assert compared[list(COMPARED).index(expression)] == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (" or ".join(f"d = {n}" for n in range(2000, 0, -1)), "true"),
        ("+".join(["d"] * 1500), "1500"),
        ("-" * 1501 + "d", "-1"),
        ("count(" + "|".join(["d"] * 1500) + ") - 1", "0"),
        ("(" * 200 + "d + 1" + ")" * 200, "2"),
    ],
    ids=["or", "plus", "minus", "union", "brackets"],
)
def test_a_long_expression_is_no_deep_one(tmp_path: Path, expression: str, value: str) -> None:
    """A condition that lists a thousand values was a traceback of Python's own depth."""
    (tmp_path / "a.xml").write_text("<r><p><d>1</d></p></r>", encoding="utf-8")
    code, messages, lines, _ = run(tmp_path, "a.xml", "/r/p", (expression,))
    assert (code, messages, [line.split('"')[1] for line in lines]) == (0, "", [value])


def test_brackets_that_are_nested_too_deep_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<r><p><d>1</d></p></r>", encoding="utf-8")
    for depth in (201, 450, 5000):
        code, messages, lines, _ = run(tmp_path, "a.xml", "/r/p", ("(" * depth + "d + 1" + ")" * depth,))
        assert (code, lines) == (1, []) and messages.startswith("error[map-path]")


@pytest.mark.parametrize("name", ["मूल्य", "ราคา", "قیمت", "価格", "prix·net", "prix-net.é"])
def test_names_in_any_script_are_names(tmp_path: Path, name: str) -> None:
    """A vowel sign or a dot in the middle ended the tokens, and what followed was compared by libxml2."""
    record = f"<p><{name}>1.82</{name}></p>"
    (tmp_path / "a.xml").write_text(f"<r>{record}</r>", encoding="utf-8")
    for expression, value in ((f"{name}[. > 1.8199999999999998]", "1.82"), (f"{name} * 100", "182"), (name, "1.82")):
        code, messages, lines, _ = run(tmp_path, "a.xml", "r/p", (expression,))
        assert (code, messages, [line.split('"')[1] for line in lines]) == (0, "", [value])
    code, messages, lines, _ = run(tmp_path, "a.xml", f"r/{name} | r/p", (name,))  # both begin at the document
    assert (code, messages, len(lines)) == (0, "", 1)
