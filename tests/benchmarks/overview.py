"""The overview of a graph of many claims, generated as quads: `python tests/benchmarks/overview.py [CLAIMS]`."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from pyoxigraph import Literal, NamedNode, Quad

from kg.rdf.namespace import DCTERMS, KG, OWL, PROV, RDF, SCHEMA, SKOS

BASE = "https://made-up.example/"
_TYPE = NamedNode(RDF + "type")


def make_quads(claims: int, seed: int = 0) -> Iterator[Quad]:
    """A graph of *claims* claims over a tenth as many entities in clusters, some of which differ."""
    draw = random.Random(seed)
    entities = max(20, claims // 10)
    clusters = max(4, round(entities**0.5 / 4))
    classes = [NamedNode(SCHEMA + name) for name in ("Person", "Organization", "Event", "Place", "Product")]
    relations = [NamedNode(f"{BASE}relation/r{i}") for i in range(40)]
    modes = [NamedNode(KG + name) for name in ("Fact", "Fact", "Fact", "Plan", "Promise", "Opinion")]
    sources = [NamedNode(f"{BASE}source/s{i}") for i in range(max(2, claims // 500))]
    things = [NamedNode(f"{BASE}entity/x{i}") for i in range(entities)]
    subject, predicate, term = (NamedNode(RDF + name) for name in ("subject", "predicate", "object"))
    claim_class, mode, source = NamedNode(KG + "Claim"), NamedNode(KG + "mode"), NamedNode(DCTERMS + "source")
    by, differs = NamedNode(PROV + "wasAttributedTo"), NamedNode(KG + "differsInValue")
    for relation in relations[:5]:
        yield Quad(relation, _TYPE, NamedNode(OWL + "FunctionalProperty"))
    for i, thing in enumerate(things):
        yield Quad(thing, _TYPE, classes[i % 5])
        yield Quad(thing, NamedNode(SKOS + "prefLabel"), Literal(f"Thing number {i}", language="en"))
    last = None
    for i in range(claims):
        it = NamedNode(f"{BASE}claim/c{i}")
        a = min(draw.randrange(entities), draw.randrange(entities))
        inside = draw.random() < 0.9
        b = a + clusters * draw.randrange(-20, 20) if inside else draw.randrange(entities)
        graph = sources[i % len(sources)]
        yield Quad(it, _TYPE, claim_class, graph)
        yield Quad(it, subject, things[a], graph)
        yield Quad(it, predicate, relations[5 + i % 35] if i % 50 else relations[i % 5], graph)
        yield Quad(it, term, things[b % entities] if i % 3 else Literal(str(draw.randrange(10**6))), graph)
        yield Quad(it, mode, modes[i % 6], graph)
        yield Quad(it, by, things[draw.randrange(entities)], graph)
        yield Quad(it, source, graph, graph)
        if i % 1000 == 7 and last is not None:
            yield Quad(it, differs, last, graph)
        last = it


def main() -> None:
    claims = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    import jinja2  # noqa: F401
    import numpy  # noqa: F401

    from kg.page import render_overview

    counted: Counter[str] = Counter()
    classes: Counter[str] = Counter()

    def watched() -> Iterator[Quad]:
        for quad in make_quads(claims):
            counted[quad.predicate.value] += 1
            if quad.predicate == _TYPE:
                classes[quad.object.value] += 1  # type: ignore[union-attr]
            yield quad

    start = time.perf_counter()
    for _ in make_quads(claims):
        pass
    alone = time.perf_counter() - start
    start = time.perf_counter()
    text = render_overview(watched(), title=f"A made-up graph of {claims:,} claims")
    took = time.perf_counter() - start
    import re
    import resource

    shown = {iri: int(n) for iri, n in re.findall(r'data-iri="([^"]+)" data-count="(\d+)"', text)}
    wrong = {iri: n for iri, n in (counted | classes).items() if shown.get(iri) != n}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{claims:,} claims, {counted.total():,} quads: {took:.1f} s, {memory:.0f} MiB; the quads alone {alone:.1f} s"
    )
    print(f"{len(text.encode()) / 1000:.0f} kB; counts that differ from the graph: {len(wrong)}")
    Path(sys.argv[2] if len(sys.argv) > 2 else "/dev/null").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
