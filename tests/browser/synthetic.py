"""A project of any size, the same for the same size: entities, claims, sources, some of which disagree."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

_FIRST = ["Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Harbour", "Iris", "Juniper"]
_LAST = ["Motors", "Works", "Summit", "Forum", "Valley", "Press", "Line", "Institute", "Bridge", "River"]
_ZH = ["北辰", "青松", "远山", "长河", "新城", "东海", "明月", "星火", "白云", "飞雪"]
_CLASSES = ["Person", "Organization", "Event", "City", "Car", "Market", "VideoObject", "Voice"]
_RELATIONS = ["founderOf", "leads", "attended", "spokeAt", "location", "productOf", "partOf", "enters", "reaches"]
_MODES = ["fact", "fact", "fact", "fact", "plan", "target", "promise", "forecast", "opinion"]


def write_project(folder: Path, ontology: Path, entities: int) -> Path:
    """A project with *entities* entities, about 1.9 relations and 2.8 claims an entity, in *folder*."""
    draw = random.Random(entities)
    shutil.copytree(ontology, folder / "ontology", ignore=shutil.ignore_patterns("questions"))
    seeds = folder / "seeds"
    for name in ("sources", "entities", "claims"):
        (seeds / name).mkdir(parents=True)
    (seeds / "dataset.yaml").write_text(
        "kg: dataset/1\ntitle: {en: A made-up graph, zh: 虚构的图}\nbase: https://made-up.example/\n"
        "licence: https://creativecommons.org/publicdomain/zero/1.0/\nlanguage: en\n",
        encoding="utf-8",
    )
    lines = ["kg: entities/1", "entities:"]
    for i in range(entities):
        name = f"{_FIRST[i % 10]} {_LAST[(i // 10) % 10]} {i}"
        label = f"label: {{en: {name}, zh: {_ZH[i % 10]}{i}}}"
        about = f"description: {{en: Number {i} of a made-up graph.}}"
        lines.append(f"  x{i}: {{is: {_CLASSES[i % 8]}, {label}, {about}}}")
    (seeds / "entities" / "all.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    # A tree that prefers hubs, then links across it.
    pairs = [(i, min(draw.randrange(i), draw.randrange(i))) for i in range(1, entities)]
    pairs += [(draw.randrange(entities), draw.randrange(entities)) for _ in range(round(entities * 0.9))]
    for n in range(4):
        published = f"2024-0{n + 3}-1{n}"
        (seeds / "sources" / f"src{n}.yaml").write_text(
            f"kg: source/1\ntitle: The made-up paper number {n}\npublisher: x1\nauthor: x{n}\npublished: {published}\n"
            f"lang: en\noutline:\n  p0s1: 0123456{n} 0\n",
            encoding="utf-8",
        )
        stated = pairs[n::4]
        out = ["kg: claims/1", f"source: src{n}", "voices:", f"  p0s1..p{max(999, len(stated))}s1: source", "claims:"]
        for sentence, (a, b) in enumerate(stated):
            mode = draw.choice(_MODES)
            when = f", when: {2024 + draw.randrange(8)}" if mode != "fact" else ""
            relation, speaker = draw.choice(_RELATIONS), draw.randrange(entities)
            out.append(f"  p{sentence + 1}s1:")
            out.append(f"    k{sentence}: {{s: x{a}, p: {relation}, o: x{b}, mode: {mode}{when}, by: x{speaker}}}")
            if sentence % 2 == 0:
                said = f"o: something said of number {a}, mode: opinion, note: a remark of the curator"
                out.append(f"    t{sentence}: {{s: x{a}, p: describedAs, {said}}}")
        (seeds / "claims" / f"src{n}.yaml").write_text("\n".join(out) + "\n", encoding="utf-8")
    return folder
