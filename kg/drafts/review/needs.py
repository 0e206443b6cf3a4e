"""The proposed entities that a draft needs, and their way into the curator's files of entities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from kg.build.pipeline import Checked
from kg.change.rename import RewriteRefusedError
from kg.drafts.review.draft import Draft, list_entries
from kg.drafts.review.lines import Cut, cut_entry, enclose, paste_entry, reread
from kg.model.state import CURATED
from kg.model.values import EntityRef
from kg.reading.states import find_form, is_draft
from kg.text.yamldoc import Document, read_document

NEW_FILE = "seeds/entities/accepted.yaml"


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A file that changes since entities go along: *keys* are those that it gets."""

    path: Path
    text: str | None
    keys: tuple[str, ...]


def list_proposed_entities(checked: Checked, draft: Draft) -> tuple[str, ...]:
    """The entities that a draft needs and that are drafts too."""
    known = checked.seeds.entity_by_key
    needs = dict.fromkeys(key for key in _list_needs(draft) if key in known)
    return tuple(key for key in needs if is_draft(known[key].mark.file))


def _list_needs(draft: Draft) -> Iterator[str]:
    for claim in draft.claims:
        state = claim.state
        if draft.repeats:
            state = draft.evidence.state if draft.evidence is not None else CURATED
        else:
            yield from (end.key for end in (claim.subject, claim.object) if isinstance(end, EntityRef))
        yield from (ref.text for ref in claim.speakers)
        for evidence in (e for e in claim.evidence if e.mark == draft.mark):
            yield from (ref.text for ref in (*([evidence.venue] if evidence.venue else []), *evidence.via))
        yield from (agent.text for agent in state.agents)


def move_entities(checked: Checked, draft: Draft) -> tuple[Moved, ...]:
    """The files that change when the proposed entities go along into the curator's files.

    Raises RewriteRefusedError where the lines of one cannot be moved.
    """
    texts: dict[Path, str | None] = {}
    keys: dict[Path, list[str]] = {}
    for key in list_proposed_entities(checked, draft):
        path, cut = cut_entity(checked, key, texts)
        texts[path] = cut.rest
        classes = {ref.text for ref in checked.seeds.entity_by_key[key].classes}
        target, text = choose_file(checked, key, classes, [*cut.comments, *cut.lines], texts)
        texts[target] = text
        keys.setdefault(target, []).append(key)
    return tuple(Moved(path=path, text=text, keys=tuple(keys.get(path, ()))) for path, text in texts.items())


def cut_entity(checked: Checked, key: str, texts: Mapping[Path, str | None]) -> tuple[Path, Cut]:
    """A proposed entity taken out of its file of drafts, which may have another of the *texts* by now.

    Raises RewriteRefusedError where it cannot be.
    """
    for path, document in _read_again(checked, texts):
        for entry in list_entries(document, "entities"):
            if entry.key.text == key:
                return path, cut_entry((enclose(entry), entry))
    raise RewriteRefusedError(f"`{key}` cannot be read: `kg check` tells more")


def _read_again(checked: Checked, texts: Mapping[Path, str | None]) -> Iterator[tuple[Path, Document]]:
    """The files of proposed entities, with what has moved already."""
    for path, document in checked.read.draft_documents:
        text = texts.get(path, document.source.text)
        if text is not None and find_form(document) == "entities/1":
            yield path, reread(document, text)


def choose_file(
    checked: Checked, key: str, classes: Set[str], lines: Sequence[str], texts: Mapping[Path, str | None]
) -> tuple[Path, str]:
    """The curator's file in which most entities of these *classes* stand, with the entity; else any, or a new one.

    Files that have one of the *texts* by now are taken with it. Raises RewriteRefusedError where there is no place.
    """
    project, seeds = checked.project, checked.seeds
    alike = Counter(e.mark.file for e in seeds.entities if classes & {ref.text for ref in e.classes})
    paths = sorted(project.entity_files, key=lambda path: (-alike[project.name_of(path)], project.name_of(path)))
    for path in paths:
        document = read_document(path, project.name_of(path))
        text = paste_entry(reread(document, texts.get(path) or document.source.text), "entities", lines)
        if text is not None:
            return path, text
    path = project.root / NEW_FILE
    if path.exists():
        raise RewriteRefusedError(f"{NEW_FILE} is written so that nothing can be added: move `{key}` by hand")
    before = texts.get(path) or "kg: entities/1\nentities:\n"
    return path, before + "".join(f"  {line}\n" if line else "\n" for line in lines)
