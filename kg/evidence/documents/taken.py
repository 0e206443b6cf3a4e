"""The nouns of a text that was taken out of a file, and how it is written: paragraphs as lines, pages by form feeds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kg.text.diagnostic import Diagnostic, SourceText, mark_of_file
from kg.text.sentence import split_sentences


class DocumentFormat(StrEnum):
    """The format of a file that a text is taken out of."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"


class UnreadableError(Exception):
    """No text can be taken out of a file; *diagnostic* says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def refuse(name: str, code: str, message: str, hint: str | None = None) -> UnreadableError:
    """The error for a file as a whole."""
    mark = mark_of_file(SourceText(name, ""))
    return UnreadableError(Diagnostic(code=code, mark=mark, message=message, hint=hint))


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """What a file says of itself under a *key* of the source (`title`, `author` ...), and the *origin* of that."""

    key: str
    text: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph: its words in one line, and the page on which it begins, from 1.

    *breaks* are the indexes of its text at which another page begins.
    """

    text: str
    page: int = 1
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A text that was taken out of a file. Of several proposals for one key the first is the best.

    *told* is what a person should know of how it was taken: what was left out, what was joined.
    """

    form: DocumentFormat
    text: str = field(repr=False)
    proposals: tuple[Suggestion, ...] = ()
    told: tuple[str, ...] = ()

    def best(self, key: str) -> Suggestion | None:
        """The best proposal for a key."""
        return next((p for p in self.proposals if p.key == key), None)


def write_paragraphs(paragraphs: Iterable[Paragraph]) -> str:
    """Paragraphs as a text: a line each, with empty lines between; a form feed where a page ends.

    A sentence that runs over the end of a page stays whole: the form feed stands behind it.

    >>> long = Paragraph(text="One is here. Two.", breaks=(4,))
    >>> write_paragraphs([Paragraph(text="Title"), long, Paragraph(text="Three.", page=3)])
    'Title\\n\\nOne is here.\\x0c Two.\\n\\x0c\\nThree.\\n'
    """
    out: list[str] = []
    page = 1
    for paragraph in paragraphs:
        text = paragraph.text
        if out:
            out.append("\f" * (paragraph.page - page) + "\n")
        page = max(page, paragraph.page)
        ends = [sentence.end for sentence in split_sentences(text)]
        inside = [next((end for end in ends if end > at), len(text)) for at in paragraph.breaks]
        for end in sorted((end for end in inside if end < len(text)), reverse=True):
            text = f"{text[:end]}\f{text[end:]}"
        page += sum(end < len(paragraph.text) for end in inside)
        out.append(text + "\n")
    return "".join(out)


@dataclass
class ParagraphMaker:
    """Makes paragraphs of lines and ends of pages as they come."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    page: int = 1
    _text: str = ""
    _start: int = 1
    _breaks: list[int] = field(default_factory=list)

    @property
    def open(self) -> str:
        """The words of the paragraph that has not ended yet."""
        return self._text

    def add(self, words: str) -> None:
        """Add a line to the paragraph, with a space before it where the writing has spaces."""
        if not words:
            return
        if not self._text:
            self._start = self.page
        self._text += (
            f" {words}" if self._text and not (is_spaceless(self._text[-1]) and is_spaceless(words[0])) else words
        )

    def drop_hyphen(self, words: str) -> None:
        """Add the rest of a word that was cut at the end of the last line."""
        self._text = self._text.rstrip("-\u00ad\u2010") + words

    def turn(self) -> None:
        """Note that another page begins here."""
        self.page += 1
        if self._text:
            self._breaks.append(len(self._text))

    def end(self) -> None:
        """Note that the paragraph ends here."""
        text = self._text.strip()
        if text:
            self.paragraphs.append(Paragraph(text=text, page=self._start, breaks=tuple(self._breaks)))
        self._text, self._breaks = "", []


def is_spaceless(char: str) -> bool:
    """Whether a character is of a writing that puts no spaces between words: Chinese, Japanese, their punctuation."""
    return "\u3000" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uffef"


_SPACES = re.compile(r"(?<=[0-9])([\u00a0\u2009\u202f])(?=[0-9]{3}(?![0-9]))|[\s\x0b\x0c\x1c-\x1f\x85]+")
_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")


def clean_line(text: str) -> str:
    """*text* in one line: white space collapsed; control characters, which nobody sees, and soft hyphens left out.

    A space that may not be broken between groups of three digits stays: it makes one number of them.

    >>> clean_line(" a\\u00ad\\n b\\x07 ")
    'a b'
    """
    kept = (c if c.isspace() or unicodedata.category(c) != "Cc" else "" for c in text.replace("\u00ad", ""))
    return _SPACES.sub(lambda m: m[1] or " ", "".join(kept)).strip()


_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def lower_digits(text: str) -> str:
    """The signs of digits that stand lower than the line, such as ₂ for the 2 of CO₂; other characters stay."""
    return text.translate(_LOWERED)


def raise_digits(text: str) -> str:
    """The signs of a text that stands raised, such as ⁶ for the 6 of 10⁶, which else would read 106; words stay (`st`).

    >>> raise_digits("6"), raise_digits("st")
    ('⁶', 'st')
    """
    word = text.strip()
    raised = word.translate(_RAISED)
    return raised if word and not any(char in word for char in raised) else text


def has_text(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether any of the paragraphs has a letter or a figure."""
    return any(c.isalnum() for paragraph in paragraphs for c in paragraph.text)
