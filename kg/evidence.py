"""Work on evidence while the texts are at hand: verify, outline, skeleton, rebase.

Nothing here writes a word of a text into the project: addresses, digests and figures only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.articles import Article, read_article
from kg.coverage import Status, measure_coverage
from kg.diagnostic import Diagnostic, KgError, UsageError, did_you_mean
from kg.files import write_text
from kg.model import Seeds, Source
from kg.pipeline import Checked
from kg.project import Project
from kg.reading.sources import address_key

_EVIDENCE_CODES = {
    "unverified", "text-changed", "outline-stale", "no-outline", "no-such-sentence", "digest-mismatch",
    "name-not-there", "claimed-and-skipped", "missing-digest",
}  # fmt: skip


def verify_evidence(checked: Checked) -> tuple[Diagnostic, ...]:
    """What `kg check` found about addresses, digests and texts."""
    return tuple(d for d in checked.diagnostics if d.code in _EVIDENCE_CODES)


def find_source(seeds: Seeds, id_: str) -> Source:
    """The source with this id. Raises UsageError when there is none."""
    source = seeds.source_by_id.get(id_)
    if source is None:
        hint = did_you_mean(id_, seeds.source_by_id) or f"the sources are {', '.join(seeds.source_by_id) or 'none yet'}"
        raise UsageError(f"no source `{id_}`: {hint}")
    return source


def get_article(checked: Checked, source: Source) -> Article:
    """The text of a source. Raises UsageError when it is not at hand."""
    article = checked.articles.by_source.get(source.id)
    if article is None:
        if source.file is None:
            raise UsageError(f"seeds/sources/{source.id}.yaml does not name the text's `file`")
        if checked.articles.folder is None:
            raise UsageError("give the folder of the texts with `--texts DIR`")
        raise UsageError(f"{source.file.text} is not in the folder of texts")
    return article


def write_outline(article: Article) -> str:
    """The YAML of a source's `figure-rule`, `sha256` and `outline`: digests and figures, no words.

    Put in place of the old ones by `replace_outline`.
    """
    lines = [f"figure-rule: {article.figure_rule}"] if article.figure_rule > 1 else []
    lines += [f"sha256: {article.sha256}", "outline:"]
    for address, sentence in article.sentences.items():
        lines.append("  " + " ".join([f"{address}: {sentence.digest}", *article.figures(address)]))
    return "\n".join(lines) + "\n"


def replace_outline(text: str, outline: str) -> str:
    """A source file's text with its `figure-rule`, `sha256` and `outline` replaced, or added at the end.

    >>> replace_outline("title: A\\nsha256: old\\nskip: {}\\n", "sha256: new\\noutline:\\n  p0s1: 00000000\\n")
    'title: A\\nskip: {}\\nsha256: new\\noutline:\\n  p0s1: 00000000\\n'
    """
    kept: list[str] = []
    dropping = False
    for line in text.replace("\r\n", "\n").split("\n"):
        if re.match(r"(figure-rule|sha256|outline)\s*:", line):
            dropping = True
        elif dropping and (not line.strip() or line[:1] in " \t"):
            continue
        else:
            dropping = False
            kept.append(line)
    body = "\n".join(kept).rstrip("\n")
    return f"{body}\n{outline}"


def write_skeleton(checked: Checked, source: Source) -> str:
    """The keys of sentences still to do, as a claims file's `claims:` part; nobody types hexadecimal.

    The figures of each sentence stand beside its key as a comment, so that none is forgotten.
    """
    article = get_article(checked, source)
    coverage = measure_coverage(checked.seeds, checked.vocabulary, checked.articles, source.id)
    todo = [s for s in coverage.sentences if s.status is Status.TODO]
    lines = []
    if not any(s.source == source.id for s in checked.seeds.sentences):
        lines += ["kg: claims/1", f"source: {source.id}", "voices:", f"  {_whole(article)}: source", "claims:"]
    for sentence in todo:
        figures = " ".join(sentence.figures_todo)
        comment = f"   # figures: {figures}" if figures else ""
        lines.append(f"  {sentence.address} {article.sentences[sentence.address].digest}: {{}}{comment}")
    return "\n".join(lines) + "\n" if lines else ""


def _whole(article: Article) -> str:
    addresses = list(article.sentences)
    return f"{addresses[0]}..{addresses[-1]}" if addresses else "p0s1"


@dataclass(frozen=True, kw_only=True)
class Rebase:
    """How a corrected text moved sentences: old address → new, and those that are gone or changed."""

    source: str
    moved: tuple[tuple[str, str], ...]
    lost: tuple[str, ...]
    files: tuple[tuple[Path, str], ...]  # the files to write, with their new texts


def plan_rebase(checked: Checked, source: Source) -> Rebase:
    """Where the sentences of a source went, found by their digests, and the files with their new addresses.

    A digest that stands at several places keeps its order. Sentences whose digest is gone keep their old
    key: they must be read again, and `kg check` names them.
    """
    article = get_article(checked, source)
    old = {s.address: s.digest for s in source.outline}
    for claimed in checked.seeds.sentences:
        if claimed.source == source.id and claimed.digest is not None:
            old[claimed.address] = claimed.digest.text
    places: dict[str, list[str]] = {}
    for address, sentence in article.sentences.items():
        places.setdefault(sentence.digest, []).append(address)
    moved: dict[str, str] = {}
    lost = []
    for address in sorted(old, key=address_key):
        candidates = places.get(old[address], [])
        if candidates:
            moved[address] = candidates.pop(0)
        else:
            lost.append(address)
    changed = {a: b for a, b in moved.items() if a != b}
    files = tuple(_rewrite_files(checked.project, source, changed)) if changed else ()
    return Rebase(source=source.id, moved=tuple(changed.items()), lost=tuple(lost), files=files)


def _rewrite_files(project: Project, source: Source, moved: dict[str, str]) -> Iterator[tuple[Path, str]]:
    """The files of *source*, and those that name places in it, with the new addresses."""

    def rename(match: re.Match[str]) -> str:
        return moved.get(match[0], match[0])

    own_key = re.compile(r"(?:(?<![\w.])|(?<=\.\.))p\d+s\d+(?![\w])")  # `..` stands between the ends of a stretch
    place = re.compile(rf"(?<![\w.]){re.escape(source.id)}\.(p\d+s\d+)(?!\w)")
    for path in (*project.claim_files, *project.source_files, *project.entity_files):
        before = path.read_text(encoding="utf-8")
        text = place.sub(lambda m: f"{source.id}.{moved.get(m[1], m[1])}", before)
        if _is_about(path, before, source):
            # Addresses stand in keys only: of the claims' blocks, voices, outline, skip and figures.
            lines = text.split("\n")
            text = "\n".join(_rename_keys(line, own_key, rename) for line in lines)
        if text != before:
            yield path, text


def _rename_keys(line: str, pattern: re.Pattern[str], rename: object) -> str:
    assert callable(rename)
    comment = line.find(" #")
    body, tail = (line, "") if comment < 0 else (line[:comment], line[comment:])
    return re.sub(rf"(?:{pattern.pattern})(?=[^,{{}}]*:)", rename, body) + tail


def _is_about(path: Path, text: str, source: Source) -> bool:
    if path.parent.name == "sources":
        return path.stem == source.id
    return re.search(rf"^source:\s*{re.escape(source.id)}\s*(#.*)?$", text, re.MULTILINE) is not None


def apply_rebase(rebase: Rebase) -> None:
    """Write the files of a plan. Raises KgError when one cannot be written."""
    for path, text in rebase.files:
        write_text(path, text)


def outline_text(path: Path, lang: str) -> str:
    """The outline of a text that no source describes yet."""
    return write_outline(read_article(path, path.stem, lang))


def update_outline(checked: Checked, source: Source) -> Path:
    """Write the outline of a source's text into its file; gives the file."""
    path = next((p for p in checked.project.source_files if p.stem == source.id), None)
    if path is None:
        raise KgError(f"seeds/sources/{source.id}.yaml went away")
    text = path.read_text(encoding="utf-8")
    write_text(path, replace_outline(text, write_outline(get_article(checked, source))))
    return path


def show_rebase(rebase: Rebase, names: Iterable[str]) -> str:
    """What a rebase would do, or did, in words."""
    lines = [f"{rebase.source}.{old} is now {new}" for old, new in rebase.moved]
    lines += [f"{rebase.source}.{address} is not in the text any more: read it again" for address in rebase.lost]
    lines += [f"rewritten: {name}" for name in names]
    return "\n".join(lines or [f"every sentence of {rebase.source} is where it was"]) + "\n"
