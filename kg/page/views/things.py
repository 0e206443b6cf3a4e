"""The things of a page by family, and its sources."""

from __future__ import annotations

import re

from kg.model.nouns import Entity, Source
from kg.page.picture.drawing import Area, Picture
from kg.page.records import clean_text, word_place
from kg.page.style import FAMILIES
from kg.page.text import clean, is_link
from kg.page.views.barcodes import name_published
from kg.page.views.say import Say, section, show_count
from kg.text.markup import Html, join, tag

_STOPS = (".", "?", "!", "…", "。", "？", "！")


def show_things(picture: Picture, say: Say) -> Html:
    """An index of all things by family; without a script with their descriptions."""
    entities = {entity.key: entity for entity in say.story.seeds.entities}
    groups = []
    for family in FAMILIES:
        keys = [dot.key for dot in picture.dots if dot.family is family]
        if keys:
            keys.sort(key=say.label)
            title = tag("h3", say.family(family.name), " ", show_count(len(keys)))
            groups.append(tag("div", title, tag("p", join(*map(say.entity, keys), between=" · "))))
    summary = tag("summary", tag("h2", say.word("entities"), id="things-name"), " ",
                  show_count(len(entities)))  # fmt: skip
    described = None
    if not say.scripted:
        areas = [_list_area(area, say) for area in picture.areas]
        described = tag("noscript", areas, tag("dl", [_describe(entity, say) for entity in entities.values()]))
    return tag("details", summary, tag("div", groups, class_="index"), described, id="things")


def _list_area(area: Area, say: Say) -> Html:
    """A region's members, for a reader without a script."""
    name = say.word("area-of", e=say.label(area.key))
    members = tag("p", join(*map(say.entity, area.members), between=" · "))
    return tag("div", tag("h3", name, " ", show_count(len(area.members))), members,
               id=f"r={area.key}")  # fmt: skip


def _describe(entity: Entity, say: Say) -> Html:
    texts = {t.lang: clean_text(t) for t in entity.description}
    text = texts.get(say.lang) or next(iter(texts.values()), None)
    said = say.note(text.text, text.lang) if text else None
    code = tag("code", word_place(entity.mark))
    return tag("div", tag("dt", say.entity(entity.key)), tag("dd", said, " ", code), id=f"e={entity.key}")


def show_sources(say: Say) -> Html:
    """All sources with what is known of them."""
    seeds = say.story.seeds
    title = join(say.word("sources"), " ", show_count(len(seeds.sources)))
    return section("sources", title, tag("dl", [_show_source(source, say) for source in seeds.sources]))


def _show_source(source: Source, say: Say) -> Html:
    lang = clean(source.lang) if source.lang != say.lang else None
    title = clean(source.title.text) if source.title else say.word("no-title")
    if source.url and is_link(source.url.text):
        named = tag("a", title, href=source.url.text, rel="noreferrer noopener", lang=lang)
    else:
        named = tag("cite", title, lang=lang)
    publisher = say.entity(source.publisher.text) if source.publisher else say.word("unknown")
    authors = say.entities(ref.text for ref in source.authors) if source.authors else say.word("unknown")
    facts = [
        join(say.word("publisher"), say.word("colon"), publisher),
        join(say.word("author"), say.word("colon"), authors),
        join(say.word("published"), say.word("colon"), _show_date(source, say)),
    ]
    told = join(*(_end(fact, say) for fact in (named, *facts)), between=" ")
    return tag(
        "div",
        tag("dt", tag("a", say.sources[source.id][say.lang], href=f"#s={source.id}")),
        tag("dd", told, " ", tag("code", clean(source.mark.file))),
        id=f"s={source.id}",
    )


def _end(sentence: Html, say: Say) -> Html:
    """A sentence with its full stop; one that ends in a stop of its own has it already."""
    return sentence if re.sub("<[^>]*>", "", sentence).endswith(_STOPS) else join(sentence, say.word("stop"))


def _show_date(source: Source, say: Say) -> Html:
    """When it was published: day, hour, section, and how the curator knows."""
    hour = f" {clean(source.time.text)}" if source.time else None
    place = tag("span", clean(source.section.text), lang=clean(source.section.lang)) if source.section else None
    because = join(" ", say.note(source.inferred.text, source.inferred.lang)) if source.inferred else None
    return join(name_published(source, say), hour, [say.word("remark"), place] if place else None, because)
