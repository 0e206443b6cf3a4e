"""The texts as barcodes: a row a paragraph, a block a sentence, coloured by what it holds."""

from __future__ import annotations

from kg.model.nouns import Source
from kg.page.barcodes import Barcode, Barcodes, Block
from kg.page.style import Tense
from kg.page.views.say import Say, section
from kg.page.words import show_time
from kg.text.markup import Html, join, tag

MOST_MATTERS = 9
WITHOUT_CLAIMS = {"skipped": "key-skipped", "todo": "key-todo"}  # what a block may be, and the word for it
MOST_WEIGHT = 12  # of a block and of a part of one: `grow-12` of the style sheet


def show_barcodes(barcodes: Barcodes, say: Say) -> Html | None:
    """All texts side by side, and the questions that more than one of them speaks to; None without a text."""
    if not barcodes.sources:
        return None
    key = [tag("span", say.word(f"tense-{tense}"), class_=f"key {tense}") for tense in Tense]
    key.append(tag("span", say.word("key-quote"), class_="key quoted"))
    key.append(tag("span", say.word("key-disputed"), class_="key disputed"))
    blocks = [b for code in barcodes.sources for _, paragraph in code.paragraphs for b in paragraph]
    for kind, word in WITHOUT_CLAIMS.items():
        if any(getattr(b, kind) for b in blocks):
            key.append(tag("span", say.word(word), class_=f"key {kind}"))
    several = "shared-two" if len(barcodes.sources) + barcodes.left_out == 2 else "shared"
    shared = [
        tag("li", tag("b", class_="matter", data_matter=n), " ", tag("a", f.question[say.lang], href=f"#f={f.key}"))
        for n, f in enumerate(barcodes.shared[:MOST_MATTERS], 1)
    ]
    left_out = tag("p", say.count("more-sources", barcodes.left_out), class_="lead") if barcodes.left_out else None
    return section(
        "texts",
        say.word("texts"),
        tag("p", say.word("texts-lead"), " ", join(*key, between=" "), class_="lead"),
        tag("div", [_show_source(code, say) for code in barcodes.sources], class_="codes"),
        left_out,
        tag("p", say.word(several), class_="lead") if shared else None,
        tag("ol", shared, class_="shared") if shared else None,
    )


def name_published(source: Source, say: Say) -> str:
    """When a source was published, in words, with `inferred` where that was worked out."""
    if source.published is None:
        return say.word("no-date")
    when = show_time(source.published.edtf, say.lang)
    return when + say.word("in-brackets", text=say.word("inferred")) if source.inferred else when


def _show_source(code: Barcode, say: Say) -> Html:
    name = say.sources[code.source.id][say.lang]
    when = name_published(code.source, say)
    told = None if when in name else tag("small", when)  # the name of one source of several has the date
    rows = []
    for number, blocks in code.paragraphs:
        where = "¶" + str(number) if number else say.word("title-short")
        rows.append(tag("li", tag("span", where, class_="where"), tag("div", [_show_block(b, say) for b in blocks])))
    title = tag("h3", tag("a", name, href=f"#s={code.source.id}"), " ", told)
    return tag("div", title, tag("ol", rows), class_="barcode")


def _show_block(block: Block, say: Say) -> Html:
    told = [say.word(f"tense-of-{tense}", n=str(block.tenses[tense])) for tense in Tense if block.tenses.get(tense)]
    marks = [
        say.word("key-quote") if block.quoted else "",
        say.word("key-disputed") if block.disputed else "",
        *(say.word("matter", n=str(n)) for n in block.matters if n <= MOST_MATTERS),
        *(say.word(word) for kind, word in WITHOUT_CLAIMS.items() if getattr(block, kind)),
    ]
    name = say.word("remark").join(filter(None, [say.address(*block.sentence.rsplit(".", 1)), *told, *marks]))
    kinds = [kind for kind in ("quoted", "disputed", *WITHOUT_CLAIMS) if getattr(block, kind)]
    parts = [
        tag("i", class_=f"{tense} grow-{min(block.tenses[tense], MOST_WEIGHT)}")
        for tense in Tense
        if block.tenses.get(tense)
    ]
    # The number is drawn by the style sheet: the name of the link tells it already.
    matters = [tag("b", class_="matter", data_matter=n) for n in block.matters if n <= MOST_MATTERS]
    return tag(
        "a",
        parts,
        matters,
        href=f"#s={block.sentence}",
        class_=" ".join(["block", f"grow-{min(block.claims + 1, MOST_WEIGHT)}", *kinds]),
        data_sentence=block.sentence,
        aria_label=name,
        title=name,
    )
