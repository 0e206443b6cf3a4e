"""The source texts, where they are at hand: read, cut into sentences, compared with what was written down.

A text is never needed to build: without it the evidence is marked unverified.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kg.model.nouns import Source
from kg.system.paths import Door, open_door
from kg.text.diagnostic import Diagnostic, KgError
from kg.text.figure import NEWEST_RULE, find_figures
from kg.text.opened import read_bytes
from kg.text.sentence import Sentence, join_sentences, split_sentences


@dataclass(frozen=True, kw_only=True)
class Article:
    """A source's text, with its sentences; *sha256* is that of the file's bytes.

    *joins* says at an address how many sentences from there are one, that the rule has cut.
    """

    source: str
    lang: str
    text: str = field(repr=False)
    sha256: str
    figure_rule: int = NEWEST_RULE
    joins: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def cut(self) -> dict[str, Sentence]:
        """What the rule cuts, by address, in the order of the text: nothing is joined."""
        return {s.address: s for s in split_sentences(self.text)}

    @cached_property
    def sentences(self) -> dict[str, Sentence]:
        """Sentences by address, in the order of the text."""
        if not self.joins:
            return self.cut
        return {s.address: s for s in join_sentences(self.text, self.cut.values(), self.joins)}

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digests of the sentences by their addresses."""
        return {address: s.digest for address, s in self.sentences.items()}

    @cached_property
    def breaks(self) -> tuple[int, ...]:
        """Where a page ends, as indexes of the text's form feeds; none where the text has no pages."""
        return tuple(found.start() for found in re.finditer("\f", self.text))

    def page(self, address: str) -> int | None:
        """The page on which the sentence begins, counted from 1; None where the text has no pages."""
        return bisect(self.breaks, self.sentences[address].start) + 1 if self.breaks else None

    @cached_property
    def paragraphs(self) -> dict[int, tuple[Sentence, ...]]:
        """The sentences of each paragraph."""
        found: dict[int, list[Sentence]] = {}
        for sentence in self.sentences.values():
            found.setdefault(sentence.paragraph, []).append(sentence)
        return {number: tuple(sentences) for number, sentences in found.items()}

    def figures(self, address: str) -> tuple[str, ...]:
        """The values of the figures in a sentence, in the order of the text."""
        return tuple(f.value for f in find_figures(self.sentences[address].text, self.lang, self.figure_rule))


@dataclass(frozen=True, kw_only=True)
class Articles:
    """The texts that are at hand, by source; *folder* is None where nobody said where they lie."""

    folder: Path | None
    by_source: Mapping[str, Article]
    diagnostics: tuple[Diagnostic, ...] = ()


def read_articles(folder: Path | None, sources: tuple[Source, ...], door: Door | None = None) -> Articles:
    """The texts of *sources* that lie in *folder*; those that do not are left out.

    A link that leads out of the folder, and out of what *door* admits (the project), is told and not read.
    Raises KgError when the folder is not there, or a text is not UTF-8.
    """
    if folder is None:
        return Articles(folder=None, by_source={})
    try:
        if not folder.is_dir():
            raise KgError(f"no folder of texts {folder}")
    except OSError as error:  # such as a name that is too long
        raise KgError(f"cannot read {folder}: {error.strerror or error}") from error
    found, told = {}, []
    texts = open_door([folder, *(door.folders if door else ())])
    for source in sources:
        if source.file is None:
            continue
        path = folder / source.file.text
        if not texts.admits(path):
            message = f"the text `{source.file.text}` is a link that leads out of the folder of texts"
            hint = "put the file itself there"
            told.append(Diagnostic(code="link-outside", mark=source.file.mark, message=message, hint=hint))
        elif _is_there(path, source.file.text):
            found[source.id] = read_article(path, source.id, source.lang, source.figure_rule, source.joined)
    return Articles(folder=folder, by_source=found, diagnostics=tuple(told))


def read_article(
    path: Path, source: str, lang: str, figure_rule: int = NEWEST_RULE, joins: Mapping[str, int] | None = None
) -> Article:
    """The text in the file at *path*; its figures are counted by *figure_rule*, its sentences joined as *joins* says.

    Raises KgError when it cannot be read or is not UTF-8.
    """
    try:
        raw = read_bytes(path)
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except OSError as error:
        raise KgError(f"cannot read the text {path.name}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise KgError(f"the text {path.name} is not UTF-8 (byte {error.start})") from error
    from hashlib import sha256  # only where the texts are at hand

    return Article(
        source=source, lang=lang, text=text, sha256=sha256(raw).hexdigest(), figure_rule=figure_rule, joins=joins or {}
    )


def _is_there(path: Path, name: str) -> bool:
    try:
        return path.is_file()
    except OSError as error:
        raise KgError(f"cannot read {name}: {error.strerror or error}") from error
