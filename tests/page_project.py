"""Projects for the tests of the page: the repository's own, one full of hostile text, one of any size."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from hostile import hostile_strings

from kg.build import ask_all
from kg.edtf import parse_edtf
from kg.model import Claim, Clarity, Date, Entity, Name, NameKind, Ref, Source, Text
from kg.page import Asked
from kg.pipeline import Checked, assert_project, check_project
from kg.project import Project

ROOT = Path(__file__).parent.parent


@cache
def own_project() -> Checked:
    return check_project(Project(ROOT))


@cache
def own_answers() -> tuple[Asked, ...]:
    return ask_all(own_project(), assert_project(own_project()))


def hostile_project() -> Checked:
    """The repository's project with hostile text in every field that a curator can fill, many entities of it."""
    checked = own_project()
    strings = hostile_strings()
    seeds = checked.seeds
    count = len(strings)

    def at(i: int) -> str:
        return strings[i % count]

    def text(i: int, like: Text) -> Text:
        return Text(text=at(i), lang=like.lang, mark=like.mark)

    mark = seeds.entities[0].mark

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
            note=Text(text=at(i + 6), lang="en", mark=mark),
        )

    def infest_claim(claim: Claim, i: int) -> Claim:
        target = Text(text=at(i), lang="en", mark=claim.mark) if isinstance(claim.object, Text) else claim.object
        evidence = tuple(
            replace(e, note=Text(text=at(i + 1 + n), lang="en", mark=mark), clarity=Clarity.VAGUE)
            for n, e in enumerate(claim.evidence)
        )
        return replace(claim, object=target, note=Text(text=at(i + 2), lang="en", mark=mark), evidence=evidence)

    def infest_source(source: Source, i: int) -> Source:
        when = Date(edtf=parse_edtf("2024-04-28"), mark=mark)
        return replace(
            source,
            title=Text(text=at(i), lang="en", mark=mark),
            inferred=at(i + 1),
            published=source.published or when,
            url=Ref(text=at(31 + i), mark=mark),
            note=Text(text=at(i + 2), lang="en", mark=mark),
        )

    entities = [infest_entity(e, i, e.key) for i, e in enumerate(seeds.entities)]
    for i in range(count):
        model = seeds.entities[i % len(seeds.entities)]
        entities.append(infest_entity(model, len(entities), f"copy-{i}"))
    claims = [infest_claim(c, i) for i, c in enumerate(seeds.claims)]
    for i in range(count):
        model_claim = seeds.claims[i % len(seeds.claims)]
        subject = Ref(text=f"copy-{i}", mark=mark)
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
    vocabulary = replace(
        checked.vocabulary,
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
    return replace(checked, seeds=seeds, vocabulary=vocabulary)


def hostile_answers() -> tuple[Asked, ...]:
    strings = hostile_strings()
    return tuple(
        Asked(question=replace(a.question, words={"en": strings[i], "zh": strings[-i]}), answer=a.answer)
        for i, a in enumerate(own_answers())
    )
