"""New addresses written into the files of a project at the marks of the old ones; all else stays, byte by byte."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from kg.reading.sources import ADDRESS, address_key
from kg.reading.states import find_form
from kg.system.files import CURATED, ExportFile, write_exports
from kg.system.project import Project
from kg.text.diagnostic import KgError, Mark
from kg.text.opened import read_bytes
from kg.text.yamldoc import Document, MappingNode, Node, Scalar, parse_document, read_document, read_to_rewrite

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The new addresses of a source's sentences.

    *claims* are those of keys with digests, by old address and digest; *plain* those of addresses that stand alone.
    *digests* are the new digests of sentences that were reworded, by new address; *settled* the new addresses at which
    a sentence of before stands. *joins* are the joins that there are then, by the address at which each stood before,
    or a text of its own; None for one that goes. *folded* are the old addresses of sentences that are joined to the one
    before now: the outline has no more lines for them.
    """

    source: str
    claims: Mapping[tuple[str, str], str]
    plain: Mapping[str, str]
    digests: Mapping[str, str]
    settled: frozenset[str]
    joins: Mapping[str, tuple[str, int] | None] = field(default_factory=dict)
    folded: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """A file with its new *text*, and the bytes that it had *before*; it may be new, or go."""

    path: Path
    name: str
    before: bytes = field(repr=False)
    text: str = field(repr=False)
    is_new: bool = False
    is_gone: bool = False

    @property
    def raw(self) -> bytes:
        return self.text.encode("utf-8", "surrogateescape")


Edit = tuple[Mark, str]


def rewrite_files(project: Project, keys: Keys) -> tuple[tuple[Rewritten, ...], tuple[str, ...]]:
    """The files that change when keys move; and the reasons why they cannot be changed, mostly none.

    Keys stand in claims (blocks and voices) and in the source's own file (outline, what is set aside, what is joined);
    places, `ID.p3s2`, in names, notes and questions.
    """
    files: list[Rewritten] = []
    refused: list[str] = []
    claim_files = (*project.claim_files, *list_drafts_of(project, "claims/1"))
    for path in (*claim_files, *project.source_files, *project.entity_files):
        before, document = read_to_rewrite(path, project.name_of(path))
        is_about = _is_about(document, keys.source, is_claims=path in claim_files)
        if document.diagnostics and (is_about or keys.source in document.source.text):
            refused.append(f"{document.source.name} has mistakes, `kg check` names them: mend them first")
        if document.root is None:
            continue
        edits = list(_find_edits(document, keys, refused)) if is_about else []
        text = _replace_places(apply_edits(document.source.text, edits), keys)
        add_rewritten(files, project, path, before, text)
        refused += _find_twice(document, text, keys.folded)
    for path in project.question_files:
        for each in (path, path.with_suffix(".csv")):
            if each.is_file() and project.door.admits(each):
                before, text = read_before(each)
                add_rewritten(files, project, each, before, _replace_places(text, keys))
    return tuple(files), tuple(dict.fromkeys(refused))


def list_drafts_of(project: Project, form: str) -> tuple[Path, ...]:
    """The files of drafts that are of this format, such as `claims/1`: they follow what curated ones do."""
    documents = ((path, read_document(path, project.name_of(path))) for path in project.draft_files)
    return tuple(path for path, document in documents if find_form(document) == form)


def read_before(path: Path) -> tuple[bytes, str]:
    """A file's bytes and its text without a byte-order mark; bytes that are not UTF-8 come back as they were."""
    before = read_bytes(path)
    return before, before.removeprefix(_BOM).decode("utf-8", "surrogateescape")


def write_rewritten(files: Sequence[Rewritten], project: Project) -> None:
    """Write all files, or none. Call it under the project's lock.

    Raises KgError where one was changed since it was read, or cannot be written.
    """
    for file in files:
        try:
            is_same = not file.path.exists() if file.is_new else file.path.read_bytes() == file.before
        except OSError as error:
            raise KgError(f"cannot read {file.name}: {error.strerror or error}") from error
        if not is_same:
            raise KgError(f"{file.name} was changed in the meantime: nothing is written; run the command again")
    if files:
        written = [ExportFile(name=file.name, raw=file.raw) for file in files if not file.is_gone]
        gone = [file.name for file in files if file.is_gone]
        write_exports(written, project.root, project.work, CURATED, gone)


