"""What files of RDF state of the page's things, each line with its file, and rows of tables that contradict facts."""

from __future__ import annotations

from kg.page.stated import StatedRecord, StatedRecords
from kg.page.views.say import Say, show_count
from kg.text.markup import Html, join, tag


def show_stated(stated: StatedRecords, say: Say) -> Html | None:
    """All that files state, behind a line that opens; None where there are none, or they state nothing of things."""
    if not stated.by_entity:
        return None
    count = sum(map(len, stated.by_entity.values())) + sum(stated.left_out.values())
    summary = tag("summary", tag("h2", say.word("stated"), id="stated-name"), " ",
                  tag("span", str(count), class_="count"))  # fmt: skip
    groups = [tag("div", tag("dt", say.entity(key)), tag("dd", _list(key, stated, say))) for key in stated.by_entity]
    return tag("details", summary, tag("p", say.word("stated-lead"), class_="lead"), tag("dl", groups), id="stated")


def show_contradicted(stated: StatedRecords, say: Say) -> Html | None:
    """The statements of files and rows of tables that contradict a fact, or another file; None where there are none."""
    of_files = [(key, r) for key in stated.contradicted for r in stated.by_entity[key] if r.contradicted]
    of_rows = [(key, r) for key in sorted(stated.by_row) for r in stated.by_row[key]]
    groups = []
    for heading, found in (("contradicted", of_files), ("contradicted-tables", of_rows)):
        if found:
            summary = tag("summary", tag("h3", say.word(heading)), " ", show_count(len(found)))
            lines = [tag("li", say.entity(key), " ", _statement(record, say)) for key, record in found]
            groups.append(tag("details", summary, tag("ul", lines), class_="contrast conflicts"))
    return join(*groups) if groups else None


def _list(key: str, stated: StatedRecords, say: Say) -> Html:
    more = stated.left_out.get(key)
    rest = tag("li", say.more(more)) if more else None
    return tag("ul", [tag("li", _statement(record, say)) for record in stated.by_entity[key]], rest)


def _statement(record: StatedRecord, say: Say) -> Html:
    name = say.property(record.name) if record.name else record.predicate
    value = say.entity(record.entity) if record.entity else record.value
    flag = join(" ", tag("em", "≠ ", say.word("contradicted-flag"))) if record.contradicted else None
    return join(name, " ", value, flag, " ", tag("code", record.place))
