"""Paths of mappings → files: where they are looked for, what is refused, how they are unpacked."""

from __future__ import annotations

import codecs
import glob
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from kg.rdf.iri import split_address
from kg.system.paths import resolve_path
from kg.tables.rml import FileSource, Root
from kg.tables.sources.kinds import PACKED, normal_encoding, without_packing
from kg.tables.sources.limits import refuse_excess
from kg.tables.sources.remote import Remote
from kg.tables.sources.shelf import Copy, Shelf
from kg.tables.sources.streams import PackedStreams
from kg.tables.wording import say_encoding
from kg.text.diagnostic import KgError, Mark, did_you_mean

PIECE = 1 << 20  # bytes
_DECLARED = re.compile(
    r"""\A(<\?xml\s[^>]*?)\s+encoding\s*=\s*(?:"[^"]*"|'[^']*')"""
)  # of the text before it was recoded
WEB = frozenset({"http", "https", "ftp"})


def find_file(source: FileSource, shelf: Shelf) -> Path | None:
    """The file of a source, unpacked, inside the folders that may be read; None after a diagnostic."""
    if source.is_standard_input:
        return read_standard_input(source, shelf)
    found = locate_file(source, shelf)
    return None if found is None else unpack(source, found, shelf)


def locate_file(source: FileSource, shelf: Shelf) -> Path | None:
    """The file of a source as it lies there, inside the folders that may be read; None after a diagnostic.

    Relative paths start from `--data`, else from the mapping's `rml:root`, else from the working directory
    and then the mapping's own folder. A web address is never fetched: a copy of the file, under its own name,
    stands for it.
    """
    filled = fill_variables(source.path, source.mark, shelf)
    if filled is None:
        return None
    source = replace(source, path=filled)
    if shelf.remote is not None and source.root is not Root.MAPPING:
        return fetch_file(source, shelf.remote, shelf)
    path, split = source.local_path, split_address(source.path)
    folders = search_folders(source, shelf)
    wanted = next((folder / path for folder in folders if shelf.door.admits(folder / path)), None)
    found = next((folder / path for folder in folders if shelf.door.has_file(folder / path)), None)
    if resolve_path(Path(path)) is None:
        hint = "no file has such a name"
        shelf.tell("source-not-found", source.mark, f"no file `{source.path}`", hint)
        return None
    if wanted is None:
        shelf.tell(
            "source-outside",
            source.mark,
            f"`{source.path}` lies outside the folders that may be read",
            shelf.advice.outside.format(what="file"),
        )
        return None
    if found is None:
        if split.scheme in WEB:
            told: str | None = f"nothing is fetched: save a copy as `{path}`"
        else:
            told = hint_at_file(wanted)
        shelf.tell("source-not-found", source.mark, f"no file `{source.path}`", told)
        return None
    try:
        with found.open("rb") as stream:
            stream.read(1)  # a disk that fails is told before any reader takes it for a broken file
    except OSError as error:
        blame_disk(error, source.path)
    if split.scheme in WEB:
        message = f"`{source.path}` is not fetched: the file `{path}` is read in its place"
        shelf.tell("source-copy", source.mark, message, "name the file itself, if that is what you mean")
    shelf.files[source.path] = found
    return found


def fetch_file(source: FileSource, remote: Remote, shelf: Shelf) -> Path | None:
    """The file of a source on a storage, fetched once; None after a diagnostic."""
    key = Copy(path=Path(source.path), compression="remote", encoding="")
    if key not in shelf.copies:
        if remote.size(source.path) is None:
            outside = remote.place(source.path) is None
            code = "source-outside" if outside else "source-not-found"
            what = f"`{source.path}` lies outside `{remote.address}`" if outside else f"no file `{source.path}`"
            shelf.tell(code, source.mark, what, None if outside else f"it is looked for below `{remote.address}`")
            return None
        made = shelf.name_file(Path(source.path).name)
        remote.fetch(source.path, made)
        shelf.copies[key] = made
    shelf.files[source.path] = shelf.copies[key]
    return shelf.copies[key]


def fill_variables(text: str, mark: Mark, shelf: Shelf) -> str | None:
    """A text with the variables of the environment that it names, `${NAME}`; None after one that is not allowed."""
    for name in dict.fromkeys(re.findall(r"\$\{(\w+)\}", text)):
        if name not in shelf.environment:
            hint = shelf.advice.variable.format(name=name)
            shelf.tell("source-variable", mark, f"`${{{name}}}` stands for nothing", hint)
            return None
        text = text.replace(f"${{{name}}}", shelf.environment[name])
    return text


