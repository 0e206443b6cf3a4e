"""Made-up projects of any size, in the shape of a newsroom's curation.

    python tests/benchmarks/curation.py FOLDER CLAIMS

Every hundred claims come from one source with an outline; a fifth as many entities as claims are spoken of. There are
facts, plans, promises, targets and opinions with their own speakers, counts that change from month to month (partly of
things that older sources speak of), claims on claims, further evidence, declared differences, misspelt names with
their places, questions that speakers answer differently, and a few entities that nothing speaks of. The same size
gives the same bytes. The ontology is this repository's, without its questions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from shutil import copy

ROOT = Path(__file__).parents[2]
PER_SOURCE = 100
PER_SENTENCE = 2
SENTENCES = PER_SOURCE // PER_SENTENCE
MARKETS = 10
DATASET = """kg: dataset/1
title: {en: A curation of CLAIMS claims, zh: 共 CLAIMS 条陈述}
base: https://scale.example/
licence: https://creativecommons.org/licenses/by/4.0/
publisher: {name: kg}
"""
QUESTION = """#' question: {en: "How many claims are there of each mode?", zh: "每种语气各有多少条陈述？"}
#' ordered: true
SELECT ?mode (COUNT(?claim) AS ?count) WHERE { ?claim kg:mode ?mode } GROUP BY ?mode ORDER BY ?mode
"""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line under a sentence: its key, what stands behind it, and the figures that its sentence holds for it."""

    key: str
    text: str
    figures: tuple[str, ...] = ()


