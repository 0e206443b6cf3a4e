"""`kg show`: all entities, or one with its names, facts, and what is planned, promised and said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.build.pipeline import Checked
from kg.build.waiting import count_state
from kg.graph.decision import matter_of
from kg.graph.describe import ClaimWords
from kg.graph.direct import judge_claims
from kg.graph.dispute import Outcome
from kg.model.names import read_id
from kg.model.nouns import Claim, Entity, Mode, NameKind
from kg.model.values import EntityRef
from kg.show.parts import align, describe_decision, explain_word, find_entity, speaks_of
from kg.show.stated import list_stated, write_contradictions
from kg.text.diagnostic import UsageError
from kg.text.language import choose_text
from kg.text.plural import write_count

_GROUPS = (
    ("Facts", {Mode.FACT}),
    ("Planned, targeted, promised, hoped for, forecast",
     {Mode.PLAN, Mode.TARGET, Mode.PROMISE, Mode.ASPIRATION, Mode.FORECAST}),
    ("Opinions and marketing", {Mode.OPINION, Mode.MARKETING}),
    ("Questions asked", {Mode.QUESTION}),
)  # fmt: skip


def show_entities(checked: Checked, lang: str) -> str:
    """All entities by class, with the number of claims that speak of each, and of those that it makes.

    At last how many drafts and unreviewed proposals there are, if there are any.
    """
    words = checked.story.words(lang)
    counts: dict[str, int] = {}
    says: dict[str, int] = {}
    for claim in checked.seeds.claims:
        for key in {claim.subject.text, *([claim.object.key] if isinstance(claim.object, EntityRef) else [])}:
            counts[key] = counts.get(key, 0) + 1
        for key in {speaker.text for speaker in claim.speakers}:
            says[key] = says.get(key, 0) + 1
    out = []
    by_class: dict[str, list[Entity]] = {}
    for entity in checked.seeds.entities:
        by_class.setdefault(entity.classes[0].text if entity.classes else "?", []).append(entity)
    for name, entities in sorted(by_class.items()):
        out.append(name)
        rows = [(e.key, words.entity(e.key), _count(counts.get(e.key, 0), says.get(e.key, 0))) for e in entities]
        out += [f"  {line}" for line in align(rows)]
    state = count_state(checked)
    out += ["", str(state)] if state else []
    return "\n".join(out) + "\n"


def _count(about: int, by: int) -> str:
    """`18 claims, says 62`."""
    spoken_of = write_count(about, "claim")
    return f"says {by}" if by and not about else f"{spoken_of}, says {by}" if by else spoken_of


def show_entity(checked: Checked, key: str, lang: str) -> str:
    """Names, facts, then what is planned, promised, said of an entity, each with source and place.

    What is no entity of the seeds is shown where tables or files of RDF speak of it. Raises UsageError where none do,
    with what the word means otherwise.
    """
    seeds = checked.seeds
    try:
        entity = find_entity(seeds, key)
    except UsageError:
        stated, mapped = list_stated(checked, key), _list_mapped(checked, read_id(key, "entity", seeds.dataset.base))
        if not stated and not mapped:
            source, day = read_id(key, "source", seeds.dataset.base), seeds.dataset.known_by
            if day is not None and source in checked.read.reading.seeds.source_by_id:
                raise UsageError(f"the source `{source}` was not known by {day.text}: it was published later") from None
            if (otherwise := explain_word(checked, key)) is not None:
                raise UsageError(f"no entity `{key}`: {otherwise}") from None
            raise
        of = " and ".join(["tables"] * bool(mapped) + ["files of RDF"] * bool(stated))
        parts = [["", "From tables", *mapped] if mapped else [], ["", "From RDF files", *stated] if stated else []]
        return "\n".join([f"{key}   (of {of})", *parts[0], *parts[1]]) + "\n"
    words = checked.story.words(lang)
    labels = list(dict.fromkeys(n.text for n in entity.names if n.kind is NameKind.LABEL))
    out = [f"{'  '.join(labels)}   ({', '.join(r.text for r in entity.classes)}, {entity.key})"]
    description = choose_text(lang, {t.lang: t.text for t in entity.description})
    out += [f"  {description}"] if description else []
    names = [n for n in entity.names if n.kind is not NameKind.LABEL]
    if names:
        out += ["", "Names"]
        rows = [(n.text, n.kind.value, n.lang, ", ".join(p.text for p in n.places)) for n in names]
        out += [f"  {line}" for line in align(rows)]
    if entity.when is not None:
        out += ["", f"When  {entity.when.text}"]
    if entity.note is not None:
        out += ["", f"Note  {entity.note.text}"]
    about = [c for c in seeds.claims if speaks_of(c, entity.key)]
    ids = {claim.id for claim in about}
    said = [c for c in seeds.claims if any(s.text == entity.key for s in c.speakers) and c.id not in ids]
    matters = frozenset(matter_of(claim) for claim in (*about, *said))
    verdicts = judge_claims(seeds, checked.vocabulary, matters)
    direct = {verdict.claim.id for verdict in verdicts if verdict.triples}
    for title, modes in _GROUPS:
        claims = [c for c in about if c.mode in modes]
        if claims:
            out += ["", title, *_claim_lines(claims, words, direct)]
    mapped = _list_mapped(checked, entity.key)
    out += ["", "From tables", *mapped] if mapped else []
    stated = list_stated(checked, entity.key)
    out += ["", "From RDF files", *stated] if stated else []
    if said:
        out += ["", f"Said by {words.entity(entity.key)} of others", *_claim_lines(said, words, direct)]
    conflicts = [c for c in checked.story.comparisons if c.relation is Outcome.CONFLICT]
    conflicts = [c for c in conflicts if any(claim.id in ids for claim in c.claims)]
    if conflicts:
        out += ["", "Disputed", *(f"  {' ↯ '.join(claim.id for claim in c.claims)}: {c.reason}" for c in conflicts)]
    contradicted = [c for c in checked.contradictions if entity.key in c.things]
    out += write_contradictions(checked, contradicted, lang)
    return "\n".join(out) + "\n"


def _list_mapped(checked: Checked, key: str) -> list[str]:
    if not checked.tables:
        return []
    from kg.show.rows import list_mapped

    return list(list_mapped(checked, key))


def _claim_lines(claims: Iterable[Claim], words: ClaimWords, direct: set[str]) -> Iterator[str]:
    for claim in sorted(claims, key=lambda c: (c.predicate.text, c.id)):
        qualifiers = words.qualifiers(claim)
        star = "•" if claim.id in direct else "◦"
        yield f"  {star} {words.statement(claim)}" + (f"   ({qualifiers})" if qualifiers else "")
        for evidence in claim.evidence:
            yield f"      {words.speakers(claim)} — {words.evidence(evidence)}"
        for inference in claim.inferred:
            yield f"      inferred {inference.text}" if inference.key else f"      inferred: {inference.text}"
        if claim.note is not None:
            yield f"      note: {claim.note.text}"
        if claim.decided is not None:
            yield f"      {describe_decision(claim.decided)}"
