"""Sentences of a text: how they are cut, addressed and digested. Part of the format `claims/1`.

A claim points at the sentence it rests on by an address (`p3s2`) and a digest (`389f04b3`); the words
stay in the text. So these rules never change within `claims/1`:

**Paragraphs.** A line ends at LF, CR LF or CR, and at nothing else: U+0085, U+2028 and U+2029 are white
space within a line. A paragraph is a line that is not blank. The first one, the title, is paragraph 0.
A byte-order mark at the very start belongs to no sentence.

**Sentences.** Within a paragraph a sentence ends

- after one or more of `. ? !`, the closing quotes that follow directly, and one full stop that follows
  those, if white space comes next and then a capital, a decimal digit, an opening quote, `¿` or `¡`, or a letter
  of a script that has no capitals in sentences (Korean, Arabic, Hebrew, Devanagari, Georgian and others, but not
  Han and kana, which have full stops of their own);
- after one or more of `。？！`, of `؟ ۔ । ॥ ։ ። ။ ។` and the closing quotes and brackets that follow directly (`)` and
  `]` behind `؟` and those after it alone), whatever comes next;
- at the end of the paragraph.

White space around a sentence is not part of it. There is no list of abbreviations: after `Dr. Li` a
sentence begins at `Li`, in every version of every program alike. A closing quote is one of
`" ' ” ’ » › 」 』`, an opening quote one of `" ' “ ‘ „ ‚ « ‹ 「 『`.

**Normalisation**, in this order: Unicode NFKC (which also turns no-break spaces into spaces); curly quotes
to straight ones and dashes (U+2010 to U+2015, U+2212) to hyphens; full case folding; each run of white
space to one space, none at the ends. **Digest**: the first 8 hexadecimal digits of the SHA-256 of the
normalised text in UTF-8. So a copy with other quotes or other spaces keeps its digests.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

DIGEST_LENGTH = 8
BYTE_ORDER_MARK = "\ufeff"
CLOSING_QUOTES = "\"'”’»›」』"
OPENING_QUOTES = "\"'“‘„‚«‹「『"
CLOSING_BRACKETS = "）〕】〉》"

_FOLDED = str.maketrans(
    dict.fromkeys("‘’‚‛", "'")
    | dict.fromkeys("“”„‟", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
)
# What nobody sees: soft hyphens, joiners and their kin, marks of direction, variation selectors
INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u180e\ufeff" + "".join(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F))))
    + "".join(map(chr, (*range(0x2060, 0x2065), *range(0x2066, 0x206A), *range(0xFE00, 0xFE10))))
)  # fmt: skip
_LEFT_OUT = dict.fromkeys(map(ord, INVISIBLE))
_LINE = re.compile(r"[^\r\n]+")
# The look-behind and the possessive `++` keep a run of a million full stops linear.
_STOPS = "。？！؟۔।॥։።။។.?!"
_STOP = re.compile(
    rf"(?P<western>(?<![.?!])[.?!]++[{CLOSING_QUOTES}]*+\.?+\s++)"
    rf"|[。？！][{_STOPS}]*+[{CLOSING_QUOTES}{CLOSING_BRACKETS}]*+"
    rf"|[؟۔।॥։።။។][{_STOPS}]*+[{CLOSING_QUOTES}{CLOSING_BRACKETS})\]]*+"
)
_HAN_OR_KANA = re.compile("[\u3005-\u312f\u31a0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]")
_FIRST_WITHOUT_CAPITALS = "\u0590"  # where Hebrew begins; the letters without capitals before it are signs (ª, ƻ)
_GEORGIAN = range(0x10D0, 0x1100)  # whose capitals stand in headings alone


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence of a text: `text[start:end]`, counted in code points from 0."""

    paragraph: int
    number: int  # within the paragraph, from 1
    text: str
    start: int
    end: int
    digest: str

    @property
    def address(self) -> str:
        return f"p{self.paragraph}s{self.number}"


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """All sentences of *text* in their order; none for a blank text. Never fails.

    >>> for s in split_sentences('The Title\\n\\n“Is it so?” It is.\\r\\n好。是吗？'):
    ...     print(s.address, s.digest, s.text)
    p0s1 09cb2aa3 The Title
    p1s1 99d7e873 “Is it so?”
    p1s2 9543fd6f It is.
    p2s1 061dc3a2 好。
    p2s2 6726fb65 是吗？
    >>> [s.text for s in split_sentences("¿Abre? ¡Sí! 다리는 길다. 2030년에 연다. هل هو طويل؟ نعم. पुल लंबा है। हाँ।")]
    ['¿Abre?', '¡Sí!', '다리는 길다.', '2030년에 연다.', 'هل هو طويل؟', 'نعم.', 'पुल लंबा है।', 'हाँ।']
    """
    offset = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    lines = [line for line in _LINE.finditer(text, offset) if not line[0].isspace()]
    return tuple(
        Sentence(
            paragraph=paragraph,
            number=number,
            text=text[start:end],
            start=start,
            end=end,
            digest=digest_sentence(text[start:end]),
        )
        for paragraph, line in enumerate(lines)
        for number, (start, end) in enumerate(_cut_line(text, line.start(), line.end()), 1)
    )


