"""YAML text becomes nodes with marks, or diagnostics at the cause; never an exception."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kg.text.diagnostic import KgError, SourceText, render_text
from kg.text.yamldoc import (
    Document,
    MappingNode,
    Node,
    Scalar,
    SequenceNode,
    describe_node,
    parse_document,
    read_document,
)
from kg.text.yamltext import write_scalar


def read(text: str) -> Document:
    return parse_document(SourceText("a.yaml", text))


def shown(text: str) -> str:
    return "\n\n".join(map(render_text, read(text).diagnostics))


def root(text: str) -> MappingNode:
    document = read(text)
    assert document.diagnostics == () and isinstance(document.root, MappingNode)
    return document.root


def scalars(node: Node | None) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case SequenceNode(items=items):
            return [s for item in items for s in scalars(item)]
        case MappingNode(entries=entries):
            return [s for key, value in entries for s in (key, *scalars(value))]
    return []


@pytest.mark.parametrize(
    "text", ["no", "2024-04-28", "73.60", "0x1F", "1_000", "null", "~", "1e3", "0777", ".5", "yes"]
)
def test_scalars_stay_text(text: str) -> None:
    node = root(f"a: {text}").get("a")
    assert isinstance(node, Scalar) and node.text == text and node.plain


def test_marks_count_code_points() -> None:
    node = root("雷军: {🚗: su7}").get("雷军")
    assert isinstance(node, MappingNode)
    key = node.keys["🚗"]
    assert (str(key.mark), key.mark.excerpt) == ("a.yaml:1:6", "🚗")
    assert node.nodes["🚗"].mark.excerpt == "su7"


def test_marks_of_collections() -> None:
    top = root("a: {b: [c, d]}\ne:\n  - f\n  - g\n")
    inner = top.get("a")
    assert isinstance(inner, MappingNode)
    assert inner.mark.excerpt == "{b: [c, d]}" and inner.nodes["b"].mark.excerpt == "[c, d]"
    block = top.get("e")
    assert isinstance(block, SequenceNode)
    assert (block.mark.line, block.mark.column, block.mark.end_line) == (3, 3, 3)


def test_part_of_a_scalar() -> None:
    top = root("a: 5 vehicle\nb: '5 vehicle'\nc: \"5\\x20vehicle\"\nd: >-\n  5 vehicle\n")
    marks = {key: node.part(2, 9).excerpt for key, node in top.nodes.items() if isinstance(node, Scalar)}
    # Where the text is not written as it reads, the whole scalar is marked.
    assert marks == {"a": "vehicle", "b": "vehicle", "c": '"5\\x20vehicle"', "d": ">-"}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends(end: str) -> None:
    node = root(f"a: b{end}c: d{end}").nodes["c"]
    assert (str(node.mark), node.mark.excerpt) == ("a.yaml:2:4", "d")


def test_aliases_stand_for_their_node() -> None:
    top = root("a: &x {b: c}\nd: *x\n")
    assert top.nodes["a"] is top.nodes["d"]


def test_describe() -> None:
    top = root("a: b\nc: [d]\ne: {f: g}\nh:\ni: ''")
    assert [describe_node(n) for n in top.nodes.values()] == ["a text", "a list", "a mapping", "nothing", "a text"]


def test_broken_mappings_say_so() -> None:
    document = read("a: {b: 75,600 order, c: d}\ne: {f: g}")
    assert isinstance(document.root, MappingNode)
    a, e = document.root.nodes["a"], document.root.nodes["e"]
    assert isinstance(a, MappingNode) and isinstance(e, MappingNode)
    assert (a.broken, e.broken) == (True, False)
    assert list(a.nodes) == ["c"]  # half a number is no number


# ---- what is wrong, whole texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "雷军: {s: 雷军, o: 75,600 order}",
            """error[stray-comma]: `600 order` is a key without a value
  --> a.yaml:1:19
   |
 1 | 雷军: {s: 雷军, o: 75,600 order}
   |                       ^^^^^^^^^
   = hint: write the number without separators: `75600 order`""",
        ),
        (
            "a:\tb\n\tc: d",
            """error[yaml-syntax]: a tab in the indentation
  --> a.yaml:2:1
   |
 2 |     c: d
   | ^^^^
   = hint: indent with spaces: YAML allows no tab here""",
        ),
        (
            "a: b\na: c\n",
            """error[yaml-duplicate-key]: the key `a` stands twice
  --> a.yaml:2:1
   |
 2 | a: c
   | ^
   = see: a.yaml:1:1: first here""",
        ),
        (
            "a: {b: c\nd: e",
            """error[yaml-syntax]: the bracket `{` is not closed
  --> a.yaml:1:4
   |
 1 | a: {b: c
   |    ^
   = see: a.yaml:2:2: what stands here does not belong into it""",
        ),
        (
            "a: {b: c",
            """error[yaml-syntax]: the bracket `{` is not closed
  --> a.yaml:1:4
   |
 1 | a: {b: c
   |    ^""",
        ),
        (
            "a: 'it's'",
            """error[yaml-syntax]: expected a key
  --> a.yaml:1:8
   |
 1 | a: 'it's'
   |        ^
   = see: a.yaml:1:1: the mapping begins here
   = hint: the quoted text ends before this; a quote inside it is written `''`""",
        ),
        (
            "a: >3 x",
            """error[yaml-syntax]: a block text begins on the next line
  --> a.yaml:1:4
   |
 1 | a: >3 x
   |    ^
   = hint: a value that begins with `>` needs quotes""",
        ),
        (
            'a: "C:\\dir"',
            """error[yaml-syntax]: an escape that YAML does not know
  --> a.yaml:1:7
   |
 1 | a: "C:\\dir"
   |       ^
   = see: a.yaml:1:4: the quote opens here
   = hint: in double quotes a backslash begins an escape: write `\\\\`, or use single quotes""",
        ),
        (
            "a:\n  b: c\n d: e\n",
            """error[yaml-syntax]: expected a key
  --> a.yaml:3:2
   |
 3 |  d: e
   |  ^
   = see: a.yaml:1:1: the mapping begins here
   = hint: indent the line as its neighbours are""",
        ),
        (
            "a: 小米\nc: \x1b[31md",
            """error[encoding]: a character that YAML does not allow
  --> a.yaml:2:4
   |
 2 | c: ␛[31md
   |    ^
   = hint: write it as an escape in double quotes ("\\x07"), or leave it out""",
        ),
        (
            "a: b\u2028c: d",
            """error[encoding]: the character U+2028 ends a line for some readers and not for others
  --> a.yaml:1:5
   |
 1 | a: b\ufffdc: d
   |     ^
   = hint: leave it out, or write it as an escape in double quotes ("\\u2028")""",
        ),
        (
            "a: b\rc: d",
            """error[encoding]: a carriage return alone is no line end
  --> a.yaml:1:5
   |
 1 | a: b␍c: d
   |     ^
   = hint: save the file with LF or CR LF at the ends of lines""",
        ),
        (
            "a: \ud800",
            """error[encoding]: half of a surrogate pair
  --> a.yaml:1:4
   |
 1 | a: \ufffd
   |    ^
   = hint: leave it out""",
        ),
        (
            "a: " + "雷" * 200 + "\nb: {c: " + "d" * 150 + ", e: *x, f: " + "g" * 150 + "}",
            """error[yaml-syntax]: no anchor `&x` before this alias
  --> a.yaml:2:163
   |
 2 | …"""
            + "d" * 48
            + ", e: *x, f: "
            + "g" * 100
            + """…
   |                                                       ^^""",
        ),
    ],
)
def test_shown(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 10_000 + "]" * 10_000, "yaml-limit"),
        ("{a: " * 10_000 + "b" + "}" * 10_000, "yaml-limit"),
        ("".join("  " * i + "a:\n" for i in range(100)), "yaml-limit"),
        ("- " * 10_000 + "a", "yaml-limit"),
        ("a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40)), "yaml-limit"),
        ("a: !!python/object:os.system x", "yaml-unsupported"),
        ("a: !x b", "yaml-unsupported"),
        ("<<: {a: b}", "yaml-unsupported"),
        ("a: b\n---\nc: d", "yaml-unsupported"),
        ("{a: b}: c", "yaml-unsupported"),
        ("[a]: c", "yaml-unsupported"),
        ('a: "\\0"', "encoding"),
        ("a: \x00", "encoding"),
        ("a: \x85", "encoding"),
        ("a: &b *b", "yaml-syntax"),
        ("a: *b", "yaml-syntax"),
        ("%YAML 3.0\n---\na: b", "yaml-syntax"),
        ("a: @b", "yaml-syntax"),
        ("]", "yaml-syntax"),
        ("a: |\n  b\n c", "yaml-syntax"),
    ],
)
def test_refused(text: str, code: str) -> None:
    assert [d.code for d in read(text).diagnostics] == [code]


@pytest.mark.parametrize("levels", [65, 999, 1_001, 20_000])
@pytest.mark.parametrize(
    ("opening", "closing", "column"),
    [("[", "]", 65), ("{a: ", "}", 257), ("- ", "", 129), ("[{a: ", "}]", 161), ("? ", "", 129)],
)
def test_the_limit_of_depth_is_ours(levels: int, opening: str, closing: str, column: int) -> None:
    """Whatever the library does first: libyaml 0.2.6 refuses more than 1,000 levels before it gives one event."""
    [found] = read(opening * levels + "a" + closing * levels).diagnostics
    assert (found.code, str(found.mark), found.message) == (
        "yaml-limit",
        f"a.yaml:1:{column}",
        "nested deeper than 64 levels",
    )
    if levels > 1_000:  # and whatever else is wrong behind it
        assert [d.code for d in read(opening * levels + '"a').diagnostics] == ["yaml-limit"]


def test_the_limit_of_depth_far_down_in_a_file() -> None:
    text = "".join(f"a{i}: x\n" for i in range(40_000)) + "b: " + "[" * 20_000
    [found] = read(text).diagnostics
    assert (found.code, found.mark.line, found.message) == ("yaml-limit", 40_001, "nested deeper than 64 levels")


def test_64_levels_are_read() -> None:
    assert read("[" * 64 + "a" + "]" * 64).diagnostics == ()
    [found] = read("[" * 64 + '"a').diagnostics
    assert (found.code, found.message) == ("yaml-syntax", 'the quote `"` is not closed')


def test_a_plain_less_than_is_no_merge_when_quoted() -> None:
    assert list(root("'<<': b").nodes) == ["<<"]


def test_several_mistakes_in_one_run() -> None:
    found = read("a: {b: c, b: d}\ne: !x f\ng: {h}\na: i")
    assert [(d.code, d.mark.line) for d in found.diagnostics] == [
        ("yaml-duplicate-key", 1),
        ("yaml-unsupported", 2),
        ("stray-comma", 3),
        ("yaml-duplicate-key", 4),
    ]


# ---- files


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("a: b".encode("utf-16"), "the file is UTF-16, not UTF-8"),
        (b"\xfe\xff\x00a", "the file is UTF-16, not UTF-8"),
        ("a: b".encode("utf-16-le"), "is the file UTF-16? save it as UTF-8"),
        ("title: Café".encode("latin-1"), "byte 0xE9 is not UTF-8"),
        (b"a: b\nc: \xed\xa0\x80", "a.yaml:2:4"),
        ("a: 雷军\xff".encode("latin-1", errors="replace"), "byte 0xFF is not UTF-8"),
    ],
)
def test_encodings(tmp_path: Path, raw: bytes, words: str) -> None:
    (tmp_path / "a.yaml").write_bytes(raw)
    document = read_document(tmp_path / "a.yaml", "a.yaml")
    assert document.root is None
    (problem,) = document.diagnostics
    assert problem.code == "encoding" and words in render_text(problem)


def test_byte_order_mark_is_taken_off(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("\ufeffa: b\r\n".encode())
    document = read_document(tmp_path / "a.yaml", "a.yaml")
    assert isinstance(document.root, MappingNode) and str(document.root.keys["a"].mark) == "a.yaml:1:1"
    assert document.source.text == "a: b\r\n"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KgError, match=r"cannot read seeds/a\.yaml: No such file"):
        read_document(tmp_path / "a.yaml", "seeds/a.yaml")


# ---- any text

YAML_LIKE = st.text(
    st.one_of(st.sampled_from(" \n\t:,{}[]&*!|>'\"%@`#-?abc<~\\\r0雷\u2028\x85\ufeff\x00\ud800"), st.characters()),
    max_size=80,
)


@pytest.mark.parametrize("text", ["?", "a: 1\n?", "- ?", "? a\n?", "{a: 1}\n---\n?"])
def test_what_a_file_leaves_open_at_its_end_has_a_place_in_it(text: str) -> None:
    """The value of a lone `?` stood on the line behind the last one, which no message can show."""
    document = read(text)
    for mark in [s.mark for s in scalars(document.root)] + [d.mark for d in document.diagnostics]:
        assert 1 <= mark.line <= mark.end_line <= len(document.source.lines)
        assert mark.excerpt in text


@given(YAML_LIKE)
def test_any_text_gives_a_document(text: str) -> None:
    document = read(text)
    for diagnostic in document.diagnostics:
        assert render_text(diagnostic).encode()
        assert 1 <= diagnostic.mark.line <= len(document.source.lines)
    lines = document.source.lines
    for scalar in scalars(document.root):
        assert 1 <= scalar.mark.line <= len(lines)
        if scalar.plain and scalar.text and scalar.mark.line == scalar.mark.end_line:
            assert scalar.mark.excerpt == scalar.text


HIDDEN = "a\x1b[2J\u202eb\x07\x85\u2028\ufeff\u061c\u00ad\U000e0041"


@given(YAML_LIKE.filter(lambda text: not re.search("[\0\ud800-\udfff]", text)))
@example(">3")
@example("...")
@example("2024-03?")
@example("\ufffe\uffff")
@example(HIDDEN)
@example("~")
@example("no")
def test_any_text_is_written_so_that_every_reader_takes_it_back(text: str) -> None:
    written = write_scalar(text)
    for whole in (f"{{x: {written}, y: z}}", f"[{written}]", f"x: {written}\n", f"{{{written}: x}}"):
        for loader in (yaml.SafeLoader, yaml.CSafeLoader):  # the one of Python takes less without quotes
            values = [e.value for e in yaml.parse(whole, Loader=loader) if isinstance(e, yaml.ScalarEvent)]
            assert text in values
    assert [s.text for s in scalars(read(f"x: {written}").root)] == ["x", text]


def test_what_cannot_be_seen_is_written_as_escapes() -> None:
    assert write_scalar(HIDDEN).isprintable()


WORDS = st.text("abc é雷", min_size=1, max_size=5)


@given(st.recursive(WORDS, lambda s: st.lists(s) | st.dictionaries(st.text("abc", min_size=1), s)))
def test_what_was_written_is_read(value: object) -> None:
    document = read(json.dumps(value, ensure_ascii=False))
    assert document.diagnostics == ()
    assert plain(document.root) == value


def plain(node: Node | None) -> object:
    match node:
        case Scalar(text=text):
            return text
        case SequenceNode(items=items):
            return [plain(item) for item in items]
        case MappingNode(entries=entries):
            return {key.text: plain(value) for key, value in entries}
    return None


def test_half_a_surrogate_pair_is_told_and_shown() -> None:
    (problem,) = parse_document(SourceText("m.yarrrml.yaml", "mappings: {a: '\ud800'}\nsources: {}\n")).diagnostics
    assert "half of a surrogate pair" in render_text(problem)
