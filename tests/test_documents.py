"""Texts taken out of files: plain, HTML, PDF, DOCX; what they say of themselves; what no text can be taken out of."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import time
import zipfile
from pathlib import Path

import pytest
from documents import W, make_docx, make_pdf, paragraph
from hypothesis import given
from hypothesis import strategies as st

from kg.evidence.documents.dates import read_day
from kg.evidence.documents.docx import _LARGEST
from kg.evidence.documents.front import find_language
from kg.evidence.documents.pdf import PageLine, join_lines
from kg.evidence.documents.read import read_document_text
from kg.evidence.documents.taken import DocumentFormat, Paragraph, Taken, UnreadableError, write_paragraphs
from kg.text.diagnostic import UsageError
from kg.text.sentence import split_sentences


def refusal(raw: bytes, name: str = "a", **options: str) -> str:
    """Code, message and hint of why no text can be taken out."""
    with pytest.raises(UnreadableError) as error:
        read_document_text(raw, name, **options)  # type: ignore[arg-type]
    diagnostic = error.value.diagnostic
    return f"{diagnostic.code}: {diagnostic.message}" + (f" ({diagnostic.hint})" if diagnostic.hint else "")


def said(taken: Taken) -> dict[str, tuple[str, str]]:
    """The best proposal for each key, with its origin."""
    best = {p.key: p for p in reversed(taken.proposals)}
    return {key: (p.text, p.origin) for key, p in best.items()}


# -- plain texts ----------------------------------------------------------------------------------------


def test_a_plain_text_is_taken_as_it_is() -> None:
    text = (
        "The bridge opens\r\n\r\nBy Ada Quill\r\n3 June 2026\r\n\r\nIt is\u00a0120 metres  long. “Fine,” she said.\r\n"
    )
    taken = read_document_text(text.encode(), "bridge.txt")
    assert (taken.form, taken.text, taken.told) == (DocumentFormat.TEXT, text, ())
    assert said(taken) == {
        "title": ("The bridge opens", "the first line"),
        "author": ("Ada Quill", "line 2 of the text"),
        "published": ("2026-06-03", "line 3 of the text"),
    }


def test_lines_that_were_broken_at_a_margin_are_joined() -> None:
    text = (
        "The bridge opens\n\nThe new bridge in Rivertown is 120 metres long, and the mayor\npromised to open it "
        "in 2030, which nobody in the town had\nexpected.\n\n"
        "The\f council came. It thanked the engineer who had measured it with\nher own hands.\n"
    )
    taken = read_document_text(text.encode(), "a.txt")
    assert taken.text.split("\n\n")[1] == (
        "The new bridge in Rivertown is 120 metres long, and the mayor promised to open it in 2030, which nobody in "
        "the town had expected."
    )
    assert taken.told == ("lines that were broken at a margin are joined into paragraphs",)
    assert taken.text.count("\f") == 1


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8-sig", ""), ("utf-16", "read as utf-16, by its mark"), ("utf-32", "read as utf-32, by its mark")],
)  # fmt: skip
def test_a_mark_tells_the_encoding(encoding: str, name: str) -> None:
    taken = read_document_text("Café 雷军\n".encode(encoding), "a.txt")
    assert taken.text == "Café 雷军\n"
    assert taken.told == ((name,) if name else ())


@given(
    st.text(st.characters(min_codepoint=0xA1, max_codepoint=0x24F), min_size=1),
    st.sampled_from(["latin-1", "cp1252", "cp1251", "gb18030"]),
)
def test_another_encoding_is_never_read_as_something_else_in_silence(text: str, encoding: str) -> None:
    raw = f"A title\n\n{text}".encode(encoding, "ignore")
    try:
        taken = read_document_text(raw, "a.txt")
    except UnreadableError as error:
        assert error.diagnostic.code == "encoding"
    else:
        assert taken.text == raw.decode("utf-8")  # by accident it is UTF-8 as well


def test_how_a_doubtful_line_reads_is_shown() -> None:
    told = refusal("Title\nZum Café in Köln\n".encode("cp1252"))
    assert told.startswith(
        "encoding: byte 0xE9 is not UTF-8 (name its encoding with --encoding: that reads `Zum Café in Köln` in cp1252"
    )
    assert "雷军发布" in refusal("雷军发布小米汽车\n".encode("gb18030"))
    assert (
        read_document_text("雷军发布小米汽车\n".encode("gb18030"), "a", encoding="gb18030").text == "雷军发布小米汽车\n"
    )
    assert "is not cp932" in refusal(b"\x81\xff", encoding="cp932")
    with pytest.raises(UsageError, match="no encoding `rot13`"):
        read_document_text(b"a", "a", encoding="rot13")


@pytest.mark.parametrize(
    ("raw", "name", "told"),
    [
        (b"", "a", "document-empty: the file is empty"),
        (b" \n\t\n", "a", "document-empty: the file is empty"),
        (b"-- ... --\n", "a", "document-empty: the file holds no words"),
        (b"a\0b", "a", "document-unreadable: the file holds NUL bytes"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
            "a.doc",
            "document-unreadable: the file is an older Word file, or an encrypted one",
        ),
        (rb"{\rtf1 Hello}", "a.rtf", "document-unreadable: the file is RTF"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "document-unreadable: the file is a picture"),
        (b"\xff\xfea", "a", "encoding: the file is not utf-16"),
    ],
)
def test_what_holds_no_text_is_told(raw: bytes, name: str, told: str) -> None:
    assert refusal(raw, name).startswith(told)


# -- what a text says of itself -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day", "time"),
    [
        ("2024-04-28", "2024-04-28", None),
        ("2024-04-28T16:07:00+08:00", "2024-04-28", "16:07:00+08:00"),
        ("2024-04-28T08:07:31.123Z", "2024-04-28", "08:07:31Z"),
        ("2024-04-28T16:07", "2024-04-28", None),  # of which place, nobody knows
        ("Posted on Sept. 3rd, 2024", "2024-09-03", None),
        ("28. April 2024", "2024-04-28", None),
        ("2024年4月28日 发布", "2024-04-28", None),
        ("2024/4/28", "2024-04-28", None),
    ],
)
def test_days_are_read(text: str, day: str, time: str | None) -> None:
    found = read_day(text)
    assert found is not None
    assert (found.text, found.time) == (day, time)


@pytest.mark.parametrize("text", ["04/05/2024", "31 June 2024", "2024", "April 2024", "99/99/2024", "12024-04-28"])
def test_what_is_no_day_for_certain_is_none(text: str) -> None:
    assert read_day(text) is None


def test_the_language_is_told_by_a_writing_of_its_own_only() -> None:
    texts = [
        "小米汽车在四月交付了七千辆。",
        "車を作る会社です。",
        "자동차 회사입니다.",
        "A company of cars.",
        "Автомобили.",
        "12 34",
        "Xiaomi 小米 announced a car",
    ]
    assert [find_language(text) for text in texts] == ["zh", "ja", "ko", None, None, None, None]


# -- HTML -----------------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Library opens | The River</title>
<meta property="og:title" content="Library opens"><meta name="author" content="By Ada Quill">
<meta property="article:published_time" content="2026-03-04T09:30+01:00">
<link rel="canonical" href="https://river.example/library">
<script>alert("not a word of this")</script></head>
<body><nav>Home News</nav><article><h1>Library opens</h1>
<p>The library <b>opened</b> on&nbsp;Monday.<br>It holds 40,000 books.<br><br>
“Never on Sundays,” she said.</p><aside>Read more about sport</aside><p hidden>secret</p>
<p style="display: none">hidden</p>
<ul><li>One</li><li>Two</li></ul><table><tr><th>Year</th><td><p>2026</p></td></tr></table></article>
<footer>Imprint</footer></body></html>"""


