"""Add: a file becomes a source: its text goes into the texts folder, its outline and what it says of itself into seeds.

All is planned and checked before a byte is written; each proposal says where it comes from. What is written is the
curator's from then on.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from kg.build.pipeline import Checked
from kg.change.phrases import AUTHOR_OF, MADE_THEN, fill_phrase
from kg.change.preview import check_after, find_new
from kg.change.rekey import Rewritten
from kg.evidence.documents.front import BY_WORDS, find_language, find_language_by_words, measure_languages
from kg.evidence.documents.taken import DocumentFormat, Suggestion, Taken
from kg.evidence.outline import write_outline
from kg.model.nouns import Entity, Source
from kg.reading.articles import Article
from kg.reading.fields import KEY
from kg.system.files import CURATED, ExportFile, write_bytes, write_exports
from kg.system.project import Project
from kg.text.cuts import LikelyCut, find_cuts
from kg.text.diagnostic import Severity, UsageError
from kg.text.language import explain_tag
from kg.text.match import make_id
from kg.text.plural import write_count
from kg.text.sentence import fold_words
from kg.text.tongues import list_tongues
from kg.text.yamltext import write_scalar

# `Ada Lund y Ben Voss`, and not `José Ortega y Gasset`
_NAMES_APART = re.compile(r";|、|，|\band\b|&|(?<=\w )(?:und|et|y|e|en|i|и)(?= [^\W\d_]+ [^\W\d_])")
_LONGEST_ID = 40
MOST_TOLD = 20  # joins that are told with their words
_EASTERN = {"zh", "ja", "ko"}
_STRANGE = 0.15  # where fewer of a text's words are among the commonest of a language, it is hardly in that


@dataclass(frozen=True, kw_only=True)
class NewText:
    """A file that is to become a source: its *name* and bytes, its *path* if any, the text taken out of it."""

    name: str
    raw: bytes = field(repr=False)
    path: Path | None
    taken: Taken


@dataclass(frozen=True, kw_only=True)
class Addition:
    """The plan by which a file becomes the source *id*: the files to write, and what a person should know.

    *text* is the file of the text with its bytes, None where it lies there already. *fields* are the source's keys as
    YAML has them, each with where it comes from. Where *refused* gives reasons, or *same* names the source
    that has this text already,    nothing is written.
    """

    id: str
    files: tuple[Rewritten, ...] = ()
    text: tuple[Path, bytes] | None = field(default=None, repr=False)
    size: str = ""
    fields: tuple[tuple[str, str, str], ...] = ()
    told: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    same: str | None = None


def plan_addition(
    checked: Checked, document: NewText, texts: Path, *, id_: str | None = None, lang: str | None = None
) -> Addition:
    """The plan by which *document* becomes a source, its text a file of the folder *texts*; nothing is written.

    Raises UsageError where no id can be made of the file's name, or *id_* or *lang* is none.
    """
    taken = document.taken
    key = _choose_id(document, id_)
    spoken, languages = _choose_language(taken, lang, checked.seeds.dataset.language)
    path, is_there = _choose_path(document, texts, key)
    raw = document.raw if is_there else taken.text.encode("utf-8")
    article = Article(
        source=key,
        lang=spoken or checked.seeds.dataset.language,
        text=raw.decode("utf-8-sig"),
        sha256=sha256(raw).hexdigest(),
    )
    cuts = find_cuts(article.cut.values(), article.lang)
    article = replace(article, joins={cut.address: cut.count for cut in cuts})
    told = [*taken.told, *languages]
    title = _find_title(taken, told)
    same = next((source for source in checked.seeds.sources if _is_same(source, article)), None)
    if same is not None:
        return Addition(id=key, same=same.id, told=tuple(told))
    told += _tell_joins(cuts, key)
    refused = list(_find_obstacles(checked, key, path, raw, is_there=is_there))
    authors, made = _find_authors(checked, taken, key, title.text)
    url = taken.best("url")
    fields = [
        ("title", write_scalar(title.text), title.origin),
        *authors,
        *_find_dates(taken, told, checked.seeds.dataset.language),
    ]
    fields += [("url", write_scalar(url.text), url.origin)] if url is not None else []
    if spoken is not None:
        said = (p.origin for p in taken.proposals if p.key == "lang" and p.text == spoken)
        fields.append(("lang", spoken, "--lang" if lang else next(said)))
    lines = ["kg: source/1", *(f"{name}: {value}" for name, value, _ in fields), f"file: {write_scalar(path.name)}"]
    lines += ["joins:", *(f"  {cut.address}: {cut.count}" for cut in cuts)] if cuts else []
    source_file = "\n".join(lines) + "\n" + write_outline(article)
    project = checked.project
    files = [_new_file(project, f"seeds/sources/{key}.yaml", source_file)]
    if made:
        entries = "".join(f"  {entity}: {entry}\n" for entity, entry in made)
        files.append(_new_file(project, _free_name(project, key), f"kg: entities/1\nentities:\n{entries}"))
    if not refused:
        after = check_after(checked, files)
        refused += [f"`kg check` would find {d.code}: {d.message}" for d in find_new(checked, after, Severity.ERROR)]
        new = find_new(checked, after, Severity.WARNING, lambda d: d.code + d.message)
        told += [f"{d.code}: {d.message}" for d in new if d.code != "unread-file"]
    told += list(_tell_ignored(project, texts))
    return Addition(
        id=key, files=tuple(files), text=None if is_there else (path, raw), size=_measure(article),
        fields=tuple(fields), told=tuple(told), refused=tuple(refused),
    )  # fmt: skip


def write_addition(addition: Addition, project: Project) -> None:
    """Write the text and all files, or none. Call it under the project's lock. Raises KgError when that cannot be."""
    files = [ExportFile(name=file.name, raw=file.raw) for file in addition.files]
    if addition.text is None:
        write_exports(files, project.root, project.work, CURATED)
        return
    path, raw = addition.text
    name = project.name_of(path)
    if not Path(name).is_absolute() and not name.startswith(".."):
        write_exports([ExportFile(name=name, raw=raw), *files], project.root, project.work, CURATED)
        return
    write_bytes(path, raw)  # a folder of texts elsewhere
    try:
        write_exports(files, project.root, project.work, CURATED)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def show_addition(addition: Addition, *, dry_run: bool) -> str:
    """An addition in words: what would be, or was, written, and where each field comes from."""
    if addition.same is not None:
        lines = [f"nothing is written: `{addition.same}` has this text already", *map(_look_at, addition.told)]
        return "\n".join(lines) + "\n"
    if addition.refused:
        return "".join(f"nothing is written: {reason}\n" for reason in addition.refused)
    names = [file.name for file in addition.files]
    lines = [f"{name}: {value}   (from {origin})" for name, value, origin in addition.fields]
    lines += [f"text: {addition.size}", *map(_look_at, addition.told)]
    if not dry_run:
        return "\n".join(lines) + "\n"
    place = [f"would write: {addition.text[0].name} into the folder of texts"] if addition.text is not None else []
    for name, file in zip(names, addition.files, strict=True):
        place += [f"would write: {name}", *(f"  {line}" for line in file.text.rstrip("\n").split("\n"))]
    return "\n".join([*lines, *place]) + "\n"


