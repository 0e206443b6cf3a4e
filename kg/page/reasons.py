"""Why two claims stand to each other as they do, in the reader's language."""

from __future__ import annotations

from kg.graph.compare import as_of, object_key
from kg.graph.dispute import Comparison, Outcome
from kg.graph.story import Story
from kg.model.nouns import Difference
from kg.page.text import clean
from kg.page.words import Worded, load_words, show_as_of


def word_reason(comparison: Comparison, story: Story) -> Worded:
    """The reason of a comparison, as a sentence in each of the page's languages."""
    return {lang: _word(comparison, story, lang) for lang in load_words().own}


def _word(comparison: Comparison, story: Story, lang: str) -> str:
    words = load_words()
    first, last = comparison.claims[0], comparison.claims[-1]

    def fill(key: str, **names: str) -> str:
        return words.fill(f"reasons.{key}", lang, **names)

    names = story.words(lang)
    prop = clean(names.property(comparison.on or first.predicate.text))
    if comparison.declared:
        if comparison.difference is None:
            return fill("compatible")
        return fill("declared", difference=words.get(f"differences.{comparison.difference}", lang))
    match comparison.relation, comparison.difference:
        case Outcome.CONFLICT, Difference.SUBJECT:
            subjects = list(dict.fromkeys(clean(names.subject(claim)) for claim in comparison.claims))
            return fill("subject", a=words.join_list(subjects[:-1], lang), b=subjects[-1])
        case Outcome.CONFLICT, Difference.TIME:
            return fill("time")
        case Outcome.DEVELOPMENT, _:
            dates = [as_of(claim, story.seeds) for claim in (first, last)]
            earlier, later = (show_as_of(date, lang) if date else words.get("unknown", lang) for date in dates)
            return fill("development", property=prop, earlier=earlier, later=later)
        case Outcome.KIND, _:
            modes = list(dict.fromkeys(words.get(f"modes.{claim.mode}", lang) for claim in comparison.claims))
            return fill("kind", here=words.join_list(modes[:-1], lang), there=modes[-1])
        case _:
            said = {object_key(c, story.vocabulary) for c in comparison.claims if not c.negated}
            if comparison.answers:
                said = {tuple(key) for denied, *key in comparison.answers.values() if not denied}
            return fill("negated") if len(said) < 2 else fill("value", property=prop)