def add_rewritten(files: list[Rewritten], project: Project, path: Path, before: bytes, text: str) -> None:
    """Add the file with its new *text*, if that is another than it had *before*."""
    bom = _BOM if before.startswith(_BOM) else b""
    if before != bom + text.encode("utf-8", "surrogateescape"):
        text = bom.decode("utf-8") + text
        files.append(Rewritten(path=path, name=project.name_of(path), before=before, text=text))


def _is_about(document: Document, source: str, *, is_claims: bool) -> bool:
    """Whether a file holds keys of the source's sentences: its claims, or its own description."""
    root = document.root
    if not isinstance(root, MappingNode):
        return False
    named = root.get("source") if is_claims else None
    own = PurePosixPath(document.source.name)
    return named.text == source if isinstance(named, Scalar) else own.stem == source and "sources" in own.parts


def _find_edits(document: Document, keys: Keys, refused: list[str]) -> Iterator[Edit]:
    root = document.root
    for part, node in root.entries if isinstance(root, MappingNode) else ():
        if not isinstance(node, MappingNode) or part.text == "accept":
            continue
        if part.text == "voices":
            yield from _move_stretches(node, keys, refused)
            continue
        if part.text == "joins":
            yield from _move_joins(part, node, keys.joins)
            continue
        gone = [each for each in node.entries if part.text == "outline" and each[0].text in keys.folded]
        yield from _take_out(gone, node)
        for key, value in node.entries:
            if part.text != "outline" or key.text not in keys.folded:
                yield from _move_key(part.text, key, value, keys)
    is_source = isinstance(root, MappingNode) and root.get("source") is None
    if isinstance(root, MappingNode) and is_source and root.get("joins") is None:
        made = [join for join in keys.joins.values() if join is not None]
        if made:
            written = [key for key, _ in root.entries if key.text in {"figure-rule", "sha256", "outline"}]
            last = min((key.mark for key in written), key=lambda mark: mark.sort_key, default=root.entries[-1][0].mark)
            text = f"joins: {{{', '.join(f'{address}: {count}' for address, count in made)}}}"
            yield place_before(last), f"{text}, " if root.flow else f"{text}\n"


def _move_joins(part: Scalar, node: MappingNode, joins: Mapping[str, tuple[str, int] | None]) -> Iterator[Edit]:
    """The joins as they are then; a new one takes the place of one that goes, so that its comment stays beside it."""
    known = {key.text for key, _ in node.entries}
    made = [join for old, join in joins.items() if old not in known and join is not None]
    gone = []
    for key, value in node.entries:
        join = joins.get(key.text, None if key.text in joins else (key.text, 0))
        if join is None and made:
            join = made.pop(0)
        if join is None:
            gone.append((key, value))
            continue
        address, count = join
        if address != key.text:
            yield key.part(0, len(key.text)), address
        if isinstance(value, Scalar) and count and value.text != str(count):
            yield value.part(0, len(value.text)), str(count)
    if made and node.entries:
        first = node.entries[0][0].mark
        between = ", " if node.flow else "\n" + " " * (first.column - 1)
        yield place_before(first), "".join(f"{address}: {count}{between}" for address, count in made)
    elif made:
        yield node.mark, f"{{{', '.join(f'{address}: {count}' for address, count in made)}}}"
    if gone and len(gone) == len(node.entries) and not node.flow:
        mark = part.mark
        yield replace(place_behind(mark), column=mark.end_column + 1, end_column=mark.end_column + 1), " {}"
    yield from _take_out(gone, node)


def _take_out(gone: Sequence[tuple[Scalar, Node]], node: MappingNode) -> Iterator[Edit]:
    """Entries taken out; a line goes as a whole unless a comment stands on it."""
    order = [key for key, _ in node.entries]
    for key, value in gone:
        mark, end = key.mark, value.mark
        whole = replace(mark, end_line=end.end_line, end_column=end.end_column)
        if not node.flow:
            lines = mark.source.lines
            rest = lines[end.end_line - 1][end.end_column - 1 :].strip()
            if not rest and end.end_line < len(lines):
                whole = replace(whole, column=1, end_line=end.end_line + 1, end_column=1)
            yield whole, ""
            continue
        at = order.index(key)
        if at + 1 < len(order):
            whole = replace(whole, end_line=order[at + 1].mark.line, end_column=order[at + 1].mark.column)
        elif at and order[at - 1] not in [k for k, _ in gone]:
            whole = replace(
                place_behind(node.entries[at - 1][1].mark), end_line=end.end_line, end_column=end.end_column
            )
        yield whole, ""