def make_project(folder: Path, claims: int) -> None:
    """Write a project with so many *claims* (a multiple of a hundred) into *folder*."""
    sources = claims // PER_SOURCE
    for part in ("ontology/questions", "seeds/sources", "seeds/entities", "seeds/claims"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for path in (ROOT / "ontology").glob("*.ttl"):
        copy(path, folder / "ontology")
    (folder / "ontology/questions/modes.rq").write_text(QUESTION, encoding="utf-8")
    (folder / "seeds/dataset.yaml").write_text(DATASET.replace("CLAIMS", str(claims)), encoding="utf-8")
    (folder / "seeds/entities/markets.yaml").write_text(write_markets(), encoding="utf-8")
    for number in range(sources):
        lines = list(make_lines(number))
        assert len([line for line in lines if line.text != "again"]) == PER_SOURCE
        name = f"s{number:04}.yaml"
        (folder / "seeds/sources" / name).write_text(write_source(number, lines), encoding="utf-8")
        (folder / "seeds/claims" / name).write_text(write_claims(number, lines), encoding="utf-8")
        (folder / "seeds/entities" / name).write_text(write_entities(number), encoding="utf-8")


def address_of(sentence: int) -> str:
    """The address of a sentence of a source, counted from 0: five to a paragraph."""
    return f"p{sentence // 5 + 1}s{sentence % 5 + 1}"


def digest_of(number: int, address: str) -> str:
    return sha256(f"{number} {address}".encode()).hexdigest()[:8]


def day_of(number: int) -> date:
    """When a source was published: three days after the one before it."""
    return date(2015, 1, 3) + timedelta(days=3 * number)


def write_markets() -> str:
    lines = ["kg: entities/1", "entities:"]
    lines += [f"  market-{n}: {{is: Market, label: {{en: Market {n}, zh: 市场{n}}}}}" for n in range(MARKETS)]
    return "\n".join(lines) + "\n"


def write_entities(number: int) -> str:
    """Twenty entities: eight people, four companies, six cars, two events; a fifth of the claims of a source."""
    lines = ["kg: entities/1", "entities:"]
    for kind, word, count in (("Person", "人", 8), ("Organization", "公司", 4), ("Car", "车", 6), ("Event", "会", 2)):
        for n in range(count):
            key = f"{kind.casefold()}-{number}-{n}"
            names = [f"is: {kind}", f"label: {{en: {kind} {number} {n}, zh: {word}{number}第{n}}}"]
            if kind == "Person" and n == 0:
                names.append(f"typo: {{en: {{Persan {number}: [s{number:04}.p1s1]}}}}")
            lines.append(f"  {key}: {{{', '.join(names)}}}")
    if number % 10 == 0:  # a few that nothing speaks of
        label = f"label: {{en: Bystander {number}, zh: 旁观者{number}}}"
        lines.append(f"  bystander-{number}: {{is: Person, {label}}}")
    return "\n".join(lines) + "\n"


def write_source(number: int, lines: list[Line]) -> str:
    out = ["kg: source/1", f"title: Report {number}", f"author: person-{number}-7"]
    out += [f"published: {day_of(number)}", "outline:", f"  p0s1: {digest_of(number, 'p0s1')}"]
    for sentence, inside in enumerate(group_lines(lines)):
        address = address_of(sentence)
        figures = [figure for line in inside for figure in line.figures]
        out.append("  " + " ".join([f"{address}: {digest_of(number, address)}", *figures]))
    out += ["skip:", "  p0s1: the title says nothing that the text does not say"]
    return "\n".join(out) + "\n"


def write_claims(number: int, lines: list[Line]) -> str:
    out = ["kg: claims/1", f"source: s{number:04}", "voices:"]
    for paragraph in range(SENTENCES // 5):
        person, event = f"person-{number}-{paragraph % 7}", f"event-{number}-{paragraph % 2}"
        voice = f"{{by: {person}, where: {event}, voice: quote}}" if paragraph % 3 else "source"
        out.append(f"  p{paragraph + 1}s1..p{paragraph + 1}s5: {voice}")
    out.append("claims:")
    for sentence, inside in enumerate(group_lines(lines)):
        address = address_of(sentence)
        out.append(f"  {address} {digest_of(number, address)}:")
        out += [f"    {line.key}: {line.text}" for line in inside]
    return "\n".join(out) + "\n"


def group_lines(lines: list[Line]) -> list[list[Line]]:
    """The lines of each sentence; what is said again stands in the last ones."""
    stated = [line for line in lines if line.text != "again"]
    groups = [stated[i : i + PER_SENTENCE] for i in range(0, len(stated), PER_SENTENCE)]
    for n, line in enumerate(line for line in lines if line.text == "again"):
        groups[-1 - n].append(line)
    return groups


def make_lines(number: int) -> Iterator[Line]:
    """The hundred claims of a source, and three lines of further evidence."""
    people, companies, cars = ([f"{kind}-{number}-{n}" for n in range(8)] for kind in ("person", "organization", "car"))
    older = number // 2  # whose things this source speaks of too
    day = day_of(number)
    figures = (str(day.year), str(day.month), str(day.day))
    before = ("", ()) if number else (", asof: 2014-06-05", ("2014", "6", "5"))  # the first source speaks of itself

    def line(key: str, s: str, p: str, o: str, rest: str = "", *numbers: str) -> Line:
        return Line(key=key, text=f"{{s: {s}, p: {p}, o: {o}{rest}}}", figures=numbers)

    for n in range(4):
        yield line(f"leads-{n}", people[n], "leads", companies[n])
        yield line(f"spoke-{n}", people[n], "spokeAt", f"event-{number}-{n % 2}")
        yield line(
            f"price-{n}", cars[n], "price", f"{200000 + n}..{300000 + n} CNY", "", str(200000 + n), str(300000 + n)
        )
        yield line(f"battery-{n}", cars[n], "batteryCapacity", f"{73 + n}.60 kWh", "", f"{73 + n}.6")
        year = 2025 + n
        yield line(f"promise-{n}", companies[n], "deliversInYear", f"{100000 + n} vehicle",
                   f", mode: promise, when: {year}, by: {people[n]}", str(100000 + n), str(year))  # fmt: skip
        yield line(f"plan-{n}", companies[n], "buildsInYear", f"at least {150000 + n} vehicle",
                   f", mode: plan, when: {year}", str(150000 + n), str(year))  # fmt: skip
        yield line(f"target-{n}", companies[n], "buildsInYear", f"{170000 + n}..{190000 + n} vehicle",
                   f", mode: target, when: {year}", str(170000 + n), str(190000 + n), str(year))  # fmt: skip
        yield line(f"enters-{n}", companies[n], "enters", f"market-{(number + n) % MARKETS}",
                   f", mode: plan, when: {year}, by: {people[n]}", str(year))  # fmt: skip
        yield line(f"enters-too-{n}", companies[n], "enters", f"market-{(number + n) % MARKETS}",
                   f", mode: plan, when: {year}~, by: {people[n + 1]}", str(year))  # fmt: skip
        yield line(
            f"asked-{n}", f"organization-{older}-{n}", "enters", f"market-{n}", f", mode: question, by: {people[n]}"
        )
        yield line(f"orders-{n}", cars[n], "lockedOrders", f"about {75000 + n} order",
                   f", asof: {day}, sure: vague", str(75000 + n), *figures)  # fmt: skip
    for n in range(6):
        yield line(f"maker-{n}", cars[n], "productOf", companies[n % 4])
        count = 5000 + 10 * (number % 1000) + n
        yield line(f"delivered-{n}", cars[n], "delivered", f"{count} vehicle", f", asof: {day}", str(count), *figures)
        yield line(f"delivered-older-{n}", f"car-{older}-{n}", "delivered", f"over {count + 20000} vehicle",
                   before[0], str(count + 20000), *before[1])  # fmt: skip
    for n in range(8):
        yield line(f"attended-{n}", people[n], "attended", f"event-{number}-{n % 2}")
        yield line(f"opinion-{n}", cars[n % 6], "describedAs", f'"a car for {n} in {number}, and no other"',
                   f", mode: opinion, by: {people[n]}", *(str(n) for n in (n, number) if n > 1))  # fmt: skip
        yield line(f"praise-{n}", f"organization-{older}-{n % 4}", "describedAs", "worth a visit",
                   f", mode: opinion, by: {people[n]}, note: said in passing")  # fmt: skip
    yield line("held-0", f"event-{number}-0", "heldOn", f"{day:%Y-%m}", "", *figures[:2])
    yield line("held-1", f"event-{number}-1", "heldOn", f"{day}", "", *figures)
    yield line("slogan-0", cars[0], "describedAs", "the car of all cars", f", mode: marketing, by: {companies[0]}")
    yield line("slogan-1", cars[1], "describedAs", "a car among cars", f", mode: marketing, by: {companies[1]}")
    yield line("part", "c:delivered-0", "subsetOf", "c:orders-0")
    yield line("goal", "c:promise-0", "describedAs", "solemn", f", mode: opinion, by: {people[5]}")
    yield line(
        "motors", cars[0], "motorCount", f"{number % 3 + 1} motor", "", *([str(number % 3 + 1)] if number % 3 else [])
    )
    yield line("motors-too", cars[0], "motorCount", f"{number % 3 + 2} motor",
               f", by: {people[6]}, unlike: {{motors: value}}", str(number % 3 + 2))  # fmt: skip
    yield line("status-0", f"event-{number}-0", "status", "held")
    yield line("status-1", f"event-{number}-1", "status", "put off", f", mode: forecast, by: {people[6]}")
    yield line("meets", people[6], "attended", f"event-{older}-1", ", note: by the list of guests")
    yield line("denied", people[5], "leads", companies[1], ", not: true, sure: ambiguous")
    if number % 10 == 0:
        yield line("options", cars[1], "batteryOptions", "2 option", "", "2")
        yield line("options-too", cars[1], "batteryOptions", "3 option",
                   ", accept: {undeclared-conflict: nobody asked}", "3")  # fmt: skip
    else:
        yield line("founded", people[4], "founderOf", companies[0])
        yield line("venture", companies[1], "ventureOf", companies[0])
    for key in ("leads-0", "price-0", "battery-0"):
        yield Line(key=key, text="again")


if __name__ == "__main__":
    make_project(Path(sys.argv[1]), int(sys.argv[2]))
