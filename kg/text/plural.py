"""English plurals: the word for more than one of a thing, for labels and for messages."""

from __future__ import annotations

import re

_IRREGULAR = {
    "person": "people", "man": "men", "woman": "women", "child": "children", "foot": "feet", "half": "halves",
    "life": "lives", "knife": "knives", "leaf": "leaves", "loaf": "loaves", "shelf": "shelves", "quiz": "quizzes",
    "analysis": "analyses", "crisis": "crises", "thesis": "theses", "criterion": "criteria", "potato": "potatoes",
    "tomato": "tomatoes", "veto": "vetoes", "penny": "pence", "krona": "kronor", "krone": "kroner",
    **{same: same for same in (
        "yuan", "yen", "won", "renminbi", "baht", "rand", "mu", "series", "species", "aircraft", "spacecraft", "sheep",
        "fish", "staff", "lux", "siemens", "horsepower", "data",
    )},
}  # fmt: skip
_PLURALS = frozenset(_IRREGULAR.values())
_BEHIND_HEAD = re.compile(
    r" (?=(?:per|of|in|from|for|with|at|on|to|by|without|under|a|an)\b"
    r"|(?:sterling|squared|cubed|equivalent|celsius|fahrenheit)\b)",
    re.IGNORECASE,
)


def write_plural(label: str) -> str:
    """The plural of an English word, or of the head of a phrase; what is a plural already stays as it is.

    >>> [write_plural(word) for word in ("order", "city", "day", "box", "branch", "bus", "foot", "person")]
    ['orders', 'cities', 'days', 'boxes', 'branches', 'buses', 'feet', 'people']
    >>> [write_plural(label) for label in ("share of stock", "kilometre per hour", "square foot", "degree Celsius")]
    ['shares of stock', 'kilometres per hour', 'square feet', 'degrees Celsius']
    >>> [write_plural(word) for word in ("orders", "people", "megahertz")]
    ['orders', 'people', 'megahertz']
    """
    behind = _BEHIND_HEAD.search(label)
    phrase = label if behind is None else label[: behind.start()]
    before, space, noun = phrase.rpartition(" ")
    return f"{before}{space}{_bend(noun)}{label[len(phrase) :]}"


def write_count(number: int, noun: str) -> str:
    """A number with an English noun behind it.

    >>> [write_count(number, "row") for number in (0, 1, 2000)]
    ['0 rows', '1 row', '2,000 rows']
    """
    return f"{number:,} {noun if number == 1 else write_plural(noun)}"


def _bend(noun: str) -> str:
    if noun in _PLURALS or noun.endswith("hertz"):
        return noun
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if re.search("(?:ss|us|x|z|ch|sh)$", noun):
        return f"{noun}es"
    if noun.endswith("s") or not noun[-1:].isalpha():
        return noun
    return f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"
