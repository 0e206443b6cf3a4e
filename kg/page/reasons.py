"""Why two claims stand to each other as they do, in the reader's language."""

from __future__ import annotations

from kg.dispute import Pairing, Relation, as_of
from kg.model import Difference, Seeds
from kg.page.text import clean
from kg.page.words import Worded, load_words, word_as_of
from kg.vocabulary import Vocabulary


def word_reason(pairing: Pairing, seeds: Seeds, vocabulary: Vocabulary) -> Worded:
    """The reason of a pairing, as a sentence in each of the page's languages."""
    return {lang: _word(pairing, seeds, vocabulary, lang) for lang in load_words().own}


def _word(pairing: Pairing, seeds: Seeds, vocabulary: Vocabulary, lang: str) -> str:
    words = load_words()
    first, second = pairing.first, pairing.second

    def fill(key: str, **names: str) -> str:
        # One pass, so that a label that looks like a place to be filled in stays as it is.
        parts = words.get(f"reasons.{key}", lang).split("{")
        return parts[0] + "".join(names[name] + rest for name, _, rest in (part.partition("}") for part in parts[1:]))

    def name_entity(key: str) -> str:
        entity = seeds.entity_by_key.get(key)
        return clean(entity.label(lang)) if entity else key

    known = vocabulary.properties.get(first.predicate.text)
    prop = clean(known.label(lang)) if known else first.predicate.text
    if pairing.declared:
        if pairing.difference is None:
            return fill("compatible")
        return fill("declared", difference=words.get(f"differences.{pairing.difference}", lang))
    match pairing.relation, pairing.difference:
        case Relation.CONFLICT, Difference.SUBJECT:
            return fill("subject", a=name_entity(first.subject.text), b=name_entity(second.subject.text))
        case Relation.CONFLICT, Difference.TIME:
            return fill("time")
        case Relation.DEVELOPMENT, _:
            dates = [as_of(claim, seeds) for claim in (first, second)]
            earlier, later = (word_as_of(date, lang) if date else words.get("unknown", lang) for date in dates)
            return fill("development", property=prop, earlier=earlier, later=later)
        case Relation.KIND, _:
            here, there = (words.get(f"modes.{claim.mode}", lang) for claim in (first, second))
            return fill("kind", here=here, there=there)
        case _:
            return fill("negated") if first.negated != second.negated else fill("value", property=prop)
