"""Changes that an editor makes for somebody: an entity's id in all files, a word that a hint names for another."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.change.rename import plan_rename
from kg.editor.desk import EditorDesk
from kg.editor.link import NamedPlace, Thing
from kg.editor.role import Role
from kg.text.diagnostic import Diagnostic, KgError, Mark, UsageError
from kg.text.opened import hold_open

_HINT = re.compile(r"did you mean `([^`]+)`\?")
_WORD = re.compile(r"`([^`]+)`")


class RenameRefusedError(Exception):
    """Why something cannot be renamed, in words for the one who asked."""


@dataclass(frozen=True, kw_only=True)
class TextChange:
    """A part of a text, and what stands there instead; lines and columns from 0, in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


def check_renamable(named: NamedPlace | None) -> NamedPlace:
    """What can be renamed at a place. Raises RenameRefusedError, with the way there is, where nothing can."""
    if named is None:
        raise RenameRefusedError("nothing here has an id: entities can be renamed")
    if named.thing.role is not Role.ENTITY:
        what = named.thing.role.value.replace("-", " ")
        raise RenameRefusedError(f"only entities can be renamed in all files, and this is a {what}")
    return named


def rename_entity(
    desk: EditorDesk, opened: Mapping[Path, str], thing: Thing, new: str
) -> tuple[dict[Path, list[TextChange]], tuple[str, ...]]:
    """What changes in each file where an entity gets another id, and what a person should look at; nothing is written.

    Raises RenameRefusedError with the reason where it cannot be done.
    """
    try:
        checked = desk.look(opened).checked
        with hold_open(opened):
            renaming = plan_rename(checked, thing.id, new.strip().removeprefix("e:"))
    except (UsageError, KgError) as error:
        raise RenameRefusedError(str(error)) from error
    if renaming.refused:
        raise RenameRefusedError("; ".join(renaming.refused))
    changes = {}
    for file in renaming.files:
        before = opened.get(file.path)
        text = before if before is not None else file.before.decode("utf-8", "replace").removeprefix("\ufeff")
        changes[file.path] = list(find_changes(text, file.text.removeprefix("\ufeff")))
    return changes, renaming.told


def find_changes(before: str, after: str) -> Iterator[TextChange]:
    """The few places in which two texts differ, so that an editor keeps its cursor and its marks.

    >>> list(find_changes("a: su7\\nb: c\\n", "a: car\\nb: c\\n"))
    [TextChange(line=0, column=3, end_line=0, end_column=6, text='car')]
    """
    old, new = before.split("\n"), after.split("\n")
    for tag, first, last, from_, to in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if last - first == to - from_:
            for number, (one, other) in enumerate(zip(old[first:last], new[from_:to], strict=True), first):
                start = _count_same(one, other)
                end = _count_same(one[start:][::-1], other[start:][::-1])
                yield TextChange(line=number, column=start, end_line=number, end_column=len(one) - end,
                                 text=other[start : len(other) - end])  # fmt: skip
        elif last < len(old):
            text = "".join(line + "\n" for line in new[from_:to])
            yield TextChange(line=first, column=0, end_line=last, end_column=0, text=text)
        else:  # to the end of the text, which ends no line
            line, column = (first - 1, len(old[first - 1])) if first else (0, 0)
            text = "".join("\n" * bool(first or n) + row for n, row in enumerate(new[from_:to]))
            yield TextChange(line=line, column=column, end_line=last - 1, end_column=len(old[last - 1]), text=text)


def _count_same(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


@dataclass(frozen=True, kw_only=True)
class Mend:
    """What a hint names: the part of the diagnostic's line, columns from 0, the new *word* for it, and a title."""

    column: int
    end: int
    word: str
    title: str


def find_mend(diagnostic: Diagnostic) -> Mend | None:
    """What a diagnostic's hint names: a word for the one that it calls wrong, or a reason that is to be added.

    None where it names neither. A reason is written behind the value that it is for.
    """
    hint, reason = _HINT.search(diagnostic.hint or ""), diagnostic.offered
    mark = diagnostic.mark
    if mark.line != mark.end_line:
        return None
    if reason is not None:
        return _find_place(reason.written, mark)
    if hint is None:
        return None
    wrong = _WORD.search(diagnostic.message)
    written, word = mark.excerpt, hint[1]
    candidates = [match[1] for match in _WORD.finditer(diagnostic.message)] if wrong else []
    for candidate in (*candidates, *(c.removeprefix("c:") for c in candidates), written.strip("\"'")):
        if candidate and written.count(candidate) == 1 and candidate != word:
            at = mark.column - 1 + written.index(candidate)
            return Mend(column=at, end=at + len(candidate), word=word, title=f"Write `{word}`")
    return None


def _find_place(reason: str, mark: Mark) -> Mend | None:
    """Where a reason goes: behind the value in braces, or on a line of its own below it; None where it has no place.

    One of several values in a list has none: what stands behind it would be one of them.
    """
    line = mark.source.lines[mark.line - 1]
    before, behind = line[: mark.column - 1], line[mark.end_column - 1 :]
    at = mark.end_column - 1
    alone = re.fullmatch(r"(\s*)\w+:\s+", before)
    if re.search(r"\w:\s+$", before) and re.match(r"\s*[,}]", behind):
        return Mend(column=at, end=at, word=f", {reason}", title=f"Add `{reason}`")
    if alone is not None and re.fullmatch(r"\s*(?:#.*)?", behind):
        return Mend(column=len(line), end=len(line), word=f"\n{alone[1]}{reason}", title=f"Add `{reason}`")
    return None
