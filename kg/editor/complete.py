"""What may stand where the cursor is: entities by any of their names, properties that fit, units, words, keys ..."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from kg.build.pipeline import Checked
from kg.editor.card import (
    escape,
    quote,
    show_claim_card,
    show_class_card,
    show_code_card,
    show_entity_card,
    show_key_card,
    show_property_card,
    show_sentence_card,
    show_source_card,
    show_unit_card,
    show_word_card,
)
from kg.editor.role import FORMS, WORDS, FileFormat, Role, role_of
from kg.editor.scan import CURSOR, Spot, scan_at
from kg.graph.coverage import Status, measure_coverage
from kg.model.nouns import Entity
from kg.model.ontology.vocabulary import Property
from kg.model.values import EntityRef
from kg.text.codes import load_codes
from kg.text.match import choose_matches, fold_name

MOST_OFFERS = 200
WORD_CLASSES = {Role.MODE: "Mode", Role.VOICE: "VoiceKind", Role.CLARITY: "Clarity", Role.DIFFERENCE: "Difference"}
_QUANTITY = re.compile(
    r"(?P<number>.*[0-9百千万亿](?:\s+(?:hundred|thousand|million|billion|trillion))?)\s+(?P<unit>\S*)"
)
_BOUNDS = {"about": "gives no bounds", "over": "more than", "under": "less than", "at least": "or more",
           "at most": "or less"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One completion: what is shown (*label*, *detail*), what is written, and where: columns of the line, from 0.

    *names* are what it is found by. *tell* makes its card. The lower its *rank*, the earlier it stands. *behind* is
    written behind the label.
    """

    label: str
    kind: Role
    names: tuple[str, ...]
    detail: str
    tell: Callable[[], str | None] = field(repr=False)
    rank: int = 0
    behind: str = ""
    start: int = 0
    end: int = 0

    @property
    def text(self) -> str:
        """What is written."""
        return self.label + self.behind


@dataclass(frozen=True, kw_only=True)
class Completing:
    """Where something is completed: the project as it is known, the file's format and name, the spot, what is typed."""

    known: Checked
    kind: FileFormat
    name: str
    spot: Spot
    typed: str
    source: str | None  # of the file


def complete(
    known: Checked, kind: FileFormat, name: str, text: str, line: int, column: int, source: str | None
) -> list[Offer]:
    """What may stand at a place of a file, the best first; nothing where nothing is known of it.

    *source* is the source that the file speaks of. Lines and columns count from 0, in code points.
    """
    spot = scan_at(text, line, column)
    if spot is None:
        return []
    typed = spot.text.partition(CURSOR)[0]
    found = role_of(kind, spot, known.vocabulary)
    if found is None:
        return []
    role, form = found
    context = Completing(known=known, kind=kind, name=name, spot=spot, typed=typed, source=source)
    if role is Role.QUANTITY:
        return list(_offer_units(context))
    if role is Role.KEY:
        offers = list(_offer_keys(context, str(form)))
    elif role in WORDS:
        offers = list(_offer_words(context, role))
    else:
        offers = list(_OFFERS[role](context)) if role in _OFFERS else []
    start, end = spot.inner
    rest = text.split("\n")[line][end:]
    colon = "" if not spot.is_key or rest.lstrip().startswith(":") else ": "
    return [replace(o, behind=colon, start=start, end=end) for o in choose_offers(offers, typed)]


def choose_offers(offers: Sequence[Offer], typed: str) -> list[Offer]:
    """The offers that fit what is typed, the best first; where none does, the nearest by spelling."""
    chosen = choose_matches(typed, [offer.names for offer in offers], [offer.rank for offer in offers])
    return [offers[n] for n in chosen[:MOST_OFFERS]]


# -- what there is --------------------------------------------------------------------------------


def _offer_keys(context: Completing, form: str) -> Iterator[Offer]:
    """The keys that are not there yet, the required ones first."""
    for number, key in enumerate(FORMS[form].keys):
        if key.name not in context.spot.fields:
            rank = number - 100 if key.required else number
            tell = partial(show_key_card, form, key.name)
            yield Offer(label=key.name, kind=Role.KEY, names=(key.name,), detail=key.says, tell=tell,
                        rank=rank)  # fmt: skip


def _offer_words(context: Completing, role: Role) -> Iterator[Offer]:
    for number, word in enumerate(WORDS[role]):
        tell = partial(show_word_card, context.known.vocabulary, WORD_CLASSES.get(role, ""), word)
        yield Offer(label=word, kind=role, names=(word,), detail=role.value, tell=tell, rank=number)


def _offer_entities(context: Completing) -> Iterator[Offer]:
    """The entities of the project: first those whose class fits the place, then those that are used most."""
    seeds, vocabulary = context.known.seeds, context.known.vocabulary
    prop = vocabulary.properties.get(context.spot.fields.get("p", "")) if "o" in context.spot.way[3:4] else None
    used = _count_uses(context)
    for entity in seeds.entities:
        fits = prop is None or fits_classes(context.known, entity, prop.range)
        yield _offer_entity(context, entity, (0 if fits else 10_000) - min(used[entity.key], 9_999))