def _look_at(told: str) -> str:
    return f"note: {told}"


# -- which source, in which file -------------------------------------------------------------------------


def _choose_id(document: NewText, id_: str | None) -> str:
    if id_ is not None:
        if not KEY.fullmatch(id_):
            raise UsageError(f"`{id_}` cannot be the id of a source: write lower-case letters, digits and hyphens")
        return id_
    title = document.taken.best("title")
    for text in (document.path.stem if document.path is not None else "", title.text if title is not None else ""):
        made = make_id(text, _LONGEST_ID)
        if made:
            return made
    raise UsageError("no id can be made of the file's name or title: give one with --id")


def _choose_path(document: NewText, texts: Path, key: str) -> tuple[Path, bool]:
    """The file of the text, and whether it lies there: a text that was put into the folder already stays as it is."""
    path = document.path
    if document.taken.form is DocumentFormat.TEXT and path is not None:
        with contextlib.suppress(OSError, ValueError):
            inside = path.resolve().parent == texts.resolve()
            if inside and document.raw.decode("utf-8-sig", "replace") == document.taken.text:
                return texts / path.name, True
    return texts / f"{key}.txt", False


def _is_same(source: Source, article: Article) -> bool:
    """Whether a source has this text: the same file, or the same sentences."""
    if source.sha256 is not None and source.sha256.text == article.sha256:
        return True
    digests = [s.digest for s in replace(article, joins=source.joined).sentences.values()]
    return bool(source.outline) and [s.digest for s in source.outline] == digests


