"""The nouns of proposals: what a row says, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kg.model.nouns import Claim
from kg.text.diagnostic import Diagnostic, Mark
from kg.text.yamldoc import MappingNode, Node

MOST_QUOTED = 4_000  # characters of a quote, and of any other field of a row


class Verdict(StrEnum):
    """What becomes of a row: a new claim, further evidence, a claim that contradicts another, or nothing."""

    NEW = "new"
    SAME = "same"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One row: who asserts what, and by which words of which text; all fields are texts as they were brought.

    *row* counts from 1 over all files that are read together. *document* is a source's id, its file or title;
    *sentence* an address (`p3s1`). *passage* is a part of the text in which the statement stands, where no quote says
    in which sentence. *predicate* may be a phrase. *kinds* are the classes that the row gives to what it names, by
    `subject` and `object`. *more* are further keys of a claim (`where`, `voice` ...), as our YAML has them. *remarks*
    say what of the row was not read.
    """

    row: int
    file: str
    mark: Mark = field(repr=False, compare=False)
    subject: str
    predicate: str
    object: str
    quote: str | None = None
    document: str | None = None
    sentence: str | None = None
    digest: str | None = None  # of the sentence, where the row gives one
    passage: str | None = field(default=None, repr=False)
    speaker: str | None = None
    mode: str | None = None
    when: str | None = None
    asof: str | None = None
    negated: bool = False
    note: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Node] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A row that says nothing that could be judged, and why."""

    row: int
    file: str
    diagnostic: Diagnostic


Row = Proposal | Unreadable


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """A word of a row that stands for another: under which *key* it was *written*, and what is *meant*.

    *how* it was found is `name` (another name of it), `part` (a surname, a name with a title), `class` (of several the
    one that fits), `typo`, `near`, `words` (a phrase that has the words of a label), `unit`, `date` or `value`.
    """

    key: str
    written: str
    meant: str
    how: str

    @property
    def text(self) -> str:
        """`subject: Lei Jnu → lei-jun (near)`."""
        return f"{self.key}: {self.written} → {self.meant} ({self.how})"


@dataclass(frozen=True, kw_only=True)
class ProposedEntity:
    """A thing that a row names and that no file declares: its id, its label, its class."""

    key: str
    label: str
    lang: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What became of a row.

    *diagnostic* says why it was rejected. *sentences* are the addresses of *source* that its quote stands in, those
    that say it first; *how* is how they were found: `exact`, `normalised`, `near`, `names` or `address`. *claim* is the
    claim that the row would be (`new`, `rejected`), supports (`same`) or contradicts (`conflict`); *id* always the
    first. *says* is the row in words. *stated* is the claim as it was read from *fields*, those of its line of YAML;
    None where it is rejected.
    """

    row: int
    file: str
    line: int
    verdict: Verdict
    diagnostic: Diagnostic | None = None
    source: str | None = None
    sentences: tuple[str, ...] = ()
    how: str | None = None
    id: str | None = None
    claim: str | None = None
    says: str = ""
    against: tuple[str, ...] = ()  # all claims that it contradicts
    mapped: tuple[Mapped, ...] = ()
    entities: tuple[ProposedEntity, ...] = ()
    cautions: tuple[str, ...] = ()
    stated: Claim | None = field(default=None, repr=False)
    fields: MappingNode | None = field(default=None, repr=False)
    repeats: bool = False  # its sentence is evidence for the claim already: nothing is to be written

    @property
    def code(self) -> str | None:
        """The code of the diagnostic."""
        return self.diagnostic.code if self.diagnostic is not None else None
