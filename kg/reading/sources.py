"""Read `seeds/sources/ID.yaml`: a text that claims are taken from, its outline and what is set aside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from kg.model.nouns import OutlineSentence, Ref, SentenceJoin, Skip, Source
from kg.model.values import Date, Text
from kg.reading.fields import Finder, open_document
from kg.reading.forms import INFERRED_DATE, SOURCE
from kg.text.diagnostic import Mark
from kg.text.figure import NEWEST_RULE
from kg.text.language import choose_language
from kg.text.yamldoc import Document, MappingNode, Node, Scalar

ADDRESS = re.compile(r"p(0|[1-9][0-9]{0,5})s([1-9][0-9]{0,5})")
DIGEST = re.compile(r"[0-9a-f]{8}")
TIME = re.compile(  # with an offset of ISO 8601: fourteen hours at most, and no `-00:00`
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?:Z|(?!-00:00)[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
)
PAGE = re.compile(r"[1-9][0-9]{0,5}")
FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+)?(/[0-9]+)?")


@lru_cache(maxsize=1 << 15)  # checks, coverage and exports order the same sentences
def address_key(address: str) -> tuple[int, int]:
    """The order of sentences in a text.

    >>> sorted(["p10s1", "p2s2", "p2s1"], key=address_key)
    ['p2s1', 'p2s2', 'p10s1']
    """
    match = ADDRESS.fullmatch(address)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def read_source(document: Document, finder: Finder) -> Source | None:
    """A source; its id is the file's name. None, with the reason told, where the file is not one."""
    root = open_document(document, "source/1", finder)
    if root is None:
        return None
    name = PurePosixPath(document.source.name).stem
    mark = root.entries[0][0].mark
    finder.key(Scalar(text=name, mark=mark), "a source (the name of its file)")
    finder.known_keys(root, "a source", SOURCE.names)
    finder.required(root, "a source", mark, *SOURCE.required)
    lang = finder.scalar(root.get("lang"), "`lang`")
    own_language = lang.text if lang is not None and finder.language_tag(lang) else finder.language
    published, inferred = _read_published(root.get("published"), finder)
    title = finder.text(root.get("title"), "`title`", own_language)
    note = finder.text(root.get("note"), "`note`")
    url = _read_url(root.get("url"), finder)
    sha256 = finder.ref(root.get("sha256"), "`sha256`")
    if sha256 is not None and not re.fullmatch(r"[0-9a-f]{64}", sha256.text):
        finder.tell("bad-digest", sha256.mark, "a SHA-256 is 64 hexadecimal digits", "`kg evidence outline` writes it")
        sha256 = None
    file = finder.ref(root.get("file"), "`file`")
    if file is not None and (PurePosixPath(file.text).name != file.text or file.text in {".", ".."}):
        finder.tell("bad-file-name", file.mark, f"`{file.text}` is a path, not a file name",
                    "write the name only; the folder is given with `--texts`")  # fmt: skip
        file = None
    return Source(
        id=name,
        classes=finder.refs(root.get("is"), "`is`"),
        title=title,
        publisher=finder.ref(root.get("publisher"), "`publisher`"),
        authors=finder.refs(root.get("author"), "`author`"),
        published=published,
        inferred=inferred,
        time=_read_time(root.get("time"), published if inferred is None else None, finder),
        section=finder.text(root.get("section"), "`section`", own_language),
        url=url,
        lang=own_language,
        file=file,
        sha256=sha256,
        outline=_read_outline(root.get("outline"), finder),
        outline_given="outline" in root.nodes,
        figure_rule=_read_figure_rule(root, finder),
        joins=tuple(_read_joins(root.get("joins"), finder)),
        skips=_read_skips(root.get("skip"), finder),
        figures=_read_figure_skips(root.get("figures"), finder),
        note=note,
        accept=finder.acceptances(root.get("accept")),
        mark=mark,
    )


def _read_url(node: Node | None, finder: Finder) -> Ref | None:
    """A web address, whole or as a CURIE."""
    scalar, iri = finder.scalar(node, "`url`"), finder.iri(node, "`url`")
    if scalar is None or iri is None:
        return None
    if not iri.startswith(("http://", "https://")):
        finder.tell("bad-iri", scalar.mark, f"`{scalar.text}` is no web address", "begin it with https://")
    return Ref(text=iri, mark=scalar.mark)


def _read_published(node: Node | None, finder: Finder) -> tuple[Date | None, Text | None]:
    """The date of publication, and why it is an inference; the reason in the data set's language, else in the first."""
    if not isinstance(node, MappingNode):
        return finder.date(node, "`published`"), None
    finder.known_keys(node, "`published`", INFERRED_DATE.names)
    finder.required(node, "`published`", node.mark, *INFERRED_DATE.required)
    reasons = {text.lang: text for text in finder.texts(node.get("because"), "the reason of the inference")}
    lang = choose_language(finder.language, reasons)
    because = reasons[lang] if lang else next(iter(reasons.values()), None)
    unsaid = Text(text="", lang=finder.language, mark=node.mark)
    return finder.date(node.get("inferred"), "`inferred`"), because or unsaid


def _read_figure_rule(root: MappingNode, finder: Finder) -> int:
    """The rule of figures that a source names; else the first where it has an outline, the newest where it has none."""
    rule = finder.scalar(root.get("figure-rule"), "`figure-rule`")
    if rule is None:
        return 1 if root.get("outline") is not None else NEWEST_RULE
    if rule.text not in {str(number) for number in range(1, NEWEST_RULE + 1)}:
        hint = f"the rules are 1 to {NEWEST_RULE}"
        finder.tell("bad-figure-rule", rule.mark, f"no rule of figures `{rule.text}`", hint)
        return NEWEST_RULE
    return int(rule.text)


