"""The sentence at the top: how many things, claims, sources and disputes, and of which time."""

from __future__ import annotations

from kg.dispute import Relation
from kg.model import Seeds
from kg.page.picture import Picture
from kg.page.records import Records
from kg.page.words import Worded
from kg.values import word_date


def summarise(seeds: Seeds, records: Records, picture: Picture) -> Worded:
    """The counts of a page, as a sentence in each language."""
    conflicts = sum(c.relation is Relation.CONFLICT for c in records.comparisons)
    said = [e.said_span for r in records.claims for e in r.evidence if e.said_span is not None]
    last = [s.last[:7] for s in said if s.last]
    first = [s.last[:7] for s in said if s.last]
    period = (min(first), max(last)) if first and last else None
    n = {
        "things": len(seeds.entities),
        "claims": len(records.claims),
        "sources": len(seeds.sources),
        "relations": len(picture.lines),
        "open": len(records.questions),
        "conflicts": conflicts,
    }
    return {"en": _english(n, period), "zh": _chinese(n, period)}


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _english(n: dict[str, int], period: tuple[str, str] | None) -> str:
    text = f"{_count(n['things'], 'thing')}, {_count(n['claims'], 'claim')} from {_count(n['sources'], 'source')}"
    if period is not None:
        first, last = (word_date(p, "en") for p in period)
        text += f", {first}" if first == last else f", {first} to {last}"
    if not n["open"] and not n["conflicts"]:
        return f"{text}; nothing is disputed."
    open_questions = _count(n["open"], "question is", "questions are")
    return f"{text}; {open_questions} answered differently, {_count(n['conflicts'], 'true conflict')}."


def _chinese(n: dict[str, int], period: tuple[str, str] | None) -> str:
    text = f"{n['things']} 个事物，来自 {n['sources']} 个来源的 {n['claims']} 条陈述"
    if period is not None:
        first, last = (word_date(p, "zh") for p in period)
        text += f"，{first}" if first == last else f"，{first}至{last}"
    if not n["open"] and not n["conflicts"]:
        return f"{text}；没有分歧。"
    return text + f"；{n['open']} 个问题回答不一，{n['conflicts']} 处真正的冲突。"
