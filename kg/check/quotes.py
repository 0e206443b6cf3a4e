"""A claim fits its sentence: what is said to be quoted stands in quotation marks, where the text is at hand."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from kg.check.context import RuleContext
from kg.model.nouns import Voice
from kg.text.diagnostic import Diagnostic
from kg.text.sentence import Sentence

_QUOTES = {"“": "”", "„": "“", "«": "»", "「": "」", "『": "』", "‹": "›", "〝": "〞"}


def check_quotes(context: RuleContext) -> Iterator[Diagnostic]:
    """The sentence of evidence with `voice: quote` holds something that stands in quotation marks."""
    spans: dict[str, list[tuple[int, int]]] = {}
    told: set[tuple[str, str]] = set()
    for claim in context.seeds.claims:
        for evidence in claim.evidence:
            article = context.articles.by_source.get(evidence.source)
            sentence = context.read_sentence(evidence)
            if article is None or sentence is None or evidence.voice is not Voice.QUOTE:
                continue
            if evidence.source not in spans:
                spans[evidence.source] = list(find_quotations(article.text))
            if not _is_quoted(sentence, spans[evidence.source]) and (claim.id, evidence.sentence) not in told:
                told.add((claim.id, evidence.sentence))
                yield Diagnostic(
                    code="quote-without-marks",
                    mark=evidence.mark,
                    message=f"`{claim.id}` is said to be quoted, and no quotation marks enclose `{evidence.sentence}`",
                    hint="write `voice: reported`, or `voice: source` for the author's own words",
                )


def _is_quoted(sentence: Sentence, spans: list[tuple[int, int]]) -> bool:
    """Whether one of the spans, which are in their order, holds any of the sentence."""
    last = bisect_left(spans, (sentence.end, 0)) - 1  # the last that begins before the sentence ends
    return last >= 0 and spans[last][1] > sentence.start


def find_quotations(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of *text* that quotation marks enclose, the marks left out.

    A quotation may hold several sentences. Where nothing closes it, it ends with its paragraph.

    >>> [("a “b. c” d"[a:b]) for a, b in find_quotations("a “b. c” d")]
    ['b. c']
    """
    for line in re.finditer(r"[^\r\n]+", text):
        closing, start = "", 0
        for place in range(line.start(), line.end()):
            char = text[place]
            if closing:
                if char == closing and not (closing in "’'" and _within_word(text, place)):
                    yield start, place
                    closing = ""
            elif char in _QUOTES or (char in "\"‘'" and not _within_word(text, place)):
                opens = char != "'" or (place == line.start() or not text[place - 1].isalnum())
                if opens:
                    closing, start = _QUOTES.get(char) or {"‘": "’"}.get(char, char), place + 1
        if closing and closing not in "'":
            yield start, line.end()


def _within_word(text: str, place: int) -> bool:
    """Whether a mark is an apostrophe: letters stand on both its sides."""
    return 0 < place < len(text) - 1 and text[place - 1].isalnum() and text[place + 1].isalnum()
