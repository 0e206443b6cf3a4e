"""What a data set says of itself: what it is about, who publishes it, under which licence, and of which day it is."""

from __future__ import annotations

from kg.model.nouns import Dataset
from kg.page.text import clean, is_link
from kg.page.views.say import section
from kg.page.words import load_words, show_time
from kg.text.language import choose_language
from kg.text.markup import Child, Html, join, tag


def show_about(dataset: Dataset, lang: str) -> Html | None:
    """The section on the data set; None where it says nothing of itself."""
    words = load_words()

    def tell(key: str, value: Child) -> Html | None:
        return join(words.get(key, lang), words.get("colon", lang), value) if value else None

    texts = {text.lang: clean(text.text) for text in dataset.description}
    chosen = choose_language(lang, texts) or next(iter(texts), "")
    facts = [
        tell("publisher", _link(dataset.publisher_url, dataset.publisher_name or dataset.publisher_url)),
        tell("licence", _link(dataset.licence, dataset.licence)),
        tell("version", clean(dataset.version or "")),
        *(
            words.fill(key, lang, when=show_time(day.edtf, lang))
            for key, day in (("holds-at", dataset.as_of), ("known-by", dataset.known_by))
            if day is not None
        ),
    ]
    about = tag("p", texts[chosen], lang=chosen if chosen != lang else None) if texts else None
    told = join(*facts, between=" · ")
    if not about and not told:
        return None
    return section("about", words.get("about", lang), about, tag("p", told, class_="lead") if told else None)


def _link(address: str | None, text: str | None) -> Html | None:
    """A text that leads to an address, where it may; None without a text."""
    if text is None:
        return None
    shown = clean(text)
    return tag("a", shown, href=address, rel="noreferrer noopener") if address and is_link(address) else join(shown)