def test_the_article_of_a_page_is_taken_without_its_furniture() -> None:
    taken = read_document_text(PAGE.encode(), "page.html")
    assert taken.text.rstrip("\n").split("\n\n") == [
        "Library opens", "The library opened on Monday. It holds 40,000 books.", "“Never on Sundays,” she said.",
        "One", "Two", "Year 2026",
    ]  # fmt: skip
    assert taken.told == (
        "the text is that of <article>",
        "words left out: 4 in aside, 1 in footer, 2 in hidden parts, 2 in nav",
    )
    assert said(taken) == {
        "title": ("Library opens", "its `<h1>`"),
        "published": ("2026-03-04", "its `article:published_time`"),
        "time": ("09:30+01:00", "its `article:published_time`"),
        "author": ("Ada Quill", "its `author`"),
        "lang": ("en-GB", "its `lang`"),
        "url": ("https://river.example/library", "its canonical address"),
    }


def test_what_a_page_raises_strikes_out_or_spells_makes_no_other_number() -> None:
    words = (
        "Some 5,000<sup>1</sup> of 10<sup>6</sup> m<sup>2</sup> H<sub>2</sub>O, the 1<sup>st</sup>"
        " 215&nbsp;900 or 1&#8239;000 at <del>9</del><s>8</s>7 in <ruby>漢<rp>(</rp><rt>kan</rt></ruby>"
        " 12<sup><a href='#n1'>3</a></sup>."
    )
    taken = read_document_text(f"<main><h1>10<sup>6</sup> cars</h1><p>{words}</p></main>".encode(), "page.html")
    assert taken.text == ("10⁶ cars\n\nSome 5,000¹ of 10⁶ m² H2O, the 1st 215\u00a0900 or 1\u202f000 at 7 in 漢 12.\n")
    assert taken.told[-1] == "words left out: 1 in del, 1 in marks of footnotes, 1 in rp, 1 in rt, 1 in s"
    assert said(taken)["title"] == ("10⁶ cars", "its `<h1>`")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("10<span style='vertical-align: super; font-size: 70%'>6</span> cars", "10⁶ cars"),
        ("10<span style='VERTICAL-ALIGN : 0.4em'>6</span> cars", "10⁶ cars"),
        ("5,000<a style='vertical-align:super' href='#n1'>1</a> cars", "5,000 cars"),
        ("5,000<a href='#n1'><sup>1</sup></a> cars", "5,000 cars"),
        ("10<span style='vertical-align: 0px'>6</span> cars", "106 cars"),
        ("10<span style='vertical-align: -0.4em'>6</span> cars", "106 cars"),
        ("<table><tr><td>10</td><td style='vertical-align: 4px'>6</td></tr></table>", "10 6"),
    ],
)
def test_what_a_style_raises_is_raised(markup: str, text: str) -> None:
    assert read_document_text(f"<main><p>{markup}</p></main>".encode(), "page.html").text == f"{text}\n"


