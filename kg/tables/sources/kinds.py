"""Kinds of files by the endings of their names: what is packed, what has typed columns, what is not read at all."""

from __future__ import annotations

import codecs
from pathlib import PurePath

COLUMNAR = (".parquet", ".feather", ".arrow", ".ipc")
SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
DELIMITED = (".csv", ".tsv", ".tab")

# ending → how it is packed, the longer endings first
PACKED = (
    (".tar.gz", "targz"), (".tgz", "targz"), (".tar.xz", "tarxz"), (".zip", "zip"),
    (".gz", "gzip"), (".bz2", "bzip2"), (".zst", "zstd"), (".xz", "xz"),
)  # fmt: skip

# ending → the name of a kind that people have, and that would be taken for a text
UNREAD = {
    **dict.fromkeys((".dta",), "a Stata file"),
    **dict.fromkeys((".sav", ".zsav", ".por"), "an SPSS file"),
    **dict.fromkeys((".sas7bdat", ".xpt"), "a SAS file"),
    **dict.fromkeys((".rds", ".rda", ".rdata"), "a file of R"),
    **dict.fromkeys((".mdb", ".accdb"), "an Access database"),
    **dict.fromkeys((".dbf",), "a dBase file"),
    **dict.fromkeys((".orc",), "an ORC file"),
    **dict.fromkeys((".avro",), "an Avro file"),
    **dict.fromkeys((".h5", ".hdf5"), "an HDF5 file"),
    **dict.fromkeys((".numbers",), "a Numbers document"),
    **dict.fromkeys((".pdf",), "a PDF document"),
    **dict.fromkeys((".doc", ".docx", ".odt"), "a text document"),
}
# codecs of Python that are no encodings of files
NO_CHARACTERS = frozenset(
    {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "unicode_escape", "raw_unicode_escape"}
)
RDF_FILES = (".ttl", ".nt", ".nq", ".trig", ".n3", ".rdf", ".owl", ".jsonld", ".rj")


def without_packing(name: str) -> str:
    """The name of a file in small letters, without the ending of what it is packed in.

    >>> without_packing("People.CSV.gz")
    'people.csv'
    """
    name = name.lower()
    for ending, _ in PACKED:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def normal_encoding(name: str) -> str | None:
    """The codec of an encoding's name; UTF-8 stays as it is.

    >>> [normal_encoding(name) for name in ("US-ASCII", "latin1", "rot13", "unicode_escape", "nonsense")]
    ['utf-8', 'iso8859-1', None, None, None]
    """
    try:
        "".encode(name)
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):  # what turns no text into bytes (`hex`) is among them
        return None
    if codec.replace("_", "-") in NO_CHARACTERS:
        return None
    return "utf-8" if codec in {"utf-8", "ascii"} else codec


def name_unread(path: PurePath) -> str | None:
    """What a file is whose kind is not read; None for all others.

    >>> name_unread(PurePath("a.dta")), name_unread(PurePath("a.csv"))
    ('a Stata file', None)
    """
    return UNREAD.get(path.suffix.lower())
