"""Projects for the tests of the page: the repository's own, one full of hostile text, one of any size."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import quote

from hostile import hostile_strings
from pyoxigraph import Literal, NamedNode, Quad
from story import check_story

from kg.ask.question import Asked
from kg.ask.store import Table
from kg.build.build import ask_all
from kg.build.pipeline import Checked, check_project
from kg.graph.story import Story
from kg.model.nouns import Claim, Clarity, Entity, Name, NameKind, Ref, Source
from kg.model.state import Agent, ProposalRecord, Review, State
from kg.model.values import Date, EntityRef, Text
from kg.page.document import MOST_ENTITIES
from kg.system.project import Project
from kg.text.diagnostic import Mark, SourceText
from kg.text.edtf import parse_edtf

ROOT = Path(__file__).parent.parent


@cache
def own_project() -> Checked:
    return check_project(Project(ROOT))


@cache
def own_answers() -> tuple[Asked, ...]:
    return ask_all(own_project())


def crowded_story() -> Story:
    """The repository's project with thirty copies of a claim that has three sentences or more."""
    story = own_project().story
    claim = next(c for c in story.seeds.claims if len(c.evidence) > 2)
    copies = tuple(replace(claim, id=f"copy-{i}") for i in range(30))
    return replace(story, seeds=replace(story.seeds, claims=(*story.seeds.claims, *copies)))


def proposed_story() -> Story:
    """The repository's project in which one claim is a draft, one was reviewed, and one has evidence to review."""
    story = own_project().story
    mark = story.seeds.claims[0].mark
    day = Date(edtf=parse_edtf("2026-06-01"), mark=mark)
    proposed = ProposalRecord(
        by=Agent(text="lei-jun", mark=mark), on=day, tool=Agent(text="Extractor <2.1>", mark=mark)
    )
    draft = State(proposed=proposed, is_draft=True)
    reviewed = State(proposed=proposed, reviewed=Review(by=Agent(text="Kim Berg", mark=mark), on=day))

    def propose(claim: Claim) -> Claim:
        if claim.id == "eqo.deliver-100k":
            first, *further = claim.evidence
            return replace(claim, evidence=(first, *(replace(e, state=draft) for e in further)))
        states = {"eqo.orders": draft, "eqo.intl-headline": reviewed}
        return replace(claim, state=states.get(claim.id, claim.state))

    return replace(story, seeds=replace(story.seeds, claims=tuple(map(propose, story.seeds.claims))))


def old_story(folder: Path) -> Story:
    """Counts of years before year 0, and one that holds for a time as well; two who disagree, a date told twice."""
    claims = """kg: claims/1
source: post
claims:
  p1s1 dd56dbe3:
    said: source
    oldest: {s: halden, p: delivered, o: 500 vehicle, asof: -0099}
    old: {s: halden, p: delivered, o: 900 vehicle, asof: -0043}
    new: {s: halden, p: delivered, o: 700 vehicle, when: 2026, asof: 2025}
    fair: {s: mira-vogt, p: attended, o: harbour-fair, when: 0800}
    crew: {s: tern, p: crew, o: 40, on: 2026-05-01}
    more-crew: {s: tern, p: crew, o: 44, on: 2026-06-01}
    launch: {s: tern, p: launched, o: 1998, mode: plan, when: 1998}
"""
    return check_story(folder, {"seeds/claims/post.yaml": claims}).story


def large_story() -> Story:
    """The repository's project with copies of a thing, so many that the graph is too large to be drawn."""
    story = own_project().story
    copies = tuple(replace(story.seeds.entities[0], key=f"copy-{i}") for i in range(MOST_ENTITIES + 1))
    return replace(story, seeds=replace(story.seeds, entities=(*story.seeds.entities, *copies)))