def test_a_title_is_known_in_other_quotation_marks_and_composed_otherwise() -> None:
    page = "<html><head><title>It's a cafe\u0301 - now</title></head><body><h1>It’s a café – now</h1><p>It opens.</p>"
    taken = read_document_text(page.encode(), "a.html")
    assert (taken.text, taken.told) == ("It’s a café – now\n\nIt opens.\n", ())


def test_json_ld_tells_of_its_article() -> None:
    authors = [{"name": "A B"}, "C D"]
    article = {"@type": ["NewsArticle"], "headline": "Opens", "datePublished": "2026-03-05", "author": authors}
    linked = [json.dumps({"@graph": [{"@type": "WebSite", "name": "x"}, article]}), "{broken"]
    scripts = "".join(f'<script type="application/ld+json">{text}</script>' for text in linked)
    page = f"<html><head>{scripts}</head><body><p>Words here.</p></body></html>"
    taken = read_document_text(page.encode(), "a.html")
    assert taken.text == "Opens\n\nWords here.\n"
    assert taken.told == ("the title stands in front: `headline` of its JSON-LD has it, and not the text",)
    assert [p.text for p in taken.proposals if p.key in {"author", "published"}] == ["2026-03-05", "A B", "C D"]


def test_a_page_says_its_encoding() -> None:
    page = '<html><head><meta charset="{}"></head><body><p>Zum Café</p></body></html>'
    latin = read_document_text(page.format("ISO-8859-1").encode("latin-1"), "a.html")
    assert (latin.text, latin.told) == ("Zum Café\n", ("read as cp1252, as the file says",))
    wrong = read_document_text(page.format("iso-8859-1").encode(), "a.html")
    assert (wrong.text, wrong.told) == (
        "Zum Café\n",
        ("read as utf-8, though the file says iso-8859-1: its bytes are UTF-8",),
    )
    assert refusal(page.format("utf-8").encode("latin-1"), "a.html").startswith("encoding: byte 0xE9 is not UTF-8")
    assert refusal(page.format("klingon").encode("latin-1"), "a.html").startswith(
        "encoding: the file says that its encoding is `klingon`"
    )


