"""The names of a large store in files: for each sequence of three characters the names that hold it.

Built once, in bounded memory, in parts of so many names; asked in a time that grows with how many names are like the
text that is looked for. A text with a few slips still shares most of its sequences with the name that was meant.
"""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import crc32

from kg.server.names.names import StoredName, fold_name, shuffle_words

_PART = 250_000  # names
_MOST_READ = 1_500_000  # entries of a part that are read for one text
_MOST_NEAR = 500  # names of a part that are compared letter by letter
_MOST_HELD = 1_000  # names of a part that hold a text
_WIDE = 0x2E80  # the first sign of the scripts of East Asia
_SAFE = 2  # slips with which a name is surely found, unless it is told that it may not be

Array = Any  # of numpy, whose types say little here


def write_names(names: Iterable[StoredName], folder: Path) -> int:
    """Write the files of these names into a new folder; gives how many there are."""
    rest = iter(names)
    folder.mkdir(parents=True)
    count = 0
    while part := list(islice(rest, _PART)):
        _write_part(part, folder / f"{count // _PART:04}")
        count += len(part)
    return count


def _write_part(names: list[StoredName], folder: Path) -> None:
    import numpy as np

    folder.mkdir()
    folds = [fold_name(name.text) for name in names]
    pairs = _pair_grams(folds)
    grams = (pairs >> np.uint64(32)).astype(np.uint32)
    ids = pairs.astype(np.uint32)
    starts = np.flatnonzero(_find_first(grams))
    ids.tofile(folder / "ids")
    np.save(folder / "grams", grams[starts])
    np.save(folder / "starts", np.append(starts, len(ids)).astype(np.uint64))
    np.save(folder / "sizes", np.bincount(ids, minlength=len(names)).astype(np.uint16))
    keys = np.array(
        [crc32(key.encode()) << 32 | number for number, fold in enumerate(folds) for key in _write_keys(fold)],
        dtype=np.uint64,
    )
    keys.sort()
    np.save(folder / "keys", keys)
    places, encode = [0], json.JSONEncoder(ensure_ascii=False).encode
    with (folder / "names").open("wb") as out:
        for name in names:
            record = (name.thing, name.text, name.language, name.kind)
            places.append(places[-1] + out.write(encode(record).encode("utf-8", "replace")))
    np.save(folder / "places", np.array(places, dtype=np.uint64))


def _write_keys(fold: str) -> set[str]:
    """What a name is known by as a whole, also with its words in another order."""
    return {fold, *shuffle_words(fold)}


def _pair_grams(folds: list[str]) -> Array:
    """Each sequence with the number of a name that holds it, as one number; sorted, each once."""
    import numpy as np

    codes = _encode("".join([f"  {fold}  " for fold in folds]))
    owners = np.repeat(np.arange(len(folds), dtype=np.uint32), [len(fold) + 4 for fold in folds])
    inside = owners[:-2] == owners[2:]
    wide = _find_wide(codes)  # blanks are none, so both signs are of one name
    pairs = np.concatenate(
        [_hash_threes(codes)[inside].astype(np.uint64) << np.uint64(32) | owners[:-2][inside],
         _hash_twos(codes[:-1][wide], codes[1:][wide]).astype(np.uint64) << np.uint64(32) | owners[:-1][wide]]
    )  # fmt: skip
    pairs.sort()  # eight times as quick as numpy's `unique`
    return pairs[_find_first(pairs)]


def _find_first(numbers: Array) -> Array:
    """Where each of some sorted numbers stands for the first time."""
    import numpy as np

    return np.concatenate([[True], numbers[1:] != numbers[:-1]])


def _encode(text: str) -> Array:
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)


def _hash_threes(codes: Array) -> Array:
    first, second, third = codes[:-2], codes[1:-1], codes[2:]
    return ((first * 2_654_435_761 ^ second) * 2_246_822_519 ^ third) * 3_266_489_917


def _hash_twos(first: Array, second: Array) -> Array:
    return (first * 3_266_489_917 ^ second) * 2_654_435_761


def _find_wide(codes: Array) -> Array:
    """Where two signs follow each other of scripts that say with two what others say with a word."""
    return (codes[:-1] >= _WIDE) & (codes[1:] >= _WIDE)


def list_grams(text: str) -> Array:
    """The sequences of a text as numbers, each once: all of three characters, and of wide scripts those of two."""
    import numpy as np

    codes = _encode(text)
    wide = _find_wide(codes)
    return np.unique(np.concatenate([_hash_threes(codes), _hash_twos(codes[:-1][wide], codes[1:][wide])]))


