"""Questions and their answers, grouped; each row leads to the claims behind it."""

from __future__ import annotations

from kg.page.answers import Cell, WordedAnswer
from kg.page.html import Html, join, tag
from kg.page.views.say import Say, section


def show_questions(answers: tuple[WordedAnswer, ...], say: Say) -> Html | None:
    """All questions with their answers, by group; None without any."""
    if not answers:
        return None
    groups: dict[str, list[WordedAnswer]] = {}
    for answer in answers:
        groups.setdefault(answer.group[say.lang], []).append(answer)
    shown = []
    for title, members in groups.items():
        heading = tag("h3", title) if title else None
        shown.append(tag("div", heading, [_show_question(answer, say) for answer in members], class_="group"))
    return section("answers", say.word("answers"), tag("p", say.word("answers-lead"), class_="lead"), shown)


def _show_question(answer: WordedAnswer, say: Say) -> Html:
    count = len(answer.rows) + answer.left_out
    summary = tag("summary", tag("span", answer.question[say.lang]), " ", tag("span", str(count), class_="count"))
    if not answer.rows:
        return tag("details", summary, tag("p", say.word("no-rows"), class_="lead"), id=f"q={answer.name}")
    # What names a claim is told by a link of its own at the end of the row.
    head = tag("tr", [tag("th", _show_cell(cell, say), scope="col") for cell in answer.columns])
    rows = []
    for row in answer.rows:
        first, *others = (_show_cell(cell, say) for cell in row.cells)
        rows.append(tag("tr", tag("th", first, scope="row"), [tag("td", cell) for cell in others]))
    table = tag(
        "table",
        tag("caption", answer.question[say.lang], class_="unseen"),
        tag("thead", head),
        tag("tbody", rows),
    )
    box = tag("div", table, class_="scroll", tabindex=0, role="group", aria_label=answer.question[say.lang])
    more = tag("p", say.word("more-rows", n=str(answer.left_out)), class_="lead") if answer.left_out else None
    return tag("details", summary, box, more, id=f"q={answer.name}")


def _show_cell(cell: Cell, say: Say) -> Html:
    text = cell.text[say.lang]
    if cell.names and cell.names.startswith("c="):
        return say.claim(cell.names[2:])
    if cell.names:
        return tag("a", text, href=f"#{cell.names}")
    return tag("span", text, lang=cell.lang) if cell.lang and cell.lang != say.lang else join(text)