def read_standard_input(source: FileSource, shelf: Shelf) -> Path | None:
    """What comes in by standard input as a file, read once for all sources that name it."""
    key = Copy(path=Path("-"), compression=None, encoding="")
    if key not in shelf.copies:
        if shelf.standard_input is None:
            shelf.tell("map-source", source.mark, "standard input is a source of `kg map` only", "name a file")
            return None
        made = shelf.name_file("standard-input")
        with made.open("wb") as out:
            shutil.copyfileobj(shelf.standard_input, out, PIECE)
        shelf.copies[key] = made
    return unpack(source, shelf.copies[key], shelf)


def hint_at_file(wanted: Path) -> str | None:
    """What is there instead of a file that is not: a folder, or a file with a name like it."""
    try:
        if wanted.is_dir():
            return "it is a folder"
        return did_you_mean(wanted.name, [p.name for p in wanted.parent.iterdir()])
    except OSError:
        return None


def search_folders(source: FileSource, shelf: Shelf) -> list[Path]:
    """Where a relative path may start, in order."""
    if shelf.data_folder is not None:
        return [shelf.data_folder]
    if isinstance(source.root, str):
        return [shelf.mapping_folder / source.root]
    if source.root is Root.MAPPING:
        return [shelf.mapping_folder]
    if source.root is Root.WORKING:
        return [Path.cwd()]
    return [Path.cwd(), shelf.mapping_folder]


def find_packing(source: FileSource, path: Path) -> str | None:
    """How a file is packed: as its source says, else by the ending of its name."""
    if source.compression is not None:
        return None if source.compression == "none" else source.compression
    name = path.name.lower()
    return next((kind for ending, kind in PACKED if name.endswith(ending)), None)


def is_plain(source: FileSource, path: Path) -> bool:
    """Whether a file can be read as it lies there: it is neither packed nor in another encoding than UTF-8."""
    return find_packing(source, path) is None and normal_encoding(source.encoding) == "utf-8"


def unpack(source: FileSource, path: Path, shelf: Shelf) -> Path | None:
    """The file itself, or its unpacked and UTF-8 encoded copy in the scratch folder."""
    kind = find_packing(source, path)
    encoding = normal_encoding(source.encoding)
    if encoding is None:
        shelf.tell("source-encoding", source.mark, f"no encoding `{source.encoding}`", "use UTF-8 or UTF-16")
        return None
    if kind is None and encoding == "utf-8" and not glob.has_magic(path.name):
        return path
    key = Copy(path=path.resolve(), compression=kind, encoding=encoding)
    if key in shelf.copies:
        return shelf.copies[key]
    if kind is None and encoding == "utf-8":  # for DuckDB `a[1].csv` would be a pattern, and mean `a1.csv`
        link = shelf.copies[key] = shelf.name_file("named" + path.suffix)
        link.symlink_to(path.resolve())
        return link
    stem = without_packing(path.name)
    try:
        if kind in {"zip", "targz", "tarxz"}:  # what is inside has an ending of its own
            members = list_members(path, kind)
            stem = members[0].rsplit("/", 1)[-1] if members else ""
            if len(members) > 1:
                message = f"`{source.path}` holds {len(members)} files, of which `{members[0]}` is read"
                shelf.tell("source-archive", source.mark, message, "take the others out, and name them one by one")
        copy = shelf.name_file(stem)
        with open_stream(path, kind) as stream, copy.open("wb") as out:
            pieces = read_pieces(stream, path, kind, source, shelf)
            out.writelines(pieces if encoding == "utf-8" else recode(pieces, encoding))
        if kind == "zstd":
            check_frames(path)
    except UnicodeError as error:
        why = "it begins with no byte order mark" if "BOM" in str(error) else plain(error)
        message = f"`{source.path}` is not {source.encoding.upper()}: {why}"
        shelf.tell("source-encoding", source.mark, message, say_encoding(source.mark))
        return None
    except unpacking_errors(kind) as error:
        blame_disk(error, source.path)
        shelf.tell("source-unreadable", source.mark, f"`{source.path}` cannot be unpacked: {plain(error)}")
        return None
    shelf.copies[key] = copy
    return copy


def unpacking_errors(kind: str | None) -> tuple[type[Exception], ...]:
    """What is raised where a file is not of its *kind*, or breaks off."""
    import tarfile

    errors = (*archive_errors(), tarfile.TarError, ValueError)
    if kind != "zstd":
        return errors
    import zstandard

    return (*errors, zstandard.ZstdError)


def archive_errors() -> tuple[type[Exception], ...]:
    """What is raised where a zip archive is none, breaks off, or is packed in a way that is not known."""
    import lzma
    import zipfile
    import zlib

    return (OSError, EOFError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, NotImplementedError)


