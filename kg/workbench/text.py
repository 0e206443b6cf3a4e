"""A text with what is claimed of each of its sentences; a sentence with its claims and its drafts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.build.pipeline import Checked
from kg.change.rename import RewriteRefusedError
from kg.drafts.review.accept import list_targets
from kg.drafts.review.draft import Draft, list_drafts
from kg.drafts.review.reject import write_draft
from kg.drafts.review.show import show_draft
from kg.drafts.review.voices import list_voice, read_saying
from kg.graph.coverage import SentenceCoverage, Status, measure_coverage
from kg.model.nouns import Source
from kg.reading.articles import Article
from kg.text.diagnostic import UsageError
from kg.text.figure import find_figures
from kg.workbench.form import FormRow, list_rows
from kg.workbench.judge import Message, list_messages
from kg.workbench.plan import find_digest


@dataclass(frozen=True, kw_only=True)
class SentencePart:
    """A part of a sentence: words, or a figure with what became of it."""

    text: str
    figure: Status | None


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A sentence as it is shown in the text: its *pieces* (none where the text is not at hand), what became of it.

    *stale* says why nothing can be claimed of it now; None where it can.
    """

    address: str
    pieces: tuple[SentencePart, ...]
    status: Status
    reason: str | None
    claims: int
    figures: tuple[str, ...]  # to do
    stale: str | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """A source with its sentences. *notes* say what is missing, such as the text."""

    source: str
    title: str
    passages: tuple[Passage, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ClaimShown:
    """A claim of a sentence: its lines, the file they stand in, what it says in words and what is wrong with it."""

    row: FormRow
    file: str
    line: int
    id: str
    says: tuple[str, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A draft of a sentence, as a reviewer sees it, with its lines."""

    id: str
    shown: str
    lines: str
    has_errors: bool


@dataclass(frozen=True, kw_only=True)
class TextSentence:
    """A sentence with its claims and its drafts. *voice* is who speaks in it, by its files; None where none says."""

    passage: Passage
    voice: str | None
    claims: tuple[ClaimShown, ...]
    drafts: tuple[Offered, ...]


def read_page(checked: Checked, source_id: str) -> Page:
    """A text with what is claimed of each sentence. Raises UsageError where there is no such source."""
    source = checked.seeds.source_by_id.get(source_id)
    if source is None:
        raise UsageError(f"no source `{source_id}`")
    coverage = measure_coverage(checked.seeds, checked.articles, source_id)
    article = checked.articles.by_source.get(source_id)
    passages = tuple(_read_passage(checked, source, article, one) for one in coverage.sentences)
    return Page(
        source=source_id,
        title=source.title.text if source.title is not None else source_id,
        passages=passages,
        notes=tuple(_list_notes(checked, source, article, passages)),
    )


def _list_notes(
    checked: Checked, source: Source, article: Article | None, passages: tuple[Passage, ...]
) -> Iterator[str]:
    if article is None:
        where = "the source names no `file:`" if source.file is None else f"the folder has no `{source.file.text}`"
        if checked.articles.folder is None:
            where = "say where texts lie: `kg serve --edit --texts DIR`"
        yield f"the text is not at hand: {where}"
    if not passages:
        yield "neither text nor outline is there, so that it has no sentences yet"
    if stale := next((passage.stale for passage in passages if passage.stale), None):
        yield stale


def _read_passage(checked: Checked, source: Source, article: Article | None, covered: SentenceCoverage) -> Passage:
    try:
        find_digest(checked, source.id, covered.address)
        stale = None
    except RewriteRefusedError as error:
        stale = str(error)
    return Passage(
        address=covered.address,
        pieces=tuple(_cut(article, covered)) if article is not None else (),
        status=covered.status,
        reason=covered.reason,
        claims=len(covered.claims),
        figures=covered.figures_todo,
        stale=stale,
    )


def _cut(article: Article, covered: SentenceCoverage) -> Iterator[SentencePart]:
    """The sentence in pieces; of a figure that stands twice, what is claimed counts first."""
    text, at = article.sentences[covered.address].text, 0
    done, aside = list(covered.figures_claimed), list(covered.figures_skipped)
    for figure in find_figures(text, article.lang, article.figure_rule):
        if figure.start > at:
            yield SentencePart(text=text[at : figure.start], figure=None)
        status = Status.TODO
        for left, found in ((done, Status.CLAIMED), (aside, Status.SKIPPED)):
            if status is Status.TODO and figure.value in left:
                left.remove(figure.value)
                status = found
        yield SentencePart(text=figure.text, figure=status)
        at = figure.end
    if at < len(text):
        yield SentencePart(text=text[at:], figure=None)


def read_sentence(checked: Checked, with_drafts: Checked | None, source_id: str, address: str) -> TextSentence:
    """A sentence with its claims, as they stand in their files, and its drafts where the project was read with them.

    Raises UsageError where there is no such sentence, KgError when a file cannot be read.
    """
    page = read_page(checked, source_id)
    passage = next((one for one in page.passages if one.address == address), None)
    if passage is None:
        raise UsageError(f"`{source_id}` has no sentence `{address}`")
    documents = [one.document for one in list_targets(checked.project, source_id, address) if one.document is not None]
    saying = None
    for document in documents:
        saying = saying or read_saying(checked, source_id, address, document)
    claims = tuple(
        _tell(checked, source_id, document.source.name, row)
        for document in documents
        for row in list_rows(document, address)
    )
    drafts = list_drafts(with_drafts) if with_drafts is not None else ()
    return TextSentence(
        passage=passage,
        voice=", ".join(f"{k}: {v}" for k, v in list_voice(saying, saying.speakers)) if saying is not None else None,
        claims=claims,
        drafts=tuple(
            _offer(with_drafts, draft)
            for draft in drafts
            if with_drafts is not None and draft.source == source_id and draft.address == address
        ),
    )


def _tell(checked: Checked, source: str, file: str, row: FormRow) -> ClaimShown:
    mark = row.entry.key.mark
    words = checked.story.words(checked.seeds.dataset.language)
    claims = [claim for claim in checked.seeds.claims if any(e.mark.sort_key == mark.sort_key for e in claim.evidence)]
    return ClaimShown(
        row=row,
        file=file,
        line=mark.line,
        id=claims[0].id if claims else f"{source}.{row.key}",
        says=tuple(
            f"{words.statement(claim)}{f' ({q})' if (q := words.qualifiers(claim)) else ''} — {words.speakers(claim)}"
            for claim in claims
        ),
        messages=tuple(list_messages(checked, row)),
    )


def _offer(checked: Checked, draft: Draft) -> Offered:
    return Offered(
        id=draft.id,
        shown=show_draft(checked, draft, checked.seeds.dataset.language),
        lines=write_draft(draft),
        has_errors=draft.has_errors,
    )