def _count_uses(context: Completing) -> Counter[str]:
    """How often each entity stands already at places of the kind that is completed."""
    used: Counter[str] = Counter()
    step = next((step for step in context.spot.way[::-1] if not step.isdigit()), "")
    for claim in context.known.seeds.claims:
        if step == "by":
            used.update(ref.text for ref in claim.speakers)
        elif step == "where":
            used.update(e.venue.text for e in claim.evidence if e.venue is not None)
        elif step == "s":
            used[claim.subject.text] += 1
        elif step == "o" and isinstance(claim.object, EntityRef):
            used[claim.object.key] += 1
    return used


def _offer_entity(context: Completing, entity: Entity, rank: int) -> Offer:
    label = entity.label(context.known.seeds.dataset.language)
    classes = ", ".join(ref.text for ref in entity.classes)
    names = (entity.key, *dict.fromkeys(name.text for name in entity.names))
    typed = fold_name(context.typed)
    by = next((n for n in names[1:] if typed and fold_name(n).startswith(typed) and n != label), None)
    detail = f"{label} — {classes}" + (f" ({by})" if by else "")
    tell = partial(show_entity_card, context.known, entity)
    return Offer(label=entity.key, kind=Role.ENTITY, names=names, detail=detail, tell=tell, rank=rank)


def fits_classes(known: Checked, entity: Entity, wanted: Iterable[frozenset[str]]) -> bool:
    """Whether an entity is of a class of each statement of a domain or a range."""
    classes = [known.vocabulary.classes.get(ref.text) for ref in entity.classes]
    above = frozenset().union(*(cls.ancestors for cls in classes if cls is not None))
    return all(statement & above for statement in wanted)


def _offer_speakers(context: Completing) -> Iterator[Offer]:
    yield Offer(label="source", kind=Role.VOICED, names=("source",), detail="the author of the source",
                tell=lambda: "`source` the author of the source speaks", rank=-10_000)  # fmt: skip
    yield from _offer_entities(context)


def _offer_subjects(context: Completing) -> Iterator[Offer]:
    if context.typed.startswith("c:"):
        yield from _offer_claims(context, "c:")
    else:
        yield from _offer_entities(context)


def _offer_properties(context: Completing) -> Iterator[Offer]:
    """The properties, those first that fit the subject's class, and in use before not in use."""
    known = context.known
    subject = context.spot.fields.get("s", "")
    entity = known.seeds.entity_by_key.get(subject)
    used = Counter(claim.predicate.text for claim in known.seeds.claims)
    for prop in known.vocabulary.properties.values():
        if prop.narrows is not None:
            continue  # the graph's own, for one unit
        if subject.startswith("c:"):
            fits = prop.claim_subject
        else:
            fits = not prop.claim_subject and (entity is None or fits_classes(known, entity, prop.domain))
        yield _offer_property(context, prop, (0 if fits else 10_000) - min(used[prop.name], 9_999))


def _offer_property(context: Completing, prop: Property, rank: int) -> Offer:
    label = prop.label(context.known.seeds.dataset.language)
    detail = f"{label} — {prop.kind.value}"
    names = (prop.name, *prop.labels.values())
    tell = partial(show_property_card, context.known.vocabulary, prop)
    return Offer(label=prop.name, kind=Role.PROPERTY, names=names, detail=detail, tell=tell, rank=rank)


def _offer_classes(context: Completing) -> Iterator[Offer]:
    used = Counter(ref.text for entity in context.known.seeds.entities for ref in entity.classes)
    lang = context.known.seeds.dataset.language
    for cls in context.known.vocabulary.classes.values():
        names = (cls.name, *cls.labels.values())
        tell = partial(show_class_card, context.known.vocabulary, cls)
        yield Offer(label=cls.name, kind=Role.CLASS, names=names,
                    detail=cls.labels.get(lang, ""), tell=tell, rank=-used[cls.name])  # fmt: skip


def _offer_sources(context: Completing) -> Iterator[Offer]:
    for source in context.known.seeds.sources:
        title = source.title.text if source.title else ""
        tell = partial(show_source_card, context.known, source)
        yield Offer(label=source.id, kind=Role.SOURCE, names=(source.id, title), detail=title, tell=tell)


def _offer_claims(context: Completing, prefix: str = "") -> Iterator[Offer]:
    """Claims of the file's own source by their short ids, others by their whole ones."""
    words = context.known.story.words(context.known.seeds.dataset.language)
    at_object = context.spot.way[3:4] == ("o",) or context.spot.way[3:4] == ("s",)
    prefix = prefix or ("c:" if at_object else "")
    for claim in context.known.seeds.claims:
        own = claim.source == context.source
        name = prefix + (claim.id.partition(".")[2] if own else claim.id)
        statement = words.statement(claim)
        tell = partial(show_claim_card, context.known, claim)
        yield Offer(label=name, kind=Role.CLAIM, names=(name, name.removeprefix("c:"), statement),
                    detail=statement, tell=tell, rank=0 if own else 1)  # fmt: skip