def _tell_joins(cuts: Sequence[LikelyCut], key: str) -> Iterator[str]:
    """Where sentences were joined, and at which words: whoever reads the text sees at once whether one is none."""
    told = [f"{cut.address} ({', '.join(f'`{words}`' for words in cut.words)})" for cut in cuts[:MOST_TOLD]]
    told += [f"{len(cuts) - MOST_TOLD} more"] if len(cuts) > MOST_TOLD else []
    if told:
        yield (
            f"one sentence each, which the rule for sentences cuts: {', '.join(told)}; take out of `joins` what are "
            f"several, then `kg evidence outline {key}`"
        )


def _find_obstacles(checked: Checked, key: str, path: Path, raw: bytes, *, is_there: bool) -> Iterator[str]:
    """Why the text cannot become the source *key*."""
    other = checked.seeds.source_by_id.get(key)
    if other is not None:
        name = other.file.text if other.file is not None else f"{key}.txt"
        yield (
            f"the source `{key}` is there with another text: for another source give another --id; a corrected "
            f"text of `{key}` is put in the place of {name} (--print gives it), "
            f"and `kg evidence rebase {key}` moves its keys"
        )
        return
    try:
        is_other = not is_there and path.is_file() and path.read_bytes() != raw
    except OSError as error:
        yield f"{path.name} cannot be read: {error.strerror or error}"
        return
    if is_other:
        yield f"{path.name} lies in the folder of texts with another text: give another --id"


def _new_file(project: Project, name: str, text: str) -> Rewritten:
    return Rewritten(path=project.root / name, name=name, before=b"", text=text)


def _free_name(project: Project, key: str) -> str:
    """A file of entities that there is not yet."""
    names = (f"seeds/entities/{key}{more}.yaml" for more in ("", "-author", *(f"-{n}" for n in range(2, 1000))))
    return next(name for name in names if not (project.root / name).exists())


def _measure(article: Article) -> str:
    count = len(article.sentences)
    pages = f", {len(article.breaks) + 1} pages" if article.breaks else ""
    return f"{write_count(count, 'sentence')} in {write_count(len(article.paragraphs), 'paragraph')}{pages}"


def _tell_ignored(project: Project, texts: Path) -> Iterator[str]:
    """A line where the texts, which belong to others, would go into the project's history."""
    with contextlib.suppress(OSError, ValueError):
        inside = texts.resolve().relative_to(project.root.resolve()).parts
        lines = (
            (project.root / ".gitignore").read_text("utf-8").split() if (project.root / ".gitignore").is_file() else []
        )
        if inside and not {f"/{inside[0]}/", f"/{inside[0]}", f"{inside[0]}/", inside[0]} & set(lines):
            yield f"git would take the texts along: add `/{inside[0]}/` to .gitignore"


# -- the fields ------------------------------------------------------------------------------------------


def _choose_language(taken: Taken, lang: str | None, default: str) -> tuple[str | None, list[str]]:
    """The language, and what is to be told: the text knows better than what a template says.

    What its words show counts only beside a language whose words are known; that of the data set need not be said.
    """
    if lang is not None:
        hint = explain_tag(lang)
        if hint is not None:
            raise UsageError(f"`{lang}` is no language tag: {hint}")
        return lang, []
    own = default.split("-")[0].lower()
    written = find_language(taken.text)
    worded = find_language_by_words(taken.text) if written is None else None
    wrong: list[str] = []
    for proposal in taken.proposals:
        if proposal.key != "lang":
            continue
        primary = proposal.text.split("-")[0].lower()
        if worded is not None and primary != worded and primary in list_tongues():
            wrong.append(f"`{proposal.text}` ({proposal.origin}) is not the language that the words of the text show")
        elif primary == written if written is not None else primary not in _EASTERN:
            is_own = proposal.origin == BY_WORDS and primary == own
            return None if is_own else proposal.text, wrong
        else:
            wrong.append(f"`{proposal.text}` ({proposal.origin}) is not the writing of the text")
    share = measure_languages(taken.text).get(own, 1.0)
    if (own in _EASTERN and written is None) or (written is None and share < _STRANGE):
        wrong.append(f"no language is known, and the data set's is {default}: give it with --lang")
    return None, wrong


