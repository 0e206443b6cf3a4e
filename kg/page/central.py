"""The things of a graph too large to be drawn: the names of all of them, and every claim of the most central ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.graph.describe import find_counted
from kg.graph.dispute import Outcome
from kg.graph.story import Story
from kg.model.nouns import Claim, Entity, Seeds
from kg.model.values import ClaimRef, EntityRef
from kg.page.address import word_address
from kg.page.findings import source_names
from kg.page.text import clean
from kg.page.words import load_words, show_as_of, show_claim_time, word_value
from kg.text.markup import Html, tag
from kg.view import root_entity

MOST_CENTRAL = 200  # things whose claims are in the file
PARTS = ("about", "says", "there")  # how a thing takes part in a claim: what is said of it, by it, at it

_WORDED = ("says", "word", "time", "who", "where")
_SCRIPTED = frozenset({
    "claims-1", "claims-n", "comma", "conflict", "found-nothing", "idle-words", "line-denied", "remark",
})  # fmt: skip

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Central:
    """A thing, and its claims by its part in them, each claim once."""

    entity: Entity
    claims: Mapping[str, tuple[Claim, ...]]

    @property
    def count(self) -> int:
        return sum(map(len, self.claims.values()))


def rank_members(story: Story, ranking: Iterable[str]) -> tuple[Central, ...]:
    """All things of a story, the most central first; *ranking* are their IRIs in that order, others come last."""
    place = {iri: i for i, iri in enumerate(ranking)}
    gathered = gather_claims(story.seeds)
    last = len(place)

    def rank(entity: Entity) -> tuple[int, str]:
        return (place.get(story.names.entity(entity.key).value, last), entity.key)

    return tuple(
        Central(entity=entity, claims={part: tuple(gathered[part].get(entity.key, ())) for part in PARTS})
        for entity in sorted(story.seeds.entities, key=rank)
    )


def gather_claims(seeds: Seeds) -> Mapping[str, Mapping[str, Sequence[Claim]]]:
    """The claims of each thing, in three parts: about it, said by it, said there.

    A claim with the thing as its value is about it too. One that a thing takes part in twice stands in the first part.
    """
    found: dict[str, dict[str, list[Claim]]] = {part: defaultdict(list) for part in PARTS}
    for claim in sorted(seeds.claims, key=lambda c: (c.predicate.text, c.id)):
        about: list[str | None] = [
            root_entity(claim, seeds),
            claim.object.key if isinstance(claim.object, EntityRef) else None,
        ]
        says: list[str | None] = [speaker.text for speaker in claim.speakers]
        there: list[str | None] = [e.venue.text for e in claim.evidence if e.venue]
        taken: set[str] = set()
        for part, keys in (("about", about), ("says", says), ("there", there)):
            for key in keys:
                if key is not None and key not in taken:
                    taken.add(key)
                    found[part][key].append(claim)
    return found


def show_central(members: Sequence[Central], lang: str) -> Html:
    """The most central things, each with the number of its claims; a script lists them where one is opened."""
    articles = [
        tag(
            "details",
            tag("summary", clean(m.entity.label(lang)), " ", tag("span", f"{m.count:,}", class_="count")),
            id=f"e={m.entity.key}",
            name="central",
        )
        for m in members[:MOST_CENTRAL]
    ]
    return tag("div", articles, id="central-things", class_="opening")


def build_index(members: Sequence[Central], story: Story, lang: str) -> Json:
    """What the overview's script is given: all names, the most central first, and the claims of the most central."""
    teller = _Teller(story=story, lang=lang)
    numbers: dict[str, int] = {}
    told: list[Json] = []

    def number(claim: Claim) -> int:
        found = numbers.get(claim.id)
        if found is None:
            found = numbers[claim.id] = len(told)
            told.append(teller.tell(claim))
        return found

    own = load_words().own[lang]
    classes = story.vocabulary.classes
    return {
        "words": {key: word for key, word in own.items() if key.startswith("overview.script-") or key in _SCRIPTED},
        "parts": PARTS,
        "things": [
            {
                "key": m.entity.key,
                "names": list(dict.fromkeys([clean(m.entity.label(lang)), *(clean(n.text) for n in m.entity.names)])),
                "classes": [
                    clean(classes[c.text].labels.get(lang) or c.text) if c.text in classes else c.text
                    for c in m.entity.classes
                ],
                "count": m.count,
            }
            for m in members
        ],
        "lists": [{part: [*map(number, claims)] for part, claims in m.claims.items()} for m in members[:MOST_CENTRAL]],
        "claims": told,
    }


def keep_worded(index: Json) -> Json:
    """The entries of an index that differ from language to language: words, names, and what claims say."""
    return {
        "title": index["title"],
        "words": index["words"],
        "things": [{key: thing[key] for key in ("names", "classes")} for thing in index["things"]],
        "claims": [{key: claim[key] for key in _WORDED if key in claim} for claim in index["claims"]],
    }


class _Teller:
    """Tells claims in words, one line each."""

    def __init__(self, *, story: Story, lang: str) -> None:
        self.story, self.lang = story, lang
        self.words, self.own = story.words(lang), load_words()
        self.sources = {id_: name[lang] for id_, name in source_names(story.seeds).items()}
        conflicts = (c for c in story.comparisons if c.relation is Outcome.CONFLICT)
        self.conflicts = {claim.id for c in conflicts for claim in c.claims}

    def tell(self, claim: Claim) -> Json:
        """A claim: what it says, in which mode, for when, who says it, and in which sentences."""
        lang = self.lang
        when = show_claim_time(claim, self.story.vocabulary, lang)
        times = [when] if when else []
        counted = find_counted(claim, self.story.vocabulary.properties.get(claim.predicate.text), self.story.seeds)
        if counted is not None:
            times.append(self.own.fill("as-of-time", lang, when=show_as_of(counted, lang)))
        told = {
            "id": claim.id,
            "says": self.state(claim),
            "denied": claim.negated,
            "conflict": claim.id in self.conflicts,
            "mode": claim.mode.value,
            "word": self.own.join_parts([self.own.get(f"modes.{claim.mode}", lang), *self.doubts(claim)], lang),
            "time": self.own.join_parts(times, lang),
            "who": self.own.join_words([clean(self.words.entity(s.text)) for s in claim.speakers], lang),
            "where": "; ".join(
                self.own.join_parts((self.sources.get(e.source, e.source), word_address(e.address, lang)), lang)
                for e in claim.evidence
            ),
        }
        return {key: value for key, value in told.items() if value}

    def doubts(self, claim: Claim) -> list[str]:
        """That nobody has reviewed it, where that is so."""
        return [self.own.get("line-unreviewed", self.lang)] if claim.state.is_unreviewed else []

    def state(self, claim: Claim, depth: int = 2) -> str:
        """Subject, property and value; what a claim says of other claims is told down to the third."""

        def tell(other: str) -> str:
            found = self.story.seeds.claim_by_id.get(other)
            return self.own.fill("said-of", self.lang, text=self.state(found, depth - 1)) if found and depth else "…"

        subject = claim.subject
        about = tell(subject.id) if isinstance(subject, ClaimRef) else clean(self.words.entity(subject.key))
        value = word_value(claim, self.story, self.lang)
        value = tell(claim.object.id) if isinstance(claim.object, ClaimRef) else value
        return self.own.join_phrase((about, clean(self.words.property(claim.predicate.text)), value), self.lang)