def open_zip(path: Path) -> Any:
    """A zip archive to read. Raises BadZipFile where it is none, or its files are encrypted."""
    import zipfile

    archive = zipfile.ZipFile(path)
    if any(member.flag_bits & 1 for member in archive.infolist()):
        archive.close()
        raise zipfile.BadZipFile("it is encrypted")
    return archive


def blame_disk(error: BaseException, name: str) -> None:
    """Raise KgError where the system could not read the file *name*; a file that is broken in itself has no errno."""
    if isinstance(error, OSError) and error.errno is not None:
        raise KgError(f"`{name}` could not be read: {error.strerror}") from error


def plain(error: BaseException) -> str:
    """The first line of an error's text, without a full stop."""
    text = str(error).strip().split("\n")[0].rstrip(".")
    return text or type(error).__name__


def open_stream(path: Path, kind: str | None) -> IO[bytes]:
    """The bytes inside a compressed file; of an archive, those of its first file."""
    import bz2
    import gzip
    import lzma
    import tarfile

    stream: Any
    if kind == "gzip":
        stream = gzip.open(path, "rb")  # noqa: SIM115 - the caller closes it
    elif kind == "bzip2":
        stream = PackedStreams(path, bz2.BZ2Decompressor)
    elif kind == "xz":
        stream = PackedStreams(path, lzma.LZMADecompressor)
    elif kind == "zstd":
        import zstandard

        stream = zstandard.open(path, "rb")
    elif kind == "zip":
        archive = open_zip(path)
        member = next((m for m in archive.infolist() if not m.is_dir() and is_content(m.filename)), None)
        if member is None:
            raise ValueError("the archive is empty")
        stream = archive.open(member)
    elif kind in {"targz", "tarxz"}:
        tar = tarfile.open(path, "r:gz" if kind == "targz" else "r:xz")  # noqa: SIM115
        entry = next((m for m in tar if m.isfile() and is_content(m.name)), None)
        if entry is None:
            raise ValueError("the archive is empty")
        stream = tar.extractfile(entry)
    else:
        stream = path.open("rb")
    return stream  # type: ignore[no-any-return]


def check_frames(path: Path) -> None:
    """Raise EOFError where a Zstandard file is cut off (RFC 8878): its reader ends there without a word."""
    import zstandard

    length = path.stat().st_size
    with path.open("rb") as stream:
        place = 0
        while place < length:
            stream.seek(place)
            head = stream.read(18)  # the longest header
            if head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5:  # a frame to skip
                place += 8 + int.from_bytes(head[4:8], "little")
                continue
            place += zstandard.frame_header_size(head)
            last = False
            while not last and place <= length:
                stream.seek(place)
                block = int.from_bytes(stream.read(3), "little")
                last, repeats = bool(block & 1), block >> 1 & 3 == 1
                place += 3 + (1 if repeats else block >> 3)
            place += 4 if zstandard.get_frame_parameters(head).has_checksum else 0
    if place > length:
        raise EOFError("Compressed file ended before the end-of-stream marker was reached")


def list_members(path: Path, kind: str) -> list[str]:
    """The names of the files in an archive, of which `open_stream` takes the first."""
    import tarfile

    if kind == "zip":
        with open_zip(path) as archive:
            names = [m.filename for m in archive.infolist() if not m.is_dir()]
    else:
        with tarfile.open(path, "r:gz" if kind == "targz" else "r:xz") as tar:
            names = [m.name for m in tar if m.isfile()]
    return [name for name in names if is_content(name)]


def is_content(name: str) -> bool:
    """Whether a file in an archive is one of its user's, and not of the system that packed it.

    >>> is_content("data/a.csv"), is_content("__MACOSX/data/._a.csv")
    (True, False)
    """
    return not name.startswith("__MACOSX/") and not name.rsplit("/", 1)[-1].startswith(("._", ".DS_Store"))


def read_pieces(stream: IO[bytes], path: Path, kind: str | None, source: FileSource, shelf: Shelf) -> Iterator[bytes]:
    """The bytes of an open file, piece by piece. Raises KgError where it unpacks to more than the limits allow."""
    most = None if kind is None else shelf.limits.most_unpacked(path.stat().st_size)
    size = 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if most is not None and size > most:
            raise refuse_excess(f"`{source.path}` unpacks to more than {most} bytes", "unpacked=10GB")
        yield piece


def recode(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Any encoding to UTF-8, in pieces; a byte-order mark is taken off, and what an XML declaration says of it."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    first = True
    for piece in pieces:
        text = decoder.decode(piece)
        if first and text:
            text, first = _DECLARED.sub(r"\1", text.removeprefix("\ufeff"), count=1), False
        yield text.encode("utf-8")
    yield decoder.decode(b"", final=True).encode("utf-8")
