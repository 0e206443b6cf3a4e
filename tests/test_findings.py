"""The collector of mistakes: what it holds, in which order, and that it knows no undescribed code."""

from __future__ import annotations

import pytest

from kg.text.diagnostic import Diagnostic, Related, Severity, SourceText, mark_of_file
from kg.text.findings import Findings

MARK = mark_of_file(SourceText("a.yaml", "s: su77"))


def test_findings_keep_what_they_are_told_in_that_order() -> None:
    findings = Findings()
    first = Related(mark=MARK, message="the first")
    findings.tell("unused-entity", MARK, "nothing speaks of `su7`")
    findings.tell("duplicate-id", MARK, "a second entity `su7`", "rename one of the two", first)
    assert list(findings) == [
        Diagnostic(code="unused-entity", mark=MARK, message="nothing speaks of `su7`"),
        Diagnostic(
            code="duplicate-id",
            mark=MARK,
            message="a second entity `su7`",
            hint="rename one of the two",
            related=(first,),
        ),
    ]
    assert [d.severity for d in findings] == [Severity.WARNING, Severity.ERROR]


def test_findings_take_those_of_others() -> None:
    findings, others = Findings(), Findings()
    others.tell("unused-entity", MARK, "nothing speaks of `su7`")
    findings.add(others)
    findings.add(iter(()))
    assert findings.diagnostics == others.diagnostics
    findings.tell("unused-entity", MARK, "nothing speaks of `su8`")
    assert len(findings.diagnostics) == 2
    assert len(others.diagnostics) == 1


def test_a_mistake_that_is_met_twice_is_told_once() -> None:
    findings = Findings()
    for _ in range(2):
        findings.tell("unused-entity", MARK, "nothing speaks of `su7`")
    findings.add(findings.diagnostics)
    assert len(findings.diagnostics) == 1


def test_only_errors_are_errors() -> None:
    findings = Findings()
    assert not findings.has_errors and list(findings) == []
    findings.tell("unused-entity", MARK, "nothing speaks of `su7`")
    assert not findings.has_errors
    findings.tell("unknown-entity", MARK, "no entity `su77`")
    assert findings.has_errors
    assert findings, "a collector is one, whether or not it holds anything"


def test_a_code_must_be_described() -> None:
    with pytest.raises(KeyError, match="undocumented diagnostic code 'no-such-code'"):
        Findings().tell("no-such-code", MARK, "anything")
