"""What readers of proposals share: files, JSON with its numbers as they were written, rows with our own keys."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.drafts.proposal.proposal import Proposal, Unreadable
from kg.text.diagnostic import Diagnostic, Mark, SourceText, did_you_mean, list_known
from kg.text.yamldoc import decode_text

REQUIRED = ("subject", "predicate", "object", "quote", "document")
OPTIONAL = ("sentence", "speaker", "mode", "when", "asof", "negated", "note", "subject_type", "object_type")
MOST_OF_A_LINE = 1_000_000  # bytes
MOST_LEVELS = 100  # lists and objects within one another


class WrittenNumber(str):
    """A number of JSON, with the digits that were written."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class ProposalFile:
    """A file of proposals: its *name* for messages and its bytes."""

    name: str
    raw: bytes = field(repr=False)

    def mark(self, line: int = 1, column: int = 1) -> Mark:
        """A place in the file; of its text nothing is kept."""
        return Mark(source=SourceText(self.name, ""), line=line, column=column, end_line=line, end_column=column + 1)

    def unreadable(self, row: int, message: str, hint: str | None = None, line: int | None = None) -> Unreadable:
        """A row that cannot be read."""
        mark = self.mark(row if line is None else line)
        return Unreadable(
            row=row, file=self.name, diagnostic=Diagnostic(code="bad-proposal", mark=mark, message=message, hint=hint)
        )

    def decode(self) -> str | Unreadable:
        """The text of the file, or that it has none."""
        source, problems = decode_text(self.raw, self.name)
        for problem in problems:
            line = problem.mark.line
            return Unreadable(row=1, file=self.name, diagnostic=_at(problem, self.mark(line, problem.mark.column)))
        return source.text

    def lines(self) -> Iterator[tuple[int, str | Unreadable]]:
        """The lines that are not blank, with their numbers; each is decoded by itself."""
        start, number = 0, 0
        while start < len(self.raw):
            end = self.raw.find(b"\n", start)
            end = len(self.raw) if end < 0 else end
            number += 1
            line = self.raw[start:end].removeprefix(b"\xef\xbb\xbf") if number == 1 else self.raw[start:end]
            start = end + 1
            if len(line) > MOST_OF_A_LINE:
                yield number, self.unreadable(number, f"a line of more than {MOST_OF_A_LINE:,} bytes", line=number)
                continue
            if not line.strip():
                continue
            source, problems = decode_text(line, self.name)
            if problems:
                at = self.mark(number, problems[0].mark.column)
                yield number, Unreadable(row=number, file=self.name, diagnostic=_at(problems[0], at))
            else:
                yield number, source.text.rstrip("\r")

    def read_json(self) -> object | Unreadable:
        """The one value that the file holds as JSON."""
        text = self.decode()
        if isinstance(text, Unreadable):
            return text
        try:
            return parse_json(text)
        except ValueError as error:
            line = getattr(error, "lineno", 1)
            return self.unreadable(1, f"the file is no JSON: {say_json_error(error)}", line=line)


def _at(problem: Diagnostic, mark: Mark) -> Diagnostic:
    return Diagnostic(code=problem.code, mark=mark, message=problem.message, hint=problem.hint)


def parse_json(text: str) -> object:
    """A value of JSON; numbers keep their digits (`WrittenNumber`).

    Raises ValueError, also for a key that stands twice and for lists and objects nested more than 100 deep.

    >>> parse_json('{"object": 73.60}')
    {'object': '73.60'}
    """
    try:
        value = json.loads(
            text,
            parse_float=WrittenNumber,
            parse_int=WrittenNumber,
            parse_constant=_refuse_constant,
            object_pairs_hook=_make_object,
        )
        if not _is_deep(value):
            return value
    except RecursionError:  # where Python's own limit is reached first
        pass
    raise ValueError(f"nested deeper than {MOST_LEVELS} levels")


def _is_deep(value: object) -> bool:
    """Whether lists and objects are nested deeper than the readers of the formats, which call themselves, may go."""
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return any(isinstance(each, dict | list) for each in level)


def _refuse_constant(word: str) -> object:
    raise ValueError(f"`{word}` is no number of JSON")


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"the key `{twice}` stands twice")
    return made


def say_json_error(error: ValueError) -> str:
    """What is wrong with a text that is no JSON, in few words."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]} (line {error.lineno}, column {error.colno})"
    return str(error)


def plain_record(record: object) -> object:
    """An object of Python as one of JSON: numbers as they are written."""
    if not isinstance(record, Mapping):
        return record
    numbers = {key: WrittenNumber(value) for key, value in record.items() if type(value) in {int, float}}
    return {**record, **numbers}


class RowError(Exception):
    """A row that cannot be read, with the reason and a hint."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def want_text(record: Mapping[str, object], key: str, what: str = "row") -> str:
    """The text under *key*. Raises RowError where there is none."""
    value = find_text(record, key)
    if value is None:
        raise RowError(f"the {what} lacks `{key}`")
    return value


def find_text(record: Mapping[str, object], key: str) -> str | None:
    """The text or number under *key*; None where it is absent or null. Raises RowError for anything else."""
    value = record.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    raise RowError(f"`{key}` should be a text, not {word_type(value)}")


def word_type(value: object) -> str:
    """What a value of JSON is, in words."""
    words = {
        bool: "a truth",
        dict: "an object",
        list: "a list",
        WrittenNumber: "a number",
        str: "a text",
        type(None): "null",
    }
    return words.get(type(value), type(value).__name__)


