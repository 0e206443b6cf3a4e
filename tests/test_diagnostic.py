"""Diagnostics as text, JSON and GitHub annotations; carets count columns; codes are documented."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.text.codes import load_codes
from kg.text.diagnostic import (
    Diagnostic,
    Mark,
    Related,
    Severity,
    SourceText,
    count_severities,
    did_you_mean,
    display_width,
    list_known,
    mark_at,
    mark_of_file,
    render_github,
    render_json,
    render_text,
    sort_diagnostics,
    summarise_counts,
)


def mark(text: str, line: int, column: int, end_column: int, end_line: int | None = None) -> Mark:
    source = SourceText("seeds/a.yaml", text)
    return Mark(source=source, line=line, column=column, end_line=end_line or line, end_column=end_column)


def diagnostic(at: Mark, hint: str | None = None, code: str = "unknown-entity") -> Diagnostic:
    return Diagnostic(code=code, mark=at, message="no entity `su77`", hint=hint)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (
            mark("a: b\nprice: {s: su77, p: price}\n", 2, 12, 16),
            """error[unknown-entity]: no entity `su77`
  --> seeds/a.yaml:2:12
   |
 2 | price: {s: su77, p: price}
   |            ^^^^
   = hint: did you mean `su7`?""",
        ),
        (
            mark("价格: {s: 雷军七, p: price}", 1, 9, 12),
            """error[unknown-entity]: no entity `su77`
  --> seeds/a.yaml:1:9
   |
 1 | 价格: {s: 雷军七, p: price}
   |           ^^^^^^
   = hint: did you mean `su7`?""",
        ),
        (
            mark("\ta:\tsu77", 1, 5, 9),
            """error[unknown-entity]: no entity `su77`
  --> seeds/a.yaml:1:5
   |
 1 |     a:    su77
   |           ^^^^
   = hint: did you mean `su7`?""",
        ),
        (
            mark("e\u0301te\u0301: su77", 1, 8, 12),  # combining accents take no column
            """error[unknown-entity]: no entity `su77`
  --> seeds/a.yaml:1:8
   |
 1 | e\u0301te\u0301: su77
   |      ^^^^
   = hint: did you mean `su7`?""",
        ),
        (
            mark("\n" * 122 + "a: su77\r\n", 123, 4, 8),
            """error[unknown-entity]: no entity `su77`
  --> seeds/a.yaml:123:4
    |