def join_sentences(text: str, sentences: Iterable[Sentence], joins: Mapping[str, int]) -> tuple[Sentence, ...]:
    """*sentences* of *text* with those joined that *joins* names: at an address, how many from there are one.

    The joined sentence has the address of its first part; the sentences behind it keep theirs. A join that names no
    sentence, or reaches over the end of its paragraph, joins nothing.

    >>> text = "Title\\nDr. Li came. He left."
    >>> [(s.address, s.text) for s in join_sentences(text, split_sentences(text), {"p1s1": 2})]
    [('p0s1', 'Title'), ('p1s1', 'Dr. Li came.'), ('p1s3', 'He left.')]
    """
    by_address = {sentence.address: sentence for sentence in sentences}
    found: list[Sentence] = []
    end = 0
    for sentence in by_address.values():
        if sentence.start < end:
            continue  # it was joined to one before
        last = by_address.get(f"p{sentence.paragraph}s{sentence.number + joins.get(sentence.address, 1) - 1}")
        if last is not None and last is not sentence:
            whole = text[sentence.start : last.end]
            sentence = replace(sentence, text=whole, end=last.end, digest=digest_sentence(whole))
        end = sentence.end
        found.append(sentence)
    return tuple(found)


def digest_sentence(text: str) -> str:
    """The 8 hexadecimal digits that stand for a sentence, the same for copies that differ in typography.

    >>> digest_sentence("“It’s  a dream,” he said.") == digest_sentence("\\"It's a DREAM,\\" he said.")
    True
    """
    # A lone surrogate cannot be encoded; it must not make the digest of a whole text fail.
    data = normalise(text).encode("utf-8", "surrogatepass")
    from hashlib import sha256  # only where the texts are at hand

    return sha256(data).hexdigest()[:DIGEST_LENGTH]


def normalise(text: str) -> str:
    """*text* as it is digested (see the module's rules).

    >>> normalise("  The “SU7”\\u00a0—  a  ＣＡＲ ")
    'the "su7" - a car'
    """
    return " ".join(unicodedata.normalize("NFKC", text).translate(_FOLDED).casefold().split())


def fold_words(text: str) -> str:
    """*text* as its words are looked for: normalised, and without signs that nobody sees.

    These are soft hyphens, joiners and marks of direction. Digests keep them, and so stay what they are.

    >>> fold_words("The bri\\u00addge\\u200e is long.")
    'the bridge is long.'
    """
    return normalise(text if text.isascii() else text.translate(_LEFT_OUT))


def _cut_line(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of the sentences of the line `text[start:end]`, without the white space around them."""
    for stop in [*_find_ends(text, start, end), end]:
        part = text[start:stop]
        if part and not part.isspace():
            left = start + len(part) - len(part.lstrip())
            yield left, left + len(part.strip())
        start = stop


def _find_ends(text: str, start: int, end: int) -> Iterator[int]:
    for stop in _STOP.finditer(text, start, end):
        if stop["western"] is None or (stop.end() < end and _begins_sentence(text[stop.end()])):
            yield stop.end()


def _begins_sentence(char: str) -> bool:
    """Whether a sentence may begin with a sign behind a full stop and white space.

    >>> [_begins_sentence(char) for char in "A2“¿가היऐა李のab("]
    [True, True, True, True, True, True, True, True, True, False, False, False, False, False]
    """
    if char in OPENING_QUOTES or char in "¿¡" or unicodedata.category(char) in {"Lu", "Lt", "Nd"}:
        return True
    if ord(char) in _GEORGIAN:
        return True
    is_caseless = char >= _FIRST_WITHOUT_CAPITALS and unicodedata.category(char) == "Lo"
    return is_caseless and _HAN_OR_KANA.match(char) is None