class _NamePart:
    """Some of the names."""

    def __init__(self, folder: Path) -> None:

        self.grams, self.starts, self.sizes, self.places, self.keys = (
            _load(folder / f"{name}.npy") for name in ("grams", "starts", "sizes", "places", "keys")
        )
        self._ids, self._names = (os.open(folder / name, os.O_RDONLY) for name in ("ids", "names"))
        for file in (self._ids, self._names):
            weakref.finalize(self, os.close, file)

    def read(self, number: int) -> StoredName:
        start, end = int(self.places[number]), int(self.places[number + 1])
        thing, text, language, kind = json.loads(os.pread(self._names, end - start, start))
        return StoredName(thing=thing, text=text, language=language, kind=kind)

    def find_key(self, fold: str) -> Iterator[StoredName]:
        """The names that are this, or have its words in another order."""
        import numpy as np

        key = crc32(fold.encode("utf-8", "replace")) << 32
        first, last = np.searchsorted(self.keys, np.array([key, key + (1 << 32)], dtype=np.uint64)).tolist()
        found: list[int] = self.keys[first:last].tolist()
        for entry in found:
            yield self.read(entry & 0xFFFFFFFF)

    def find_lists(self, grams: Array) -> list[tuple[int, int]]:
        """Where the list of each sequence stands that a name has, the shortest first."""
        import numpy as np

        at: Array = np.searchsorted(self.grams, grams)
        known = self.grams[np.minimum(at, len(self.grams) - 1)] == grams
        spans = [(int(self.starts[n]), int(self.starts[n + 1])) for n in at[known]]
        return sorted(spans, key=lambda span: span[1] - span[0])

    def read_list(self, span: tuple[int, int]) -> Array:
        import numpy as np

        return np.frombuffer(os.pread(self._ids, 4 * (span[1] - span[0]), 4 * span[0]), dtype=np.uint32)

    def count(self, grams: Array) -> tuple[Array, int]:
        """How many of the sequences each name has, and how many lists were too long to be read."""
        import numpy as np

        lists: list[Array] = []
        size = 0
        spans = self.find_lists(grams)
        for span in spans:
            size += span[1] - span[0]
            if lists and size > _MOST_READ:
                break
            lists.append(self.read_list(span))
        if not lists:
            return np.zeros(len(self.sizes), dtype=np.int64), 0
        return np.bincount(np.concatenate(lists), minlength=len(self.sizes)), len(spans) - len(lists)

    def intersect(self, grams: Array) -> Array:
        """The names that have all of the sequences."""
        import numpy as np

        spans = self.find_lists(grams)
        if len(spans) < len(grams):
            return np.zeros(0, dtype=np.uint32)
        found = self.read_list(spans[0])
        for span in spans[1:]:
            if len(found) <= _MOST_HELD and span[1] - span[0] > 20 * len(found):
                break  # looking at the names is quicker
            found = np.intersect1d(found, self.read_list(span), assume_unique=True)
        return found


class NameFile:
    """The names in a folder that `write_names` has written.

    *bounded* tells whether, since it was last set to False, some names were not looked at that a text may have meant.
    """

    def __init__(self, folder: Path) -> None:
        self._parts = [_NamePart(one) for one in sorted(folder.iterdir())]
        self.bounded = False

    def find_exact(self, fold: str) -> Iterator[StoredName]:
        """The names that are this text, whatever the order of its words; some others, whose keys are the same."""
        for key in {fold, *shuffle_words(fold)}:
            for part in self._parts:
                yield from part.find_key(key)

    def list_first(self, most: int) -> list[StoredName]:
        """The first names."""
        numbers = ((part, number) for part in self._parts for number in range(len(part.sizes)))
        return [part.read(number) for part, number in islice(numbers, most)]

    def find_near(self, fold: str) -> Iterator[StoredName]:
        """The names that are most like a text as a whole."""
        import numpy as np

        grams = list_grams(f"  {fold}  ")
        least, changed = 1 if len(grams) < 6 else 2, _count_changed(fold)
        for part in self._parts:
            counts, left_out = part.count(grams)
            found = np.flatnonzero(counts >= least)
            likeness = counts[found] / (len(grams) + part.sizes[found])
            kept = _take_best(found, likeness, _MOST_NEAR)
            sure = len(grams) - left_out - changed  # of the sequences that were read: a name with few slips has so many
            meant = (counts >= max(least, sure)) & (part.sizes <= len(grams) + changed)
            self._note_bounds(left_out > 0 and sure < least, meant, kept)
            yield from map(part.read, kept)

    def find_parts(self, fold: str) -> Iterator[StoredName]:
        """The names a part of which is most like a text."""
        import numpy as np

        grams = list_grams(f" {fold} ")
        least, changed = max(2, len(grams) // 3), _count_changed(fold)
        for part in self._parts:
            counts, left_out = part.count(grams)
            found = np.flatnonzero(counts >= least)
            likeness = counts[found] - part.sizes[found] / 100_000
            kept = _take_best(found, likeness, _MOST_NEAR)
            sure = len(grams) - left_out - changed
            self._note_bounds(left_out > 0 and sure < least, counts >= max(least, sure), kept)
            yield from map(part.read, kept)

    def _note_bounds(self, unread: bool, meant: Array, kept: Array) -> None:
        """Tell where names may have been missed: lists were *unread*, or more may be *meant* than were *kept*."""
        self.bounded |= unread or int(meant.sum()) > int(meant[kept].sum())

    def find_holding(self, fold: str) -> Iterator[StoredName]:
        """The names that hold a text, the shorter ones of many; one or two letters at the ends of words."""
        import numpy as np

        if len(grams := list_grams(fold)):
            wanted = [grams]
        else:
            ends = [f" {fold}", f"{fold} "] if len(fold) == 2 else [f"  {fold}", f" {fold} "]
            wanted = [list_grams(end) for end in ends]
            self.bounded = True
        for part in self._parts:
            found = np.unique(np.concatenate([part.intersect(grams) for grams in wanted]))
            if len(found) > _MOST_HELD:
                self.bounded = True
                found = _take_best(found, -part.sizes[found].astype(np.int32), _MOST_HELD)
            for name in map(part.read, found):
                if fold in fold_name(name.text):
                    yield name


def _load(path: Path) -> Array:
    import numpy as np

    return np.load(path, mmap_mode="r")


def _count_changed(fold: str) -> int:
    """How many sequences of a text its slips change at most."""
    return _SAFE * (3 if fold.isascii() else 5)


def _take_best(found: Array, rank: Array, most: int) -> Array:
    import numpy as np

    if len(found) <= most:
        return found
    return found[np.argpartition(-rank, most)[:most]]