@pytest.mark.parametrize("depth", [300, 100_000])
def test_a_page_of_nesting_is_not_read_in_part(depth: int) -> None:
    page = "<html><body>" + "<div>" * depth + "the end</body></html>"
    assert refusal(page.encode(), "a.html") == "document-unreadable: the page is nested too deep to be read whole"
    assert read_document_text(page.replace("<div>", "", depth - 100).encode(), "a.html").text == "the end\n"


def test_no_entity_and_no_file_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body><p>Words &x; here.</p></body></html>'
    assert "secret" not in read_document_text(page.encode(), "a.html").text.replace(secret.as_uri(), "")
    head = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "words">]>'
    assert (
        refusal(make_docx("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", head=head))
        == "document-unreadable: the part word/document.xml has a DOCTYPE, which no DOCX has"
    )


# -- DOCX -----------------------------------------------------------------------------------------------


def test_a_docx_is_read_with_its_changes_accepted() -> None:
    body = (
        paragraph("The bri", "dge") + "<w:p><w:r><w:t>It is</w:t><w:tab/><w:t>120 m</w:t></w:r>"
        "<w:del><w:r><w:delText>118 m</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t> long.</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r></w:p>"
        "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        f"<w:tbl><w:tr><w:tc>{paragraph('Year')}</w:tc><w:tc>{paragraph('2026')}</w:tc></w:tr></w:tbl>"
        '<w:p><w:r><w:t>Ends</w:t></w:r><w:r><w:br w:type="page"/></w:r></w:p>' + paragraph("Second page.")
    )
    core = (
        "<dc:title>The bridge</dc:title><dc:creator>Ada Quill</dc:creator>"
        "<dcterms:created>2026-05-01T10:00:00Z</dcterms:created>"
    )
    lines = f'<w:footnote w:type="separator">{paragraph("-")}</w:footnote>'
    notes = f'<w:footnotes xmlns:w="{W}">{lines}<w:footnote>{paragraph("A note.")}</w:footnote></w:footnotes>'
    taken = read_document_text(make_docx(body, core=core, more={"word/footnotes.xml": notes.encode()}), "a.docx")
    assert taken.text == "The bridge\n\nIt is 120 m long.\n\nYear 2026\n\nEnds\n\f\nSecond page.\n\nA note.\n"
    assert taken.told == (
        "1 deleted passages are left out: all changes count as accepted", "1 hidden passages are left out",
        "the footnotes stand behind the text",
    )  # fmt: skip
    best = said(taken)
    assert best["author"] == ("Ada Quill", "`creator` of its properties")
    assert best["made"] == ("2026-05-01", "`created` of its properties")


def test_what_a_docx_raises_or_strikes_out_makes_no_other_number() -> None:
    def run(text: str, properties: str = "") -> str:
        return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"

    raised = '<w:vertAlign w:val="superscript"/>'
    body = f"<w:p>{run('10')}{run('6', raised)}{run(' of 5,000')}{run('1', raised)}{run(' the 1')}{run('st', raised)}"
    body += run("9", "<w:strike/>") + run("7", '<w:strike w:val="0"/>') + "</w:p>"
    taken = read_document_text(make_docx(body), "a.docx")
    assert taken.text == "10⁶ of 5,000¹ the 1st7\n"
    assert taken.told == ("1 passages that are struck out are left out",)


def test_pages_that_nobody_can_count_are_none() -> None:
    body = paragraph("One.") + '<w:p><w:r><w:br w:type="page"/><w:t>Two.</w:t></w:r></w:p>'
    assert "\f" in read_document_text(make_docx(body, app="<Pages>2</Pages>"), "a").text
    taken = read_document_text(make_docx(body, app="<Pages>5</Pages>"), "a")
    assert taken.told == ("no pages: 2 are marked in the document, and its properties say 5",)
    assert "\f" not in taken.text
    rendered = body.replace("<w:t>Two.", "<w:lastRenderedPageBreak/><w:t>Two.")
    assert read_document_text(make_docx(rendered), "a").text.count("\f") == 1