def hostile_project(checked: Checked | None = None, strings: tuple[str, ...] = ()) -> Story:
    """A project (the repository's) with hostile text in every field that a curator can fill, many entities of it."""
    checked = checked or own_project()
    strings = strings or hostile_strings()
    seeds = checked.seeds
    count = len(strings)

    def at(i: int) -> str:
        return strings[i % count]

    def text(i: int, like: Text) -> Text:
        return Text(text=at(i), lang=like.lang, mark=like.mark)

    mark = seeds.entities[0].mark

    def date(i: int) -> Date:
        """A date no reader lets through: the page must not need the readers to be safe."""
        return Date(edtf=replace(parse_edtf("2024-04-28"), text=at(i)[:200]), mark=mark)

    def note(i: int) -> Text:
        return Text(text=at(i), lang=at(i + 11)[:200], mark=mark)

    def lie(i: int) -> Mark:
        return replace(mark, source=SourceText(f"seeds/{at(i)[:200]}/{at(i + 1)[:200]}.yaml", mark.source.text))

    def infest_entity(entity: Entity, i: int, key: str) -> Entity:
        names = [
            Name(kind=kind, text=at(i * 7 + n), lang=lang, places=(Ref(text="eqo.p3s1", mark=mark),), mark=mark)
            for n, (kind, lang) in enumerate(
                [(NameKind.LABEL, "en"), (NameKind.LABEL, "zh"), *((kind, "en") for kind in list(NameKind)[1:])]
            )
        ]
        return replace(
            entity,
            key=key,
            names=tuple(names),
            description=(Text(text=at(i + 3), lang="en", mark=mark), Text(text=at(i + 4), lang="zh", mark=mark)),
            same=(Ref(text=at(i + 5), mark=mark),),
            note=note(i + 6),
            when=date(i + 7),
            mark=lie(i + 8),
        )

    def infest_claim(claim: Claim, i: int) -> Claim:
        target = Text(text=at(i), lang=at(i + 6), mark=claim.mark) if isinstance(claim.object, Text) else claim.object
        evidence = tuple(
            replace(e, note=note(i + 1 + n), clarity=Clarity.VAGUE, said_on=date(i + 9 + n), mark=lie(i + n))
            for n, e in enumerate(claim.evidence)
        )
        return replace(
            claim,
            object=target,
            note=note(i + 2),
            evidence=evidence,
            when=date(i + 3),
            as_of=date(i + 4) if i % 2 else None,
            state=State(
                proposed=ProposalRecord(
                    by=Agent(text=at(i + 6), mark=mark), on=date(i + 7), tool=Agent(text=at(i), mark=mark)
                ),
                is_draft=bool(i % 3),
            ),
            mark=lie(i + 5),
        )

    def infest_source(source: Source, i: int) -> Source:
        return replace(
            source,
            title=Text(text=at(i), lang="en", mark=mark),
            lang=at(i + 3),
            inferred=note(i + 1),
            published=date(i + 5),
            url=Ref(text=at(31 + i), mark=mark),
            note=note(i + 2),
            mark=lie(i + 6),
        )

    entities = [infest_entity(e, i, e.key) for i, e in enumerate(seeds.entities)]
    for i in range(count):
        model = seeds.entities[i % len(seeds.entities)]
        entities.append(infest_entity(model, len(entities), f"copy-{i}"))
    claims = [infest_claim(c, i) for i, c in enumerate(seeds.claims)]
    for i in range(count):
        model_claim = seeds.claims[i % len(seeds.claims)]
        subject = EntityRef(key=f"copy-{i}", mark=mark)
        claims.append(infest_claim(replace(model_claim, id=f"eqo.copy-{i}", subject=subject), i))
    seeds = replace(
        seeds,
        dataset=replace(
            seeds.dataset,
            title=tuple(text(1 + n, t) for n, t in enumerate(seeds.dataset.title)),
            description=tuple(text(7 + n, t) for n, t in enumerate(seeds.dataset.description)),
        ),
        entities=tuple(entities),
        claims=tuple(claims),
        sources=tuple(infest_source(s, i) for i, s in enumerate(seeds.sources)),
    )
    units = {
        name: replace(unit, symbol=at(i + 6), words=(at(i + 7),), labels={"en": at(i + 8), "zh": at(i + 9)})
        for i, (name, unit) in enumerate(sorted(checked.vocabulary.units.items()))
    }
    vocabulary = replace(
        checked.vocabulary,
        units=units,
        properties={
            name: replace(
                p, labels={"en": at(i), "zh": at(i + 1)}, questions={k: "{s} {o} " + at(i + 2) for k in p.questions}
            )
            for i, (name, p) in enumerate(sorted(checked.vocabulary.properties.items()))
        },
        classes={
            name: replace(c, labels={"en": at(i + 3), "zh": at(i + 9)})
            for i, (name, c) in enumerate(sorted(checked.vocabulary.classes.items()))
        },
    )
    return replace(checked.story, seeds=seeds, vocabulary=vocabulary)


def hostile_answers() -> tuple[Asked, ...]:
    """The project's questions under hostile names and words, and one whose every cell and column is hostile."""
    strings = hostile_strings()
    asked = [
        Asked(
            question=replace(a.question, name=strings[i], words={"en": strings[i], "zh": strings[-i]}), answer=a.answer
        )
        for i, a in enumerate(own_answers())
    ]
    texts = [s for s in strings if s.isprintable()]
    rows = [(Literal(s), Literal(s, language="en"), NamedNode("https://x.example/" + quote(s))) for s in texts]
    asked.append(Asked(question=asked[0].question, answer=Table(variables=tuple(strings[5:8]), rows=tuple(rows))))
    return tuple(asked)


def hostile_quads() -> tuple[Quad, ...]:
    """The repository's graph with hostile labels, as mappings of tables could make them."""
    texts = [s for s in hostile_strings() if s.isprintable()]
    quads = [a.quad for a in own_project().assertions]
    return tuple(
        Quad(q.subject, q.predicate, Literal(texts[i % len(texts)], language=q.object.language), q.graph_name)
        if isinstance(q.object, Literal) and q.object.language
        else q
        for i, q in enumerate(quads)
    )
