"""The tools that read: search, entities, claims, sources, disputes, what is to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from kg.agent.told import (
    Told,
    find_words,
    list_names,
    make_plain,
    tell_claim,
    tell_claims,
    tell_entity,
    tell_source,
    tell_sources,
    turn_page,
)
from kg.agent.window import ToolRefusedError, Window, tell_diagnostic
from kg.build.pipeline import Checked
from kg.build.waiting import count_state
from kg.graph.coverage import Status
from kg.graph.decision import find_decision, find_decisions
from kg.graph.dispute import Outcome
from kg.model.names import read_id
from kg.model.nouns import Claim, Entity, Source
from kg.show.parts import find_entity, speaks_of
from kg.show.stated import list_stated, list_stated_against
from kg.text.diagnostic import Severity, UsageError, did_you_mean
from kg.text.language import choose_text
from kg.text.match import choose_matches

MOST_STATED = 50  # lines of what files of RDF state of an entity
KINDS = ("entity", "source", "claim", "property", "class")


@dataclass(frozen=True, kw_only=True)
class _Hit:
    """Something that may be searched for: the *names* that it is found by, and what is told of it."""

    kind: str
    names: tuple[str, ...]
    tell: Callable[[], Told]


def search(window: Window, text: str, kind: str | None = None, offset: int = 0) -> Told:
    """Entities, sources, claims, properties and classes by any name; where none fits, the nearest in spelling."""
    checked = window.look()
    hits = [hit for hit in _list_hits(checked) if kind in {None, hit.kind}]
    order = [KINDS.index(hit.kind) for hit in hits]
    chosen = choose_matches(text, [hit.names for hit in hits], order)
    told = [{"kind": hits[n].kind, **hits[n].tell()} for n in chosen[:500]]
    about: Told = {"asked": text}
    if not told:
        about["hint"] = "nothing is called so, or nearly so: try another name, or fewer letters"
    page = turn_page("found", told, offset, about)
    places = [place for hit in page["found"] for place in hit.get("sentences", ())]
    places += [place for hit in page["found"] for name in hit.get("names", ()) for place in name.get("stands_in", ())]
    return page | {"sources": tell_sources(checked, (place.partition(".")[0] for place in places))}


def _list_hits(checked: Checked) -> Iterator[_Hit]:
    seeds, vocabulary, lang = checked.seeds, checked.vocabulary, checked.seeds.dataset.language
    words = checked.story.words(lang)
    for entity in seeds.entities:
        yield _Hit(kind="entity", names=tuple(list_names(entity)), tell=partial(tell_entity, checked, entity))
    for source in seeds.sources:
        title = source.title.text if source.title else source.id
        told = {"id": source.id, **tell_source(checked, source), "declared_at": source.mark.file}
        yield _Hit(kind="source", names=(source.id, title), tell=partial(dict, told))
    for claim in seeds.claims:
        says = words.statement(claim)
        told = {"id": claim.id, "says": says, "mode": claim.mode.value, "speakers": words.speakers(claim),
                "sentences": [e.sentence for e in claim.evidence], "stated_at": str(claim.mark)}  # fmt: skip
        yield _Hit(kind="claim", names=(claim.id, claim.id.partition(".")[2], says), tell=partial(dict, told))
    for prop in vocabulary.properties.values():
        told = {"id": prop.name, "label": prop.label(lang), "takes": prop.kind.value, "declared_at": str(prop.mark)}
        told |= {"says": comment} if (comment := choose_text(lang, vocabulary.comments.get(prop.iri, {}))) else {}
        yield _Hit(kind="property", names=(prop.name, *prop.labels.values()), tell=partial(dict, told))
    for cls in vocabulary.classes.values():
        told = {"id": cls.name, "label": choose_text(lang, cls.labels) or cls.name, "declared_at": str(cls.mark)}
        yield _Hit(kind="class", names=(cls.name, *cls.labels.values()), tell=partial(dict, told))


_BY_PART = "the tool `search` finds entities by a part of a name"


def _find_entity(window: Window, checked: Checked, entity: str) -> Entity:
    """The entity of this id or name. Raises ToolRefusedError with those near it, where there is none."""
    try:
        return find_entity(checked.seeds, entity)
    except UsageError as error:
        message, _, hint = str(error).partition(": ")
        near = search(window, entity, "entity")["found"]
        names = ", ".join(hit["id"] for hit in near[:5])
        told = f"near it: {names}" if names else hint.replace("`kg show` lists all entities", _BY_PART)
        raise ToolRefusedError(message, told) from None


def read_entity(window: Window, entity: str, said: bool = False, offset: int = 0) -> Told:
    """An entity with the claims about it (or, with *said*, those it makes of others), each with its evidence."""
    checked = window.look_for_answers()
    found = _find_entity(window, checked, entity)
    about = [claim for claim in checked.seeds.claims if speaks_of(claim, found.key)]
    ids = {claim.id for claim in about}
    by = [c for c in checked.seeds.claims if c.id not in ids and any(ref.text == found.key for ref in c.speakers)]
    conflicts = [
        [claim.id for claim in c.claims]
        for c in checked.story.comparisons
        if c.relation is Outcome.CONFLICT and ids & {claim.id for claim in c.claims}
    ]
    told = {
        "entity": tell_entity(checked, found),
        "claims_about_it": len(about),
        "claims_it_makes_of_others": len(by),
        "conflicts": conflicts,
    }
    stated = [line.strip() for line in list_stated(checked, found.key)]
    if stated:
        told["stated_by_rdf_files"] = stated[:MOST_STATED]
        told |= {"stated_by_rdf_files_left_out": len(stated) - MOST_STATED} if len(stated) > MOST_STATED else {}
    return tell_claims(checked, by if said else about, offset, told)


def read_claim(window: Window, claim: str) -> Told:
    """A claim with its evidence, and what it is to others."""
    checked = window.look_for_answers()
    found = find_claim(checked, claim)
    decided = find_decision(found, find_decisions(checked.seeds))
    direct = any(triple.claim.id == found.id for triple in checked.story.direct_triples)
    told = make_plain(tell_claim(checked, found)) | {"stated_by_the_graph_itself": direct}
    others = [
        {"relation": c.relation.value, "reason": c.reason, "claims": [o.id for o in c.claims if o.id != found.id]}
        for c in checked.story.comparisons
        if any(o.id == found.id for o in c.claims)
    ]
    told["compared_with"] = make_plain(others)
    if decided is not None:
        taken = [ref.id for ref in decided.decision.chosen]
        told["decided"] = make_plain({"for": taken, "because": decided.decision.because.text})
    return {"claim": told, "sources": tell_sources(checked, (e.source for e in found.evidence))}


def find_claim(checked: Checked, id_: str) -> Claim:
    """The claim of this id (`eqo.orders`, `c:eqo.orders`). Raises ToolRefusedError where there is none."""
    key = read_id(id_, "claim", checked.seeds.dataset.base)
    found = checked.seeds.claim_by_id.get(key) or checked.seeds.claim_by_id.get(f"{key}.1")
    if found is None:
        hint = did_you_mean(key, checked.seeds.claim_by_id) or "the tool `search` finds claims by what they say"
        raise ToolRefusedError(f"no claim `{key}`", hint)
    return found


def find_source(checked: Checked, id_: str) -> Source:
    """The source of this id. Raises ToolRefusedError where there is none."""
    key = read_id(id_, "source", checked.seeds.dataset.base)
    found = checked.seeds.source_by_id.get(key)
    if found is None:
        near = did_you_mean(key, checked.seeds.source_by_id)
        raise ToolRefusedError(f"no source `{key}`", near or "the tool `search` finds sources by their titles")
    return found


def read_source(window: Window, source: str, offset: int = 0) -> Told:
    """A source with its sentences: what is claimed in each, its figures, its words where the text is at hand."""
    checked = window.look()
    found = find_source(checked, source)
    words = checked.story.words(checked.seeds.dataset.language)
    sentences = []
    for covered in checked.story.coverage.sentences:
        if covered.source != found.id:
            continue
        told: Told = {"sentence": f"{found.id}.{covered.address}", "status": covered.status.value}
        text = find_words(checked, found.id, covered.address)
        told |= {"words": text} if text is not None else {}
        told |= {"set_aside_because": covered.reason} if covered.reason else {}
        told |= {"figures_to_do": list(covered.figures_todo)} if covered.figures_todo else {}
        claims = [checked.seeds.claim_by_id[id_] for id_ in covered.claims if id_ in checked.seeds.claim_by_id]
        told["claims"] = [
            {"id": c.id, "says": words.statement(c), "mode": c.mode.value, "speakers": words.speakers(c)}
            for c in claims
        ]
        sentences.append(told)
    about = {
        "source": {"id": found.id, **tell_source(checked, found)},
        "text_at_hand": found.id in checked.articles.by_source,
    }
    return turn_page("sentences", sentences, offset, about)


def list_disputes(window: Window, entity: str | None = None, offset: int = 0) -> Told:
    """What claims are to each other that differ, and the questions that are answered differently, with all evidence."""
    checked = window.look_at_rows()
    key = _find_entity(window, checked, entity).key if entity is not None else None
    words, lang = checked.story.words(checked.seeds.dataset.language), checked.seeds.dataset.language
    decisions = find_decisions(checked.seeds)
    found: list[tuple[Told, tuple[Claim, ...]]] = []
    for question in checked.story.open_questions:
        template = choose_text(lang, question.prop.questions) or question.prop.name
        asked = template.replace("{s}", words.entity(question.subject)).replace(
            "{o}", words.entity(question.object or "")
        )
        found.append(({"kind": "different answers", "question": asked}, question.claims))
    for comparison in checked.story.comparisons:
        told: Told = {"kind": comparison.relation.value, "reason": comparison.reason, "declared": comparison.declared}
        decided = find_decision(comparison.claims[-1], decisions) if comparison.relation is Outcome.CONFLICT else None
        if decided is not None:
            taken = [ref.id for ref in decided.decision.chosen]
            told["decided"] = {"for": taken, "because": decided.decision.because.text}
        found.append((told, comparison.claims))
    found = [(told, claims) for told, claims in found if key is None or any(speaks_of(c, key) for c in claims)]
    found += [
        ({"kind": "contradicted", "stated": list_stated_against(one, words)}, one.claims)
        for one in checked.contradictions
        if key is None or key in one.things
    ]
    things = [{**told, "claims": [tell_claim(checked, claim) for claim in claims]} for told, claims in found]
    page = turn_page("disputes", things, offset)
    shown = found[offset : offset + len(page["disputes"])]
    return page | {
        "sources": tell_sources(checked, (e.source for _, claims in shown for c in claims for e in c.evidence))
    }


def list_todo(window: Window, source: str | None = None, offset: int = 0) -> Told:
    """What is to do: errors and warnings, sentences and figures that nobody has claimed, drafts that wait."""
    checked = window.look()
    only = find_source(checked, source).id if source is not None else None
    things: list[Told] = [
        {"kind": d.severity.word, **tell_diagnostic(d)}
        for d in checked.diagnostics
        if d.severity > Severity.NOTE and only is None
    ]
    sound = not checked.has_errors
    if only is None:
        things += [{"kind": "problem of a draft", **tell_diagnostic(d)} for d in window.look_at_drafts() if sound]
    for covered in checked.story.coverage.sentences:
        if only not in {None, covered.source} or not (covered.status is Status.TODO or covered.figures_todo):
            continue
        kind = "sentence to do" if covered.status is Status.TODO else "figures to do"
        told: Told = {"kind": kind, "sentence": f"{covered.source}.{covered.address}"}
        told |= {"figures": list(covered.figures_todo)} if covered.figures_todo else {}
        words = find_words(checked, covered.source, covered.address)
        things.append(told | ({"words": words} if words is not None else {}))
    drafts = window.look_with_drafts() if sound else checked
    things += [
        {"kind": "draft to review", **tell_claim(drafts, claim)}
        for claim in drafts.seeds.claims
        if claim.state.is_unreviewed and only in {None, claim.source}
    ]
    counts = count_state(checked)
    about = {
        "drafts": counts.drafts,
        "unreviewed": counts.unreviewed,
        "errors": checked.counts[Severity.ERROR],
        "warnings": checked.counts[Severity.WARNING],
        "coverage_percent": round(checked.story.coverage.percent, 1),
        "sources_that_cannot_be_counted": list(checked.story.coverage.uncounted),
    }
    page = turn_page("todo", things, offset, about)
    named = {str(t["sentence"]).partition(".")[0] for t in page["todo"] if "sentence" in t}
    named |= {e["source"] for t in page["todo"] for e in t.get("evidence", ())}
    return page | {"sources": tell_sources(checked, named)}
