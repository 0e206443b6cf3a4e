"""Proposals from ordinary news: words that stand for names, ranges, dates without a year, unnamed authors, years."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from proposal_news import CHINESE, ENGLISH, lay_out_news

from kg.build.pipeline import Checked
from kg.drafts.proposal.formats import ProposalFile, read_rows, rows_of
from kg.drafts.proposal.judge import judge_proposals
from kg.text.edtf import parse_edtf
from kg.text.relative import find_relative

Changes = dict[str, object]
HIRES: Changes = {
    "subject": "Halden Marine", "predicate": "creates jobs", "object": "120 to 150", "speaker": "Ingrid Aas",
    "quote": "She added that the company would hire between 120 and 150 workers next year.",
    "mode": "plan", "when": "2027", "document": "harbour",
}  # fmt: skip
SIGNED: Changes = {
    "subject": "ferry order", "predicate": "agreed on", "object": "2026-03-03", "document": "harbour",
    "quote": "The council signed the contract on 3 March.",
}  # fmt: skip
BOUGHT: Changes = {
    "subject": "Yuanhang Battery", "predicate": "acquired", "object": "蓝湾科技", "object_type": "Organization",
    "quote": "她表示，公司没有收购蓝湾科技。", "negated": True, "speaker": "林晓岚", "document": "dianchi",
}  # fmt: skip
STAFF: Changes = {
    "subject": "Yuanhang Battery", "predicate": "employees", "object": "6200人", "document": "dianchi",
    "quote": "公司成立于2009年，总部位于青川，现有员工6200人。",
}  # fmt: skip
PLEDGE: Changes = {
    "subject": "林晓岚", "predicate": "statement", "object": "提供1500个停车位",
    "quote": "“我们会提供1500个停车位。”他说。",
    "mode": "promise", "when": "unknown", "speaker": "周启明", "document": "dianchi",
}  # fmt: skip


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    return lay_out_news(tmp_path_factory.mktemp("news") / "project", {"harbour": ENGLISH, "dianchi": CHINESE})


def judge_codes(checked: Checked, *rows: Changes) -> list[str | None]:
    """The code of each row; None of one that is new."""
    raw = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
    found = judge_proposals(checked, read_rows("jsonl", [ProposalFile(name="rows.jsonl", raw=raw)]))
    return [None if judged.verdict == "new" else judged.code or judged.verdict.value for judged in found]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (HIRES, None),
        ({**HIRES, "object": "120..150"}, None),
        ({**HIRES, "object": "between 120 and 150 jobs"}, None),
        ({**HIRES, "object": "150"}, "bound-not-in-sentence"),
        ({**HIRES, "object": "120 to 180"}, "figure-not-in-sentence"),
        ({**HIRES, "speaker": "Petter Lunde"}, "speaker-not-in-sentence"),
        (SIGNED, None),
        ({**SIGNED, "object": "2026-03-04"}, "figure-not-in-sentence"),
        ({**SIGNED, "object": "2024-03-03"}, "figure-not-in-sentence"),
        (BOUGHT, None),
        ({**BOUGHT, "negated": False}, "denied-in-sentence"),
        (STAFF, None),
        ({**STAFF, "object": "2009人"}, "figure-not-in-sentence"),
        ({**STAFF, "predicate": "founded on", "object": "2009"}, None),
    ],
)  # fmt: skip
def test_what_news_say_in_their_own_way_is_read_and_nothing_else(
    checked: Checked, row: Changes, code: str | None
) -> None:
    assert judge_codes(checked, row) == [code]


def test_the_adjective_of_another_name_keeps_its_noun(checked: Checked) -> None:
    chairs: Changes = {
        "subject": "Petter Lunde", "predicate": "leads", "object": "Halden Marine", "document": "harbour",
        "quote": "Petter Lunde, who chairs the county council, denied that the price was too high.",
    }  # fmt: skip
    told = ["name-not-in-sentence", None]
    assert judge_codes(checked, chairs, {**chairs, "object": "Solund county council"}) == told


def test_what_another_says_in_the_next_sentence_is_no_evidence(checked: Checked) -> None:
    worth, yard = "according to its chief executive Ingrid Aas.", "The yard in Norvik employs 860 people"
    row: Changes = {
        "subject": "Ingrid Aas", "predicate": "works for", "object": "Halden Marine", "quote": f"{worth} {yard}",
        "document": "harbour",
    }  # fmt: skip
    (judged,) = judge_proposals(checked, rows_of([row]))
    assert (judged.verdict, judged.sentences) == ("new", ("p2s2",))
    assert judged.stated is not None and [ref.text for ref in judged.stated.speakers] == ["aas"]


def test_people_whom_only_the_rows_know_may_speak_where_they_are_named_nearest(checked: Checked) -> None:
    other = {**PLEDGE, "speaker": "林晓岚"}
    pledge = {**PLEDGE, "subject": "周启明"}
    assert judge_codes(checked, pledge, other) == [None, "speaker-not-in-sentence"]
    assert judge_codes(checked, other, pledge) == ["speaker-not-in-sentence", None]


@pytest.mark.parametrize(
    ("sentence", "lang", "dates"),
    [
        ("It opened on 12 March.", "en", {"2026-03-12", "2026-03"}),
        ("It opened on March 12 and closed in October.", "en", {"2026-03-12", "2026-03", "2025-10", "2026-10"}),
        ("It opened on March 12, 2024, or in May 2027, or on 3 June 2028.", "en", set()),
        ("It grew in March last year.", "en", {"2025", "2025-03"}),
        ("She said so on Tuesday.", "en", {"2026-03-10", "2026-03-17"}),
        ("It closes on 30 February.", "en", set()),
        ("双方3月12日签署了协议。", "zh", {"2026-03-12", "2026-03"}),
        ("去年3月，2024年5月6日，用了3个月。", "zh", {"2025", "2025-03"}),
        ("公司周三宣布。", "zh", {"2026-03-11", "2026-03-18"}),
    ],
)
def test_dates_without_a_year_are_near_the_day_of_publication(sentence: str, lang: str, dates: set[str]) -> None:
    assert {date for _, date in find_relative(sentence, lang, parse_edtf("2026-03-15"))} == dates


def test_rows_count_over_all_files() -> None:
    files = [ProposalFile(name=name, raw=b'{"subject": "a"}\n{\n') for name in ("a.jsonl", "b.jsonl")]
    found = list(read_rows("jsonl", files))
    assert [(row.row, row.file) for row in found] == [
        (1, "a.jsonl"), (2, "a.jsonl"), (3, "b.jsonl"), (4, "b.jsonl")
    ]  # fmt: skip


def test_a_day_in_a_sentence_is_no_day_of_publication(tmp_path: Path) -> None:
    from kg.evidence.documents.front import propose_from_text

    text = "A title\n\n{}\n\nThe council, after long talks with both of the yards, signed the contract on 3 March 2026."
    found = {line: [p.text for p in propose_from_text(text.format(line)) if p.key == "published"] for line in (
        "By Ada Quill, 5 March 2026", "Published on 5 March 2026.", "It rained."
    )}  # fmt: skip
    assert list(found.values()) == [["2026-03-05"], ["2026-03-05"], []]