def test_a_docx_that_unpacks_to_too_much_is_refused_at_once() -> None:
    bomb = make_docx("", more={"word/document.xml": b" " * (_LARGEST + 1)})
    assert len(bomb) < 100_000
    assert (
        refusal(bomb)
        == "document-unreadable: the part word/document.xml unpacks to more than 40 MB: no text is that long"
    )


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"PK\x03\x04 and no more", "document-unreadable: the file is no whole DOCX: file is not a zip file"),
        (make_docx(paragraph("a"))[:-40], "document-unreadable: the file is no whole DOCX"),
        (
            make_docx("<w:p>"),
            "document-unreadable: the part word/document.xml is no XML: Opening and ending tag mismatch",
        ),
        (make_docx("", more={}), "document-empty: the file holds no words"),
    ],
    ids=["a head alone", "cut off", "no XML", "no words"],
)
def test_a_docx_that_is_broken_is_told(raw: bytes, told: str) -> None:
    assert refusal(raw).startswith(told)


# -- PDF ------------------------------------------------------------------------------------------------

LONG = (
    "The new bridge in Rivertown is 120 metres long and was built in the spring of", "that year by the engineer of the "
    "county, who measured it twice before the coun-", "cil came.",
)  # fmt: skip


def test_a_pdf_gives_paragraphs_and_pages() -> None:
    first = ["The bridge opens", "", *LONG, "", "She said that the well-known bridge would not", "2026"]
    pages = [
        ["The River", *first, "1"],
        ["The River", "open before 2032. The council thanked her.", "2"],
        ["The River", "A third page of the EU-", "Rivertown union.", "3"],
    ]
    info = {"Title": "The bridge opens", "Author": "Ada Quill", "CreationDate": "D:20260612103000Z"}
    taken = read_document_text(make_pdf(pages, info=info), "a.pdf")
    assert taken.text == (
        "The bridge opens\n\n" + " ".join(LONG).replace("coun- cil", "council") + "\n\n"
        "She said that the well-known bridge would not 2026 open before 2032.\f The council thanked her.\n"
        "\f\nA third page of the EU-Rivertown union.\n"
    )
    assert taken.told == ("the page's number is left out on 3 pages", "`The River` is left out on 3 pages")
    assert said(taken) == {
        "title": ("The bridge opens", "`Title` of the PDF"),
        "author": ("Ada Quill", "`Author` of the PDF"),
        "made": ("2026-06-12", "`CreationDate` of the PDF"),
        "lang": ("en", "the words of the text"),
    }


def test_small_digits_off_the_line_of_a_pdf_make_no_other_number() -> None:
    lines = [
        "A report of numbers",
        "",
        "Some 5,000^{1} of 10^{6} m^{2}, CO_{2} of 3_{4} in the 1^{st} year; 120^{2,3} ended 2024.",
    ]
    taken = read_document_text(make_pdf([lines]), "a.pdf")
    assert taken.text.rpartition("\n\n")[2].replace(" ,", ",") == (
        "Some 5,000¹ of 10⁶ m², CO₂ of 3₄ in the 1st year; 120²,³ ended 2024.\n"
    )


def test_lines_that_differ_in_more_than_the_number_of_the_page_stay() -> None:
    pages = [
        [f"Row {n} has {n * 7} metres of it.", "Words stand between.", "And more of them.", f"Sum {n * 3}"]
        for n in range(1, 5)
    ]
    taken = read_document_text(make_pdf(pages), "a.pdf")
    assert [word for word in ("7", "14", "21", "28", "12") if f" {word}" not in taken.text] == []


