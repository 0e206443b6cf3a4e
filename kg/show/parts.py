"""Parts that several views of a person share: entities by their names, decisions, sentences, columns."""

from __future__ import annotations

from collections.abc import Iterable

from kg.build.pipeline import Checked
from kg.model.names import read_id
from kg.model.nouns import Claim, Decision, Entity, Seeds
from kg.model.values import EntityRef
from kg.reading.articles import Article
from kg.text.diagnostic import UsageError, did_you_mean, display_width, make_visible


def find_entity(seeds: Seeds, text: str) -> Entity:
    """The entity with this key or IRI, or with this name in any language. Raises UsageError when there is none."""
    key = read_id(text, "entity", seeds.dataset.base)
    if key in seeds.entity_by_key:
        return seeds.entity_by_key[key]
    folded = text.casefold()
    named = [e for e in seeds.entities if any(n.text.casefold() == folded for n in e.names)]
    if len(named) == 1:
        return named[0]
    if named:
        raise UsageError(f"`{text}` names {', '.join(e.key for e in named)}: give one of these keys")
    now = next((e.key for e in seeds.entities if key in {ref.text for ref in e.replaces}), None)
    if now is not None:
        raise UsageError(f"no entity `{text}`: it is `{now}` now")
    names = {n.text for e in seeds.entities for n in e.names} | set(seeds.entity_by_key) | set(seeds.source_by_id)
    raise UsageError(f"no entity `{text}`: " + (did_you_mean(text, names) or "`kg show` lists all entities"))


def explain_word(checked: Checked, text: str) -> str | None:
    """What a word that names no entity is the id of, and the command that shows it; None where it is nothing's."""
    seeds, base = checked.seeds, checked.seeds.dataset.base
    claim = read_id(text, "claim", base)
    if any(claim in (c.id, c.id.partition(".")[2]) for c in seeds.claims):
        return f"it is a claim: `kg why {claim}`"
    source, _, address = read_id(text, "source", base).partition(".")
    if source in seeds.source_by_id and not address:
        return f"it is a source: `kg show {source}` has what it says"
    if source in seeds.source_by_id and address in seeds.source_by_id[source].sentences:
        return f"it is a sentence: `kg show {source}` has what it says"
    name = text.removeprefix("r:")
    if name in checked.vocabulary.properties:
        return f"it is a property: `kg why _ {name} _`"
    if text.removeprefix("k:") in checked.vocabulary.classes:
        return "it is a class: `kg show` lists its entities"
    return None


def speaks_of(claim: Claim, key: str) -> bool:
    """Whether the entity with this key is the claim's subject or object."""
    return claim.subject.text == key or (isinstance(claim.object, EntityRef) and claim.object.key == key)


def describe_decision(decision: Decision) -> str:
    """What the curator decided, and why: `decided for eqo.a and eqo.b: counted anew`."""
    return f"decided for {' and '.join(ref.id for ref in decision.chosen)}: {decision.because.text}"


def quote_sentence(article: Article | None, address: str, indent: str) -> list[str]:
    """The sentence at an address as a line, where its text is at hand."""
    if article is None or address not in article.sentences:
        return []
    return [f"{indent}“{' '.join(article.sentences[address].text.split())}”"]


LONGEST_CELL = 80  # columns to which other rows are aligned


def align(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows as lines with aligned columns, by display width. A very long cell pushes only what stands behind it.

    >>> align([("雷军", "a"), ("x", "b")])
    ['雷军  a', 'x     b']
    >>> [len(line) for line in align([("W" * 240, "a"), ("x", "b"), ("yy", "c")])]
    [243, 5, 5]
    """
    table = [tuple(map(make_visible, row)) for row in rows]
    if not table:
        return []
    wide = [[display_width(cell) for cell in column] for column in zip(*table, strict=True)]
    widths = [max((w for w in column if w <= LONGEST_CELL), default=0) for column in wide]
    lines = []
    for row in table:
        cells = [cell + " " * (width - display_width(cell)) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return lines
