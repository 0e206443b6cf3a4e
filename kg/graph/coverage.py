"""Coverage: which sentences and figures of a source are claimed, set aside, or still to do.

A figure is accounted for when a number of a claim of its sentence equals it (in the object, in `when`, in
`asof`), or when it is set aside under `figures:` with a reason; each written figure counts once. All
figures of a sentence that is set aside are set aside with it. Counts come from the text where it is at
hand, else from the outline.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kg.model.nouns import Claim, Seeds, Source
from kg.model.values import Object, Quantity
from kg.rdf.namespace import UNIT, WELL_KNOWN
from kg.reading.articles import Articles
from kg.reading.sources import address_key

_STEPS = {  # how many of a unit make one of the next larger, of units that are written together: `5 feet 11 inches`
    f"{UNIT}SEC": (60, 60), f"{UNIT}MIN": (60,), f"{WELL_KNOWN['kgu']}month": (12,), f"{UNIT}IN": (12,),
    f"{UNIT}OZ": (16,),
}  # fmt: skip
_LONGEST = 12  # signs of such a number


class Status(StrEnum):
    """What became of a sentence or a figure."""

    CLAIMED = "claimed"
    SKIPPED = "skipped"
    TODO = "to do"


@dataclass(frozen=True, kw_only=True)
class SentenceCoverage:
    """One sentence: its state, its claims, its figures that are claimed, set aside and to do."""

    source: str
    address: str
    status: Status
    claims: tuple[str, ...]
    reason: str | None
    figures_claimed: tuple[str, ...]
    figures_skipped: tuple[str, ...]
    figures_todo: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """All sentences of some sources, in the order of the texts; *uncounted* sources have no outline or text."""

    sentences: tuple[SentenceCoverage, ...]
    uncounted: tuple[str, ...]

    def count(self, status: Status) -> int:
        return sum(s.status is status for s in self.sentences)

    @property
    def figures(self) -> tuple[int, int]:
        """How many figures are accounted for, of how many."""
        done = sum(len(s.figures_claimed) + len(s.figures_skipped) for s in self.sentences)
        return done, done + sum(len(s.figures_todo) for s in self.sentences)

    @property
    def percent(self) -> float:
        """The lower of the shares of sentences and of figures accounted for, in per cent; 100 of nothing.

        A source that cannot be counted counts as nothing done.
        """
        if self.uncounted:
            return 0.0
        total, (figures, all_figures) = len(self.sentences), self.figures
        done = total - self.count(Status.TODO)
        return min(100 * done / total if total else 100.0, 100 * figures / all_figures if all_figures else 100.0)


def measure_coverage(seeds: Seeds, articles: Articles, only: str | None = None) -> Coverage:
    """The coverage of all sources, or of the source *only*."""
    sentences: list[SentenceCoverage] = []
    uncounted = []
    for source in seeds.sources:
        if only is not None and source.id != only:
            continue
        written = _written_figures(source, articles)
        if not written:
            uncounted.append(source.id)
            continue
        sentences += _cover_source(source, written, seeds)
    return Coverage(sentences=tuple(sentences), uncounted=tuple(uncounted))


def _written_figures(source: Source, articles: Articles) -> dict[str, tuple[str, ...]]:
    article = articles.by_source.get(source.id)
    if article is not None:
        return {address: article.figures(address) for address in article.sentences}
    return {s.address: s.figures for s in source.outline}


def _cover_source(source: Source, written: Mapping[str, tuple[str, ...]], seeds: Seeds) -> list[SentenceCoverage]:
    claims: dict[str, list[str]] = defaultdict(list)
    for evidence, claim in seeds.evidence_by_source.get(source.id, ()):
        claims[evidence.address].append(claim.id)
    claimed = figures_of_claims(seeds, source.id, written)
    for evidence, claim in seeds.evidence_by_source.get(source.id, ()):
        if parts := parts_of(claim.object, written.get(evidence.address, ())):
            claimed[evidence.address] += parts
    set_aside: dict[str, list[str]] = defaultdict(list)
    for figure in source.figures:
        set_aside[figure.address].append(str(figure.figure))
    found = []
    for address in sorted(written, key=address_key):
        skip = source.skipped.get(address)
        status = Status.CLAIMED if claims[address] else Status.SKIPPED if skip else Status.TODO
        done, aside, todo = _share_figures(
            written[address], claimed.get(address, ()), set_aside[address], whole=status is Status.SKIPPED
        )
        found.append(
            SentenceCoverage(
                source=source.id,
                address=address,
                status=status,
                claims=tuple(sorted(claims[address])),
                reason=skip.reason if skip else None,
                figures_claimed=done,
                figures_skipped=aside,
                figures_todo=todo,
            )
        )
    return found


Figures = tuple[str, ...]


def _share_figures(
    written: Figures, claimed: Figures, set_aside: list[str], *, whole: bool
) -> tuple[Figures, Figures, Figures]:
    """The written figures as claimed, set aside, to do. A reason sets all occurrences of a figure aside.

    A number below zero claims the figure without its sign as well: a loss of 5 is -5.
    """
    if whole:
        return (), written, ()
    left = list(claimed)
    done, aside, todo = [], [], []
    for figure in written:
        claim = next((number for number in (figure, f"-{figure}") if number in left), None)
        if claim is not None:
            left.remove(claim)
            done.append(figure)
        elif figure in set_aside:
            aside.append(figure)
        else:
            todo.append(figure)
    return tuple(done), tuple(aside), tuple(todo)


def figures_of_claims(seeds: Seeds, source: str, addresses: Container[str]) -> dict[str, Figures]:
    """The numbers that the claims of the sentences at *addresses* hold, each as often as claims hold it."""
    found: dict[str, list[str]] = defaultdict(list)
    for evidence, claim in seeds.evidence_by_source.get(source, ()):
        if evidence.address in addresses:
            found[evidence.address] += numbers_of(claim)
    return {address: tuple(numbers) for address, numbers in found.items()}


def numbers_of(claim: Claim) -> list[str]:
    """The numbers that a claim holds: in its object, in `when`, in `asof`; without leading zeros or signs."""
    values = (claim.object, claim.when, claim.as_of)
    return [plain_number(number) for value in values if value is not None for number in value.numbers() if number]


def parts_of(value: Object | None, figures: Container[str]) -> tuple[str, ...]:
    """The *figures* that make the number of a value together, in larger and smaller units; none where it stands itself.

    >>> from kg.text.diagnostic import Mark, SourceText
    >>> mark = Mark(source=SourceText("a", ""), line=1, column=1, end_line=1, end_column=1)
    >>> time = Quantity(text="", number="8078", lowest="8078", highest="8078", unit=f"{UNIT}SEC", mark=mark)
    >>> parts_of(time, ("2", "14", "38")), parts_of(time, ("14", "38")), parts_of(time, ("8078", "2", "14", "38"))
    (('2', '14', '38'), (), ())
    """
    if not isinstance(value, Quantity) or value.number is None or value.unit not in _STEPS:
        return ()
    if len(value.number) > _LONGEST:
        return ()
    rest, parts = abs(Decimal(value.number)), []
    for step in _STEPS[value.unit]:
        parts.append(rest % step)
        rest //= step
    written = [plain_number(format(part, "f")) for part in (rest, *reversed(parts))]
    needed = [part for part in written if part != "0"]
    if plain_number(value.number) in figures or len(needed) < 2 or not all(part in figures for part in needed):
        return ()
    return tuple(part for part in written if part in figures)


def plain_number(number: str) -> str:
    """`05` → `5`, `73.60` → `73.6`, `+3` → `3`: as figures are written in an outline.

    >>> plain_number("05"), plain_number("73.60"), plain_number("100"), plain_number("0.50")
    ('5', '73.6', '100', '0.5')
    """
    if number.startswith("-"):
        return f"-{plain_number(number[1:])}"
    number = number.lstrip("+")
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return number.lstrip("0") if number.lstrip("0")[:1].isdigit() else f"0{number.lstrip('0')}"