123 | a: su77
    |    ^^^^
    = hint: did you mean `su7`?""",
        ),
        (
            mark("a: [su77,\n  su7]", 1, 4, 7, end_line=2),
            """error[unknown-entity]: no entity `su77`
  --> seeds/a.yaml:1:4
   |
 1 | a: [su77,
   |    ^^^^^^
   = hint: did you mean `su7`?""",
        ),
        (
            mark("", 1, 1, 1),
            """error[unknown-entity]: no entity `su77`
  --> seeds/a.yaml:1:1
   = hint: did you mean `su7`?""",
        ),
        (
            mark("a: b", 7, 1, 2),  # behind the end
            """error[unknown-entity]: no entity `su77`
  --> seeds/a.yaml:7:1
   |
 7 |
   | ^
   = hint: did you mean `su7`?""",
        ),
    ],
)
def test_text(at: Mark, expected: str) -> None:
    assert render_text(diagnostic(at, "did you mean `su7`?")) == expected


def test_long_lines_are_cut_around_the_mark() -> None:
    line = "x" * 400 + "SU77" + "y" * 400
    shown = render_text(diagnostic(mark(line, 1, 401, 405))).split("\n")
    assert len(shown[3]) == len(" 1 | ") + 162 and shown[3].startswith(" 1 | …x") and shown[3].endswith("y…")
    assert shown[3].index("SU77") == shown[4].index("^^^^")


def test_long_chinese_lines_are_cut_by_columns() -> None:
    line = "雷" * 400 + "SU77" + "军" * 400
    shown = render_text(diagnostic(mark(line, 1, 401, 405))).split("\n")
    assert display_width(shown[3]) <= len(" 1 | ") + 162
    assert display_width(shown[3][: shown[3].index("SU77")]) == shown[4].index("^")


def test_nothing_harms_a_terminal() -> None:
    text = "a: \x1b[31m\x07\x9b\u202e\u2066\u200b\x00\x7f\ud800"
    problem = Diagnostic(
        code="unknown-entity",
        mark=mark(text, 1, 4, 5),
        message="no entity `\x1b]0;x\x07`",
        hint="\u202eevil",
        related=(Related(mark=mark("x", 1, 1, 2), message="\x1b[2J"),),
        accepted="\x9b1m\nnext line",
    )
    shown = render_text(problem)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert "next line" in shown and "\nnext line" not in shown


def test_name_of_a_file_harms_no_terminal() -> None:
    source = SourceText("seeds/\x1b[31m.yaml", "a")
    assert "\x1b" not in render_text(diagnostic(mark_of_file(source)))


def test_related_and_accepted() -> None:
    problem = Diagnostic(
        code="unused-entity",
        mark=mark("a: b", 1, 1, 2),
        message="nothing speaks of `a`",
        related=(Related(mark=mark("x\ny: z", 2, 1, 2), message="declared here"),),
        accepted="sold",
    )
    assert problem.severity is Severity.NOTE
    assert (
        render_text(problem)
        == """accepted[unused-entity]: nothing speaks of `a`
  --> seeds/a.yaml:1:1
   |
 1 | a: b
   | ^
   = see: seeds/a.yaml:2:1: declared here
   = accepted: sold"""
    )


def test_json_has_the_same_fields_for_each() -> None:
    found = [
        diagnostic(mark("a: 雷军", 1, 4, 6), "did you mean `雷`?"),
        Diagnostic(
            code="unused-entity", mark=mark("a", 1, 1, 2), message="m", accepted="why",
            related=(Related(mark=mark("b", 1, 1, 2), message="r"),),
        ),
    ]  # fmt: skip
    records = json.loads(render_json(found))
    assert records[0] == {
        "code": "unknown-entity",
        "severity": "error",
        "file": "seeds/a.yaml",
        "line": 1,
        "column": 4,
        "endLine": 1,
        "endColumn": 6,
        "message": "no entity `su77`",
        "hint": "did you mean `雷`?",
        "accepted": None,
        "related": [],
    }
    assert records[1].keys() == records[0].keys()
    assert records[1]["severity"] == "note" and records[1]["accepted"] == "why"
    assert records[1]["related"] == [{"file": "seeds/a.yaml", "line": 1, "column": 1, "message": "r"}]
    assert json.loads(render_json([])) == []


def test_github_escapes_what_would_end_the_command() -> None:
    source = SourceText("seeds/a,b:c%.yaml", "x")
    at = Mark(source=source, line=1, column=1, end_line=1, end_column=2)
    problem = Diagnostic(code="unused-entity", mark=at, message="100% `a\nb`", hint="x::error::y")
    assert render_github(problem) == (
        "::warning file=seeds/a%2Cb%3Ac%25.yaml,line=1,col=1,endColumn=2,title=unused-entity"
        "::100%25 `a%0Ab`%0Ahint: x::error::y"
    )
    spread = diagnostic(mark("a\nb", 1, 1, 2, end_line=2))
    assert (
        render_github(spread)
        == "::error file=seeds/a.yaml,line=1,col=1,endLine=2,title=unknown-entity::no entity `su77`"
    )
    note = Diagnostic(code="unverified", mark=at, message="m")
    assert render_github(note).startswith("::notice ")


def test_sorted_and_each_once() -> None:
    first, second = diagnostic(mark("a\nb", 1, 1, 2)), diagnostic(mark("a\nb", 2, 1, 2))
    other = diagnostic(mark("a\nb", 1, 1, 2), code="unknown-class")
    assert sort_diagnostics([second, first, other, first]) == [other, first, second]


def test_counts() -> None:
    at = mark("a", 1, 1, 2)
    found = [diagnostic(at), diagnostic(at, code="unused-entity"), diagnostic(at, code="unused-entity")]
    counts = count_severities(found)
    assert list(counts) == [Severity.ERROR, Severity.WARNING, Severity.NOTE]
    assert summarise_counts(counts) == "1 error, 2 warnings, 0 notes"


def test_hints() -> None:
    assert did_you_mean("PRICE", ["price"]) == "did you mean `price`?"
    assert did_you_mean("xyz", ["price"]) is None
    assert did_you_mean("price", []) is None
    assert did_you_mean("beijing", ["beijing-auto-show-2024", "su7"]) == "did you mean `beijing-auto-show-2024`?"
    assert did_you_mean("bei", ["beijing-auto-show-2024", "beijing-motor-show-2024"]) is None
    assert list_known([]) == ""
    assert list_known("cab") == "`a`, `b`, `c`"


def test_an_undocumented_code_is_a_bug_of_ours() -> None:
    with pytest.raises(KeyError, match="undocumented"):
        Diagnostic(code="no-such-code", mark=mark("a", 1, 1, 2), message="m")


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 10))
def test_marks_of_any_text(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    at = mark_at(SourceText("a", text), start, start + length)
    assert (at.line, at.column) == (text[:start].count("\n") + 1, len(text[:start].rpartition("\n")[2]) + 1)
    lines = render_text(diagnostic(at)).split("\n")
    assert len(lines) == (5 if text else 2)


# ---- codes


@pytest.mark.parametrize("code", load_codes().values(), ids=lambda code: code.name)
def test_code_is_described_whole(code: object) -> None:
    from kg.text.codes import Code

    assert isinstance(code, Code)
    assert code.severity in {"error", "warning", "note"}
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", code.name)
    assert code.cause.endswith(".") and code.remedy.endswith(".")
    assert code.right
    assert code.wrong != code.right