def _move_key(part: str, key: Scalar, value: Node, keys: Keys) -> Iterator[Edit]:
    address, _, digest = key.text.partition(" ")
    if not ADDRESS.fullmatch(address):
        return
    digest = digest.strip()
    new = keys.claims.get((address, digest)) if digest else keys.plain.get(address)
    if new is None:
        return
    if new != address:
        yield key.part(0, len(address)), new
    if new not in keys.digests:
        return
    if digest and digest != keys.digests[new]:
        yield key.part(len(key.text) - len(digest), len(key.text)), keys.digests[new]
    elif part == "outline" and isinstance(value, Scalar):
        yield value.part(0, len(value.text.split(" ")[0])), keys.digests[new]


def _move_stretches(voices: MappingNode, keys: Keys, refused: list[str]) -> Iterator[Edit]:
    """The ends of stretches: from the first to the last of the sentences that stood in one and are still there."""
    known = sorted(keys.plain, key=address_key)
    for key, _ in voices.entries:
        first, dots, last = key.text.partition("..")
        last = last if dots else first
        if not ADDRESS.fullmatch(first) or not ADDRESS.fullmatch(last):
            continue
        inside = [a for a in known if address_key(first) <= address_key(a) <= address_key(last)]
        if all(keys.plain[a] == a for a in inside):
            stay = {keys.plain[a] for a in known if a not in inside}
            if not any(address_key(first) <= address_key(a) <= address_key(last) for a in stay & keys.settled):
                continue
        there = sorted((keys.plain[a] for a in inside if keys.plain[a] in keys.settled), key=address_key)
        if not there:
            if inside:
                yield key.part(0, len(key.text)), keys.plain[inside[0]]
            continue
        strangers = {keys.plain[a] for a in known if a not in inside} & keys.settled
        low, high = address_key(there[0]), address_key(there[-1])
        if any(low <= address_key(a) <= high for a in strangers):
            refused.append(
                f"the sentences of the voice `{key.text}` ({key.mark}) do not stand together any more: "
                "give each of them its voice first"
            )
            continue
        end = last if dots and address_key(last) > address_key(known[-1]) else there[-1]
        new = f"{there[0]}..{end}" if dots and (there[0] != end) else there[0]
        if new != key.text:
            yield key.part(0, len(key.text)), new


def apply_edits(text: str, edits: list[Edit]) -> str:
    """The text with what is marked replaced; an empty mark is a place to write at. Line ends are those of the text."""
    lines = text.split("\n")
    end = "\r\n" if "\r\n" in text else "\n"
    for mark, new in sorted(edits, key=lambda edit: edit[0].sort_key, reverse=True):
        line, last = lines[mark.line - 1], lines[mark.end_line - 1]
        joined = line[: mark.column - 1] + new.replace("\n", end) + last[mark.end_column - 1 :]
        lines[mark.line - 1 : mark.end_line] = [joined]
    return "\n".join(lines)


def place_before(mark: Mark) -> Mark:
    """The empty place before what is marked."""
    return replace(mark, end_line=mark.line, end_column=mark.column)


def place_behind(mark: Mark) -> Mark:
    """The empty place behind what is marked."""
    return replace(mark, line=mark.end_line, column=mark.end_column)


def _replace_places(text: str, keys: Keys) -> str:
    """`ID.p3s2`, wherever it stands; `c:ID.p3s2` is a claim that is called so."""
    place = re.compile(rf"(?<![\w.-])(?<!\bc:){re.escape(keys.source)}\.(p\d+s\d+)(?!\w)")
    return place.sub(lambda m: f"{keys.source}.{keys.plain.get(m[1], m[1])}", text)


def _find_twice(document: Document, text: str, folded: Iterable[str]) -> Iterator[str]:
    """What would be wrong with a file after the change that was not before: a key that stands twice, above all.

    So it is where a sentence and another that is *folded* into it both have a key: whoever joined them puts them
    together.
    """
    if text == document.source.text or document.diagnostics:
        return
    after = parse_document(type(document.source)(document.source.name, text))
    for problem in after.diagnostics:
        known = ", ".join(sorted(folded, key=address_key))
        hint = f": put what stands under {known} under the sentence that it is joined to, then rebase" if known else ""
        yield f"{problem.mark}: {problem.message}{hint}"
    root = after.root
    blocks = root.get("claims") if isinstance(root, MappingNode) else None
    if isinstance(blocks, MappingNode):
        counts = Counter(key.text.partition(" ")[0] for key, _ in blocks.entries)
        yield from (f"{document.source.name}: `{a}` would stand twice" for a, n in counts.items() if n > 1)