def _read_time(node: Node | None, published: Date | None, finder: Finder) -> Ref | None:
    """The hour of publication: ISO 8601 with an offset, beside a day that is known."""
    time = finder.ref(node, "`time`")
    if time is None:
        return None
    if not TIME.fullmatch(time.text):
        finder.tell("bad-time", time.mark, f"`{time.text}` is no time of day with its offset",
                    'write `"16:07+08:00"`, or `"08:07Z"`')  # fmt: skip
        return None
    if published is None or not published.edtf.exact or published.edtf.precision != "day":
        finder.tell("bad-time", time.mark, "a time of day without the day of publication",
                    "`published` gives the day, such as `2024-04-28`")  # fmt: skip
        return None
    return time


def read_address(scalar: Scalar, mark: Mark, finder: Finder) -> bool:
    """True when *scalar* is a sentence address such as `p3s2`; else it is told as `bad-address`."""
    if ADDRESS.fullmatch(scalar.text):
        return True
    hint = "a sentence is p<paragraph>s<sentence>, such as `p3s2`; the title is `p0s1`"
    finder.tell("bad-address", mark, f"`{scalar.text}` is no sentence address", hint)
    return False


def _read_outline(node: Node | None, finder: Finder) -> tuple[OutlineSentence, ...]:
    """`p3s1: fde7ebd7 75600 5700 page 2`: the digest, the figures in the order of the text, the page if any.

    Nothing where a line of it cannot be read: what is missing is no second mistake.
    """
    mapping = finder.mapping(node, "`outline`")
    found = []
    told = len(finder.diagnostics)
    for key, value in mapping.entries if mapping else ():
        scalar = finder.scalar(value, f"the outline of `{key.text}`")
        if not read_address(key, key.mark, finder) or scalar is None:
            continue
        digest, *figures = scalar.text.split()
        page = None
        if figures[-2:-1] == ["page"] and PAGE.fullmatch(figures[-1]):
            *figures, _, number = figures
            page = int(number)
        if not DIGEST.fullmatch(digest) or not all(FIGURE.fullmatch(f) for f in figures):
            message = f"`{scalar.text}` is no digest followed by figures"
            finder.tell("bad-digest", scalar.mark, message, "`kg evidence outline` writes this part")
            continue
        found.append(OutlineSentence(address=key.text, digest=digest, figures=tuple(figures), page=page, mark=key.mark))
    if mapping is None or mapping.broken or len(finder.diagnostics) > told:
        return ()
    return tuple(sorted(found, key=lambda s: address_key(s.address)))


def _read_joins(node: Node | None, finder: Finder) -> Iterator[SentenceJoin]:
    """`p3s1: 2`: two sentences from there are one. What overlaps, or joins fewer than two, is told."""
    mapping = finder.mapping(node, "`joins`")
    ends: dict[str, tuple[int, int]] = {}  # the last part, by the address of the first
    for key, value in mapping.entries if mapping else ():
        count = finder.scalar(value, f"how many sentences are one at `{key.text}`")
        if not read_address(key, key.mark, finder) or count is None:
            continue
        if not re.fullmatch(r"[1-9][0-9]{0,2}", count.text) or int(count.text) < 2:
            finder.tell("bad-join", count.mark, f"`{count.text}` is no number of sentences to join",
                        "write how many sentences are one, such as `2`")  # fmt: skip
            continue
        paragraph, number = address_key(key.text)
        end = (paragraph, number + int(count.text) - 1)
        other = next((a for a, e in ends.items() if address_key(a) <= end and (paragraph, number) <= e), None)
        if other is not None:
            message = f"the joins at `{other}` and `{key.text}` overlap"
            finder.tell("bad-join", key.mark, message, "join all of them at the first")
            continue
        ends[key.text] = end
        yield SentenceJoin(address=key.text, count=int(count.text), mark=key.mark)


def _read_skips(node: Node | None, finder: Finder) -> tuple[Skip, ...]:
    mapping = finder.mapping(node, "`skip`")
    found = []
    for key, value in mapping.entries if mapping else ():
        reason = finder.scalar(value, f"the reason for setting `{key.text}` aside")
        if read_address(key, key.mark, finder) and reason is not None:
            found.append(Skip(address=key.text, figure=None, reason=reason.text, mark=key.mark))
    return tuple(sorted(found, key=lambda s: address_key(s.address)))


def _read_figure_skips(node: Node | None, finder: Finder) -> tuple[Skip, ...]:
    mapping = finder.mapping(node, "`figures`")
    found = []
    for key, value in mapping.entries if mapping else ():
        figures = finder.mapping(value, f"the figures of `{key.text}`")
        if not read_address(key, key.mark, finder) or figures is None:
            continue
        for figure, node_of_reason in figures.entries if not figures.broken else ():
            reason = finder.scalar(node_of_reason, f"the reason for setting {figure.text} aside")
            if not FIGURE.fullmatch(figure.text):
                hint = "write it as in the outline: digits, without separators"
                finder.tell("bad-figure", figure.mark, f"`{figure.text}` is no figure", hint)
            elif reason is not None:
                found.append(Skip(address=key.text, figure=figure.text, reason=reason.text, mark=figure.mark))
    return tuple(found)


def read_place(ref: Ref, finder: Finder) -> bool:
    """True when *ref* is a sentence of a source, such as `paris.p1s1`."""
    source, dot, address = ref.text.partition(".")
    if dot and source and ADDRESS.fullmatch(address):
        return True
    finder.tell("bad-address", ref.mark, f"`{ref.text}` is no place in a source", "write `source.p3s2`")
    return False
