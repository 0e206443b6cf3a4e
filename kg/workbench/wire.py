"""What is asked and told, as JSON: an object with the question's name (`ask`), and one with what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kg.change.rename import RewriteRefusedError
from kg.drafts.review.accept import plan_acceptance
from kg.drafts.review.plan import ReviewPlan, name_reviewer
from kg.drafts.review.reject import plan_edit, plan_rejection
from kg.graph.coverage import Status, measure_coverage
from kg.text.diagnostic import KgError, UsageError
from kg.workbench.desk import BenchDesk
from kg.workbench.form import ClaimForm, NewEntity
from kg.workbench.judge import Judgement, Message, judge_form
from kg.workbench.offer import offer_choices, takes_thing
from kg.workbench.plan import ConflictError
from kg.workbench.save import act_on_draft, save_form
from kg.workbench.text import ClaimShown, Offered, Passage, read_page, read_sentence

Record = dict[str, Any]
QUICK = frozenset({"complete"})
"""Questions that are answered from what was read last."""
_LONGEST = 10_000  # characters of a field


def answer(desk: BenchDesk, asked: object) -> Record:
    """The answer to a question: what was asked for, or `error`, the reason in words, with its `kind`.

    Kinds are `wrong` (the question), `refused`, `conflict` (with `theirs`, the lines of the file) and `failed`.
    """
    try:
        if not isinstance(asked, dict):
            raise UsageError("a question is an object")
        name = asked.get("ask")
        found = _ANSWERS.get(name) if isinstance(name, str) else None
        if found is None:
            raise UsageError(f"questions are {', '.join(_ANSWERS)}")
        return found(desk, asked)
    except ConflictError as error:
        return {"error": str(error), "kind": "conflict", "theirs": error.theirs}
    except RewriteRefusedError as error:
        return {"error": str(error), "kind": "refused"}
    except UsageError as error:
        return {"error": str(error), "kind": "wrong"}
    except KgError as error:
        return {"error": str(error), "kind": "failed"}


def _text(asked: Mapping[str, Any], key: str) -> str:
    value = asked.get(key)
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise UsageError(f"`{key}` should be a text of at most {_LONGEST:,} characters")
    return value


def _optional(asked: Mapping[str, Any], key: str) -> str | None:
    return None if asked.get(key) is None else _text(asked, key)


def _texts(asked: Mapping[str, Any]) -> dict[str, str]:
    value = asked.get("fields")
    if not isinstance(value, dict) or len(value) > 40:
        raise UsageError("`fields` should be an object of texts")
    return {name: _text(value, name) for name in value}


def read_form(asked: Mapping[str, Any]) -> ClaimForm:
    """The form in a question. Raises UsageError."""
    new = asked.get("entities", [])
    if not isinstance(new, list) or len(new) > 10 or not all(isinstance(one, dict) for one in new):
        raise UsageError("`entities` should be a list of objects")
    return ClaimForm(
        source=_text(asked, "source"),
        address=_text(asked, "address"),
        key=_optional(asked, "key") or "",
        base=_optional(asked, "base"),
        file=_optional(asked, "file"),
        fields=_texts(asked),
        entities=tuple(
            NewEntity(key=_text(one, "key"), kind=_text(one, "kind"), label=_text(one, "label")) for one in new
        ),
    )


# -- answers -------------------------------------------------------------------------------------


def _list_sources(desk: BenchDesk, _asked: Mapping[str, Any]) -> Record:
    checked = desk.read()
    found = []
    for source in checked.seeds.sources:
        coverage = measure_coverage(checked.seeds, checked.articles, source.id)
        todo, total = coverage.count(Status.TODO), len(coverage.sentences)
        title = source.title.text if source.title is not None else source.id
        found.append({"id": source.id, "title": title, "todo": todo, "sentences": total})
    errors = sum(diagnostic.severity.word == "error" for diagnostic in checked.diagnostics)
    return {"sources": found, "errors": errors}


def _read_text(desk: BenchDesk, asked: Mapping[str, Any]) -> Record:
    page = read_page(desk.read(), _text(asked, "source"))
    return {
        "source": page.source,
        "title": page.title,
        "notes": list(page.notes),
        "passages": [_write_passage(passage) for passage in page.passages],
    }


def _write_passage(passage: Passage) -> Record:
    return {
        "address": passage.address,
        "pieces": [[piece.text, piece.figure] for piece in passage.pieces],
        "status": passage.status,
        "reason": passage.reason,
        "claims": passage.claims,
        "figures": list(passage.figures),
        "stale": passage.stale,
    }


def _read_sentence(desk: BenchDesk, asked: Mapping[str, Any]) -> Record:
    found = read_sentence(desk.read(), desk.read_drafts(), _text(asked, "source"), _text(asked, "address"))
    return {
        "passage": _write_passage(found.passage),
        "voice": found.voice,
        "claims": [_write_told(told) for told in found.claims],
        "drafts": [_write_draft(draft) for draft in found.drafts],
    }


def _write_told(told: ClaimShown) -> Record:
    row = told.row
    return {
        "id": told.id,
        "key": row.key,
        "file": told.file,
        "line": told.line,
        "base": row.base,
        "lines": "\n".join(row.lines),
        "fields": dict(row.fields),
        "fixed": dict(row.fixed),
        "repeats": row.repeats,
        "says": list(told.says),
        "messages": _write_messages(told.messages),
    }


def _write_draft(draft: Offered) -> Record:
    return {"id": draft.id, "shown": draft.shown, "lines": draft.lines, "wrong": draft.has_errors}


def _write_messages(messages: Iterable[Message]) -> list[Record]:
    return [
        {"field": m.field, "severity": m.severity.word, "code": m.code, "message": m.message, "hint": m.hint,
         "place": m.place, "reason": m.reason}
        for m in messages
    ]  # fmt: skip


def _check(desk: BenchDesk, asked: Mapping[str, Any]) -> Record:
    return _write_judgement(judge_form(desk.read(), read_form(asked)))


def _write_judgement(judgement: Judgement) -> Record:
    return {
        "key": judgement.plan.key,
        "messages": _write_messages(judgement.messages),
        "elsewhere": _write_messages(judgement.elsewhere),
        "changed": list(judgement.changed),
        "says": list(judgement.says),
        "means": dict(judgement.means),
        "lines": "\n".join(judgement.lines),
        "may": judgement.may_be_saved,
    }


def _save(desk: BenchDesk, asked: Mapping[str, Any]) -> Record:
    saved = save_form(desk.project, desk.read, read_form(asked))
    return _write_judgement(saved.judgement) | {"written": saved.is_written}


def _complete(desk: BenchDesk, asked: Mapping[str, Any]) -> Record:
    checked, name, fields = desk.last, _text(asked, "field"), _texts(asked)
    choices = offer_choices(checked, _text(asked, "source"), name, fields)
    told = [{"value": c.value, "label": c.label, "detail": c.detail, "fits": c.fits} for c in choices]
    return {"choices": told, "thing": takes_thing(checked, name, fields)}


def _review(desk: BenchDesk, asked: Mapping[str, Any]) -> Record:
    id_, seen, act = _text(asked, "draft"), _text(asked, "seen"), _text(asked, "act")

    def make_plan(checked: Any, draft: Any) -> ReviewPlan:
        if act == "edit":
            return plan_edit(checked, draft, _text(asked, "text"))
        reviewer = name_reviewer(_text(asked, "by"))
        if act == "accept":
            return plan_acceptance(checked, draft, reviewer)
        if act == "reject":
            return plan_rejection(checked, draft, reviewer, _text(asked, "reason"))
        raise UsageError("`act` should be accept, edit or reject")

    plan = act_on_draft(desk.project, id_, seen, make_plan, desk.texts)
    if plan.refused:
        return {"error": "; ".join(plan.refused), "kind": "refused"}
    return {"told": list(plan.told)}


_ANSWERS: Mapping[str, Callable[[BenchDesk, Mapping[str, Any]], Record]] = {
    "sources": _list_sources, "text": _read_text, "sentence": _read_sentence, "check": _check, "save": _save,
    "complete": _complete, "review": _review,
}  # fmt: skip
