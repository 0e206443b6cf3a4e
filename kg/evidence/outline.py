"""Work on evidence while the texts are at hand: verify, outline, skeleton, rebase.

Nothing here writes a word of a text into the project: addresses, digests and figures only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kg.build.pipeline import Checked
from kg.graph.coverage import Status, measure_coverage
from kg.model.nouns import Seeds, Source
from kg.reading.articles import Article
from kg.reading.sources import address_key
from kg.system.files import CURATED, encode_file, write_exports
from kg.text.diagnostic import Diagnostic, KgError, UsageError, did_you_mean

_EVIDENCE_CODES = {
    "unverified", "text-changed", "outline-stale", "no-outline", "no-such-sentence", "digest-mismatch",
    "name-not-there", "claimed-and-skipped", "missing-digest",
}  # fmt: skip


_DIGEST_CODES = {"digest-mismatch", "missing-digest"}


def verify_evidence(checked: Checked) -> tuple[Diagnostic, ...]:
    """What `kg check` found about addresses, digests and texts."""
    return tuple(d for d in checked.diagnostics if d.code in _EVIDENCE_CODES)


def quote_sentences(checked: Checked, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics, those of digests with the sentence that the text has there: for the eye, never for a file."""
    there = {(s.mark.file, s.mark.line): s for s in checked.seeds.sentences}
    shown = []
    for diagnostic in diagnostics:
        claimed = there.get((diagnostic.mark.file, diagnostic.mark.line))
        article = checked.articles.by_source.get(claimed.source) if claimed else None
        if diagnostic.code in _DIGEST_CODES and claimed and article and claimed.address in article.sentences:
            text = f"the text has there: “{' '.join(article.sentences[claimed.address].text.split())}”"
            diagnostic = replace(diagnostic, hint=f"{diagnostic.hint}; {text}" if diagnostic.hint else text)
        shown.append(diagnostic)
    return tuple(shown)


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
    """The YAML of a source's `figure-rule`, `sha256` and `outline`: digests, figures and pages, no words.

    Put in place of the old ones by `replace_outline`.
    """
    lines = [f"figure-rule: {article.figure_rule}"] if article.figure_rule > 1 else []
    lines += [f"sha256: {article.sha256}", "outline:"]
    for address, sentence in article.sentences.items():
        page = article.page(address)
        pages = [] if page is None else [f"page {page}"]
        lines.append("  " + " ".join([f"{address}: {sentence.digest}", *article.figures(address), *pages]))
    return "\n".join(lines) + "\n"


def replace_outline(text: str, outline: str) -> str:
    """A source file's text with its `figure-rule`, `sha256` and `outline` replaced, or added at the end.

    >>> replace_outline("title: A\\nsha256: old\\nskip: {}\\n", "sha256: new\\noutline:\\n  p0s1: 00000000\\n")
    'title: A\\nskip: {}\\nsha256: new\\noutline:\\n  p0s1: 00000000\\n'
    """
    kept: list[str] = []
    dropping = False
    end = "\r\n" if "\r\n" in text else "\n"
    for line in text.split("\n"):
        if re.match(r"(figure-rule|sha256|outline)\s*:", line):
            dropping = True
        elif dropping and (not line.strip() or line[:1] in " \t"):
            continue
        else:
            dropping = False
            kept.append(line)
    body = "\n".join(kept).rstrip("\r\n")
    return f"{body}{end}{outline.replace(chr(10), end)}"


def write_skeleton(checked: Checked, source: Source, *, with_text: bool) -> str:
    """The keys of sentences still to do, as a claims file's `claims:` part; nobody types hexadecimal.

    The figures of each sentence stand beside its key as a comment, so that none is forgotten; *with_text*, the sentence
    itself as well, above it: that is for the eye alone, and no project should hold it.
    """
    article = get_article(checked, source)
    coverage = measure_coverage(checked.seeds, checked.articles, source.id)
    todo = [s for s in coverage.sentences if s.status is Status.TODO]
    lines = []
    if not any(s.source == source.id for s in checked.seeds.sentences):
        lines += ["kg: claims/1", f"source: {source.id}", "voices:", f"  {_whole(article)}: source", "claims:"]
    for sentence in todo:
        figures = " ".join(sentence.figures_todo)
        comment = f"   # figures: {figures}" if figures else ""
        if with_text:
            lines.append(f"  # {' '.join(article.sentences[sentence.address].text.split())}")
        lines.append(f"  {sentence.address} {article.sentences[sentence.address].digest}: {{}}{comment}")
    return "\n".join(lines) + "\n" if lines else ""


def _whole(article: Article) -> str:
    addresses = list(article.sentences)
    return f"{addresses[0]}..{addresses[-1]}" if addresses else "p0s1"


def find_mismatches(checked: Checked, source: Source) -> tuple[str, ...]:
    """The addresses at which the text has another sentence than the one meant, or none, in the order of the text.

    What claims mean is told by their digests; what is set aside and places of names, by the outline that stands there.
    """
    sentences = get_article(checked, source).sentences
    now = {address: sentence.digest for address, sentence in sentences.items()}
    seeds, outline = checked.seeds, source.sentences
    wrong = {
        s.address
        for s in seeds.sentences
        if s.source == source.id and now.get(s.address) != (s.digest.text if s.digest else now.get(s.address, ""))
    }
    names = (place.text.partition(".") for e in seeds.entities for name in e.names for place in name.places)
    alone = {skip.address for skip in (*source.skips, *source.figures)}
    alone |= {address for id_, _, address in names if id_ == source.id}
    wrong |= {a for a in alone if a in outline and now.get(a) != outline[a].digest}
    return tuple(sorted(wrong, key=address_key))


def update_outline(checked: Checked, source: Source) -> Path:
    """Write the outline of a source's text into its file; gives the file. Call it under the project's lock.

    Raises UsageError where what is claimed or set aside does not match the text: its outline would hide that.
    """
    path = next((p for p in checked.project.source_files if p.stem == source.id), None)
    if path is None:
        raise KgError(f"seeds/sources/{source.id}.yaml went away")
    wrong = find_mismatches(checked, source)
    if wrong:
        raise UsageError(
            f"the text has other sentences at {', '.join(wrong)} of {source.id} than those that are meant: "
            f"`kg evidence rebase {source.id}` moves them; nothing is written"
        )
    text = replace_outline(path.read_bytes().decode("utf-8"), write_outline(get_article(checked, source)))
    file = encode_file(checked.project.name_of(path), text)
    write_exports([file], checked.project.root, checked.project.work, CURATED)
    return path