def _find_title(taken: Taken, told: list[str]) -> Suggestion:
    """The best title that the text has in its beginning; what others say is told."""
    beginning = fold_words(taken.text[:4000])
    titles = [p for p in taken.proposals if p.key == "title"]
    best = next((p for p in titles if fold_words(p.text) in beginning), titles[-1])
    if titles[0] is not best:
        told.append(f"the title `{titles[0].text}` ({titles[0].origin}) is not in the text, and is not taken")
    return best


_Field = tuple[str, str, str]


def _find_authors(checked: Checked, taken: Taken, key: str, title: str) -> tuple[list[_Field], list[tuple[str, str]]]:
    """The field of the author, and the entities to declare: new names; a voice where nobody is named."""
    seeds, classes = checked.seeds, checked.vocabulary.classes
    used = {"source", *seeds.entity_by_key, *(ref.text for e in seeds.entities for ref in e.replaces)}
    best = taken.best("author")
    said = [p.text for p in taken.proposals if best is not None and p.key == "author" and p.origin == best.origin]
    names = [name.strip() for text in said for name in _NAMES_APART.split(text) if name.strip()]
    ids: list[str] = []
    made: list[tuple[str, str]] = []
    for name in list(dict.fromkeys(names))[:20]:
        known = _find_named(name, seeds.entities)
        if known is None:
            known = _free_id(make_id(name, _LONGEST_ID), key, used)
            kind = "Person" if "Person" in classes and _is_personal(name) else "Voice"
            made.append((known, f"{{is: {kind}, label: {write_scalar(name)}}}"))
        ids.append(known)
    ids = list(dict.fromkeys(ids))
    if best is not None and ids:
        value = ids[0] if len(ids) == 1 else f"[{', '.join(ids)}]"
        return [("author", value, f"{best.origin}: {' and '.join(said)}")], made
    if "Voice" not in classes:
        return [], []
    unnamed = _free_id("", key, used)
    words, lang = fill_phrase(AUTHOR_OF, seeds.dataset.language, title)
    label = write_scalar(words) if lang == seeds.dataset.language else f"{{{lang}: {write_scalar(words)}}}"
    return [("author", unnamed, "no name in the file: a voice")], [(unnamed, f"{{is: Voice, label: {label}}}")]


def _free_id(wanted: str, key: str, used: set[str]) -> str:
    """An id for an author of the source *key* that no entity has; it is *used* from now on."""
    ids = (wanted, f"{key}-author", *(f"{key}-author-{n}" for n in range(2, 10_000)))
    free = next(i for i in ids if i and i not in used)
    used.add(free)
    return free


def _find_named(name: str, entities: Iterable[Entity]) -> str | None:
    """The one entity that bears a name; None where there is none, or more than one."""
    found = [e.key for e in entities if any(fold_words(n.text) == fold_words(name) for n in e.names)]
    return found[0] if len(found) == 1 else None


def _is_personal(name: str) -> bool:
    """Whether a name looks like a person's: two to four words with capitals, or up to four Chinese characters."""
    words = name.split()
    if re.fullmatch(r"[\u4e00-\u9fff]{2,4}", name):
        return True
    return (
        2 <= len(words) <= 4
        and all(word[0].isupper() for word in words)
        and not re.search(r"[0-9]|(?i:news|staff|press|prensa|stampa|agen[ct]|agenz|redac|redak|rédac|редакц)", name)
    )


def _find_dates(taken: Taken, told: list[str], lang: str) -> Iterator[_Field]:
    """The day of publication; the day on which a file was made is an inference, and says so."""
    published = [p for p in taken.proposals if p.key == "published"]
    made = taken.best("made")
    if published:
        best = published[0]
        yield "published", best.text, best.origin
        hour = taken.best("time")
        if hour is not None and any(p.origin == hour.origin and p.text == best.text for p in published):
            yield "time", f'"{hour.text}"', hour.origin
        others = {p.text: p.origin for p in published if p.text != best.text}
        told += [f"another date is {text} ({origin})" for text, origin in others.items()]
    elif made is not None:
        words, spoken = fill_phrase(MADE_THEN, lang, made.origin)
        because = write_scalar(words) if spoken == lang else f"{{{spoken}: {write_scalar(words)}}}"
        yield "published", f"{{inferred: {made.text}, because: {because}}}", made.origin
    else:
        told.append("no day of publication was found: counts and words such as `last year` rest on `published`")