def test_words_that_were_cut_are_joined_as_the_document_writes_them() -> None:
    def line(text: str, base: float) -> PageLine:
        return PageLine(text=text, left=70, right=500, base=base, height=12)

    lines = ["the well-known and the compre-", "hensive view of a well-", "known bridge in the EU-", "Rivertown union."]
    page = [line(text, 700 - 14 * n) for n, text in enumerate(lines)]
    assert [p.text for p in join_lines([page])] == [
        "the well-known and the comprehensive view of a well-known bridge in the EU-Rivertown union."
    ]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (make_pdf([[], []]), "document-empty: the PDF has no text: 2 pages of pictures (it was scanned"),
        (make_pdf([["A."]], encrypt=True), "document-unreadable: the PDF is encrypted (save it without a password)"),
        (b"%PDF-1.7\nnothing of a PDF", "document-unreadable: the PDF is broken: it cannot be opened (is it whole?)"),
    ],
    ids=["scanned", "encrypted", "broken"],
)  # fmt: skip
def test_a_pdf_without_a_text_is_told(raw: bytes, told: str) -> None:
    assert refusal(raw, "a.pdf").startswith(told)


def test_a_pdf_whose_fonts_tell_no_characters_is_told() -> None:
    font = b"/BaseFont /Helvetica /Encoding /WinAnsiEncoding"
    codes = b"/BaseFont /Helvetica /Encoding << /Differences [65 /g1 /g2 /g3 /g4] >>".ljust(len(font))
    raw = make_pdf([["ABCDABCDABCD"]]).replace(font, codes)
    try:
        taken = read_document_text(raw, "a.pdf")
    except UnreadableError as error:
        assert error.diagnostic.code == "document-unreadable"
    else:
        assert "ABCD" in taken.text or any("no certain meaning" in told for told in taken.told)


# -- how texts are written ------------------------------------------------------------------------------

WORDS = (
    st.text(st.sampled_from("ab. ?“”1雷。"), min_size=1, max_size=20).map(lambda t: " ".join(t.split())).filter(bool)
)


@given(st.lists(st.tuples(WORDS, st.lists(st.integers(0, 20), max_size=2), st.integers(0, 2)), min_size=1, max_size=5))
def test_form_feeds_change_no_sentence(parts: list[tuple[str, list[int], int]]) -> None:
    pages = itertools.accumulate((turned + len(set(breaks)) for _, breaks, turned in parts), initial=1)
    paragraphs = [
        Paragraph(text=text, page=page, breaks=tuple(sorted({at % len(text) for at in breaks})))
        for (text, breaks, _), page in zip(parts, pages, strict=False)
    ]
    whole = [s.text for p in paragraphs for s in split_sentences(p.text)]
    assert [s.text for s in split_sentences(write_paragraphs(paragraphs))] == whole


def test_damaged_files_end_in_a_text_or_a_reason() -> None:
    good = make_docx(paragraph("The bridge is long.") * 3, core="<dc:title>T</dc:title>")
    for at in range(0, len(good), 23):
        raw = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
        try:
            read_document_text(raw, "a.docx")
        except UnreadableError as error:
            assert error.diagnostic.code in {"document-unreadable", "document-empty", "encoding"}
    assert zipfile.is_zipfile(io.BytesIO(good))


@pytest.mark.parametrize(
    "raw",
    [
        b"<!---->" * 580 + b"<x",
        b"<?xml" + b"?" * 4000,
        b"<html><body>" + b"<table><tr><td>" * 120 + b"deep",
        b"<html>" + b"<article>" * 120 + b"words",
        b"<html><body>" + b"<p>" * 50_000 + b"many",
        b"By " + b"a " * 40,
        b"x" * 2_000_000,
        b"\n" * 1_000_000 + b"end",
    ],
    ids=["comments", "declaration", "tables", "articles", "paragraphs", "byline", "line", "blank"],
)
def test_what_is_meant_to_take_long_does_not(raw: bytes) -> None:
    start = time.process_time()
    with contextlib.suppress(UnreadableError):
        read_document_text(raw, "a")
    assert time.process_time() - start < 5  # seconds of this process; they take some hundredths


def test_a_page_of_very_many_lines_is_joined_soon() -> None:
    lines = [PageLine(text=f"Line {n}.", left=70, right=200, base=-14.0 * n, height=12) for n in range(4_000)]
    start = time.process_time()
    assert join_lines([lines])
    assert time.process_time() - start < 10