def read_record(record: object, file: ProposalFile, row: int, line: int, *, documented: bool) -> Proposal | Unreadable:
    """A row with our own keys. *documented* is true where `document` may be left out, since it is known."""
    try:
        return _read_record(record, file, row, line, documented=documented)
    except RowError as error:
        return file.unreadable(row, str(error), error.hint, line)


def _read_record(record: object, file: ProposalFile, row: int, line: int, *, documented: bool) -> Proposal:
    if not isinstance(record, dict):
        raise RowError(f"a row should be an object, not {word_type(record)}")
    needed = [key for key in REQUIRED if not (key == "document" and documented)]
    missing = [key for key in needed if record.get(key) is None and not (key == "quote" and record.get("sentence"))]
    unknown = [key for key in record if key not in (*REQUIRED, *OPTIONAL)]
    if missing:
        near = [hint for key in unknown if (hint := did_you_mean(str(key), missing))]
        names = " and ".join(f"`{key}`" for key in missing)
        raise RowError(f"the row lacks {names}", f"`{unknown[0]}`: {near[0]}" if near and len(unknown) == 1 else None)
    value = record["object"]
    if isinstance(value, bool):
        value = "true" if value else "false"
    if not isinstance(value, str):
        hint = "write a row for each of them" if isinstance(value, list) else None
        raise RowError(f"`object` should be a text, a number or a truth, not {word_type(value)}", hint)
    texts = {key: find_text(record, key) for key in (*REQUIRED, *OPTIONAL) if key not in {"object", "negated"}}
    for key in ("subject", "predicate"):
        if isinstance(record[key], WrittenNumber):
            raise RowError(f"`{key}` should be a text, not a number")
    return Proposal(
        row=row,
        file=file.name,
        mark=file.mark(line),
        subject=texts["subject"] or "",
        predicate=texts["predicate"] or "",
        object=str(value),
        quote=texts["quote"],
        document=texts["document"],
        sentence=texts["sentence"],
        speaker=texts["speaker"],
        mode=texts["mode"],
        when=texts["when"],
        asof=texts["asof"],
        negated=read_negated(record),
        note=texts["note"],
        kinds={key: kind for key in ("subject", "object") if (kind := texts[f"{key}_type"]) is not None},
        remarks=tell_unread(record, (*REQUIRED, *OPTIONAL)),
    )


def read_negated(record: Mapping[str, object]) -> bool:
    """Whether a row denies. Raises RowError for anything but true and false: read as false, a denial would be a claim.

    >>> read_negated({"negated": "TRUE"}), read_negated({})
    (True, False)
    """
    value = record.get("negated")
    word = value.strip().lower() if isinstance(value, str) and not isinstance(value, WrittenNumber) else value
    if word in (None, "", False, "false"):
        return False
    if word in (True, "true"):
        return True
    shown = f"`{value[:40]}`" if isinstance(value, str) else word_type(value)
    raise RowError(f"`negated` should be true or false, not {shown}")


# Keys of other tools that turn what a row says, by their letters, and values that turn nothing.
_DENYING = frozenset(
    ("not", "neg", "negated", "negation", "negative", "denied", "denial", "denies", "polarity", "isnegated",
     "isnegative", "isdenied")
)  # fmt: skip
_MEANT = frozenset(("mode", "modality", "claimmode", "assertiontype"))
_TURNS_NOTHING = frozenset(("", "false", "no", "0", "none", "null", "positive", "affirmed", "affirmative", "fact"))


def find_denial(record: Mapping[str, object], known: Collection[str]) -> str | None:
    """The key of *record* that is not *known* and may deny what the row says; None where there is none."""
    return next(
        (k for k, value in record.items() if k not in known and _letters(k) in _DENYING and _turns(value)), None
    )


def refuse_denial(record: Mapping[str, object], known: Collection[str] = ()) -> None:
    """Nothing. Raises RowError where a key of *record* that is not *known* may deny what it says."""
    key = find_denial(record, known)
    if key is not None:
        hint = "where it denies, write `negated: true` in a form that has it; else leave it out"
        raise RowError(f"`{key[:80]}` is not read, and may deny what the row says", hint)


def tell_unread(record: Mapping[str, object], known: Collection[str]) -> tuple[str, ...]:
    """Cautions that keys of a row are not *known*. Raises RowError for a key that takes back what the row says.

    >>> tell_unread({"subject": "bridge", "colour": "red"}, ("subject",))
    ('the key `colour` is not read',)
    """
    refuse_denial(record, known)
    keys = [str(key) for key in record if key not in known]
    for key in keys:
        if _letters(key) in _MEANT and _turns(record[key]):
            hint = "say it by `mode` in a form that has it, such as `jsonl`; else leave it out"
            raise RowError(f"`{key[:80]}` is not read, and may say that the row is no fact", hint)
    if not keys:
        return ()
    if len(keys) == 1:
        near = did_you_mean(keys[0], known) if "." not in keys[0] else None  # of a record within the row
        return (f"the key `{keys[0][:80]}` is not read" + (f": {near}" if near else ""),)
    return (f"the keys {list_known([key[:80] for key in keys], 8)} are not read",)


def _letters(key: object) -> str:
    return "".join(filter(str.isalpha, str(key).rpartition(".")[2])).lower()


def _turns(value: object) -> bool:
    """Whether the value of a key that may turn a statement says anything."""
    return value is not None and not (isinstance(value, str | bool) and str(value).strip().lower() in _TURNS_NOTHING)
