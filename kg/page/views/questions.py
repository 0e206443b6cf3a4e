"""Questions and their answers, grouped; each row leads to the claims behind it."""

from __future__ import annotations

from kg.page.answers import AnswerRow, Cell, WordedAnswer
from kg.page.views.say import Say, section
from kg.text.markup import Html, join, tag

MOST_ROWS = 60  # of an answer that stand there at once


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
    count = f"{len(answer.rows):,}"
    summary = tag("summary", tag("span", answer.question[say.lang]), " ", tag("span", count, class_="count"))
    given = _show_given(answer, say)
    if not answer.rows and not answer.choices:
        return tag("details", summary, given, tag("p", say.word("no-rows"), class_="lead"), id=f"q={answer.name}")
    first, rest = answer.rows[:MOST_ROWS], answer.rows[MOST_ROWS:]
    # What names a claim is told by a link of its own at the end of the row.
    head = tag(
        "thead",
        tag("tr", [tag("th", _show_cell(cell, say), scope="col", lang=_lang_of(cell, say)) for cell in answer.columns]),
    )
    caption = tag("caption", answer.question[say.lang], class_="unseen")
    table = tag("table", caption, head, tag("tbody", [_show_row(row, say) for row in first]))
    box = tag("div", table, class_="scroll", tabindex=0, role="group", aria_label=answer.question[say.lang])
    more = tag("button", say.more(len(rest)), type="button", class_="rest scripted") if rest else None
    whole = None
    if rest and not say.scripted:
        whole = tag("noscript", tag("table", caption, head, tag("tbody", [_show_row(row, say) for row in rest])))
    return tag("details", summary, given, box, more, whole, id=f"q={answer.name}")


def _show_given(answer: WordedAnswer, say: Say) -> Html | None:
    """What the question was asked of; with a script, and other values, as a choice."""
    if not answer.parameters:
        return None
    parts = []
    for name, (head, value) in answer.parameters.items():
        choices = [choice for choice in answer.choices if choice.parameter == name]
        label = join(tag("span", _show_cell(head, say), lang=_lang_of(head, say)), say.word("colon"))
        told = tag("span", label, _show_cell(value, say), class_="unscripted" if choices else None)
        options = [tag("option", f"{_word_cell(value, say)} ({len(answer.rows):,})", value=answer.name)]
        options += [
            tag("option", f"{_word_cell(choice.value, say)} ({len(choice.rows):,})", value=choice.address)
            for choice in sorted(choices, key=lambda choice: _word_cell(choice.value, say))
        ]
        chosen = tag("label", label, tag("select", options), class_="scripted") if choices else None
        parts.append(join(told, chosen))
    left = [say.word("more-choices", n=f"{answer.more:,}"), " ", tag("code", "kg query")] if answer.more else []
    return tag("p", join(*parts, *([join(*left)] if left else []), between=" · "), class_="given")


def _show_row(row: AnswerRow, say: Say) -> Html:
    first, *others = row.cells
    head = tag("th", _show_cell(first, say), scope="row", lang=_lang_of(first, say))
    return tag("tr", head, [tag("td", _show_cell(cell, say), lang=_lang_of(cell, say)) for cell in others])


def list_answers(answers: tuple[WordedAnswer, ...], say: Say) -> dict[str, list[str]]:
    """The rows that only a script shows, as HTML, by address: of a question beyond the first, of a choice all."""
    found: dict[str, list[str]] = {}
    for answer in answers:
        if len(answer.rows) > MOST_ROWS:
            found[answer.name] = [_show_row(row, say) for row in answer.rows[MOST_ROWS:]]
        found |= {choice.address: [_show_row(row, say) for row in choice.rows] for choice in answer.choices}
    return found


def _word_cell(cell: Cell, say: Say) -> str:
    if cell.names and cell.names.startswith("c="):
        return say.statement(cell.names[2:])
    return cell.text[say.lang]


def _show_cell(cell: Cell, say: Say) -> str:
    text = cell.text[say.lang]
    if cell.names and cell.names.startswith("c="):
        return say.claim(cell.names[2:])
    if cell.names:
        return tag("a", text, href=f"#{cell.names}")
    return text


def _lang_of(cell: Cell, say: Say) -> str | None:
    """The language of a cell's text, where that is not the page's."""
    return cell.lang if cell.lang != say.lang else None