def _offer_own_ids(context: Completing) -> Iterator[Offer]:
    """Under a sentence: its voice, and the claims of the source that it may repeat."""
    if context.kind is not FileFormat.CLAIMS:
        return
    if "said" not in context.spot.fields:
        yield Offer(label="said", kind=Role.KEY, names=("said",), detail="who speaks in this sentence",
                    tell=lambda: None, rank=-1)  # fmt: skip
    if context.typed:
        yield from (o for o in _offer_claims(context) if o.rank == 0 and o.label not in context.spot.fields)


def _offer_sentences(context: Completing) -> Iterator[Offer]:
    """The sentences of the file's source; those to do come first. In a claims file each with its digest."""
    known = context.known
    source = known.seeds.source_by_id.get(context.source or "")
    if source is None:
        return
    with_digest = context.kind is FileFormat.CLAIMS and context.spot.way[0] == "claims"
    digests = {address: s.digest for address, s in source.sentences.items()}
    article = known.articles.by_source.get(source.id)
    digests |= article.digests if article is not None else {}
    coverage = measure_coverage(known.seeds, known.articles, source.id)
    before = context.typed.rpartition("..")[0]
    for number, sentence in enumerate(coverage.sentences):
        address = sentence.address
        text = f"{address} {digests[address]}" if with_digest and address in digests else address
        text = f"{before}..{address}" if before else text
        if text in context.spot.fields:
            continue
        words = quote(known, source.id, address)
        todo = sentence.status is Status.TODO
        detail = f"{sentence.status} {words}".strip()
        yield Offer(label=text, kind=Role.SENTENCE, names=(text,), detail=detail,
                    tell=partial(show_sentence_card, known, source.id, address),
                    rank=number if todo else 100_000 + number)  # fmt: skip


def _offer_places(context: Completing) -> Iterator[Offer]:
    for source in context.known.seeds.sources:
        for address in source.sentences:
            text = f"{source.id}.{address}"
            yield Offer(label=text, kind=Role.PLACE, names=(text,),
                        detail=quote(context.known, source.id, address),
                        tell=partial(show_sentence_card, context.known, source.id, address))  # fmt: skip


def _offer_codes(context: Completing) -> Iterator[Offer]:
    """Codes of warnings and notes: errors cannot be accepted."""
    for name, about in load_codes().items():
        if about.severity != "error":
            yield Offer(label=name, kind=Role.CODE, names=(name,), detail=escape(about.cause)[:120],
                        tell=partial(show_code_card, name))  # fmt: skip


_OFFERS: dict[Role, Callable[[Completing], Iterator[Offer]]] = {
    Role.ENTITY: _offer_entities, Role.SPEAKER: _offer_speakers, Role.SUBJECT: _offer_subjects,
    Role.PROPERTY: _offer_properties, Role.CLASS: _offer_classes, Role.SOURCE: _offer_sources,
    Role.CLAIM: _offer_claims, Role.OWN_ID: _offer_own_ids, Role.SENTENCE: _offer_sentences,
    Role.PLACE: _offer_places, Role.CODE: _offer_codes,
}  # fmt: skip


def _offer_units(context: Completing) -> Iterator[Offer]:
    """Behind a number its unit, those that the property takes first; before one, what bounds it."""
    prop = context.known.vocabulary.properties.get(context.spot.fields.get("p", ""))
    found = _QUANTITY.fullmatch(context.typed)
    start, end = context.spot.inner
    if found is None:
        offers = [
            Offer(label=word, behind=" ", kind=Role.QUANTITY, names=(word,), detail=told, tell=lambda: None, rank=n)
            for n, (word, told) in enumerate(_BOUNDS.items())
        ]
        yield from (replace(o, start=start, end=end) for o in choose_offers(offers, context.typed))
        return
    units = context.known.vocabulary.units
    wanted = next((u for u in units.values() if prop is not None and u.iri == prop.unit), None)
    lang = context.known.seeds.dataset.language
    offers = []
    for unit in context.known.vocabulary.unit_by_iri.values():
        fits = wanted is None or unit.iri == wanted.iri or bool(unit.kinds & wanted.kinds)
        fits = unit.iri in prop.by_unit if prop is not None and prop.by_unit else fits
        rank = -1 if wanted is not None and unit.iri == wanted.iri else 0 if fits else 10
        names, label = (*unit.words, *unit.labels.values()), unit.labels.get(lang, "")
        offers.append(Offer(label=unit.symbol, kind=Role.QUANTITY, names=names, detail=label,
                            tell=partial(show_unit_card, unit), rank=rank))  # fmt: skip
    at = start + found.start("unit")
    yield from (replace(o, start=at, end=end) for o in choose_offers(offers, found["unit"]))
