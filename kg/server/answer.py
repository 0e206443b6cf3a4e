"""An answer as it leaves a worker: serialised by the store, counted, packed, and sent in pieces.

What is refused in the first pieces is told as an error; what is refused later can only be broken off.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, BinaryIO, cast

import pyoxigraph as ox

from kg.rdf.rdfxml import can_say
from kg.system.worker.child import send
from kg.system.worker.wire import write_frame
from kg.text.plural import write_count

RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
RDF = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}
# XML 1.0, section 2.2: signs that no document may hold. The store writes them as they are, and a carriage return, of
# which every reader makes a line feed (section 2.11). It writes a text at once, so no sign is cut in two.
_NOT_XML = re.compile(b"[\x00-\x08\x0b-\x1f]|\xef\xbf[\xbe\xbf]")
PIECE = 1 << 16
_FEW = 500  # triples
_WORTH_PACKING = 1_000  # bytes


class TooLargeError(Exception):
    """An answer that is greater than it may be; its text is `rows` or `size`."""


@dataclass(kw_only=True, slots=True)  # made for each request: three times as quick as a frozen one
class Wish:
    """How an answer is to be: its *form*, whether it is packed with gzip, and how large it may be."""

    form: str
    gzip: bool
    rows: int | None
    size: int | None


class UnfitAnswerError(Exception):
    """An answer that its format cannot hold, in words."""


class RowCounter:
    """Counts the rows of an answer in what the store writes, piece by piece.

    >>> counter = RowCounter("csv")
    >>> counter.count(b'a,b\\r\\n1,"x\\r\\n'), counter.count(b'y"\\r\\n')
    (0, 1)
    """

    def __init__(self, form: str) -> None:
        self._form = form
        self._sign = {"json": b"},{", "xml": b"<result>", "tsv": b"\n", "csv": b"\n"}.get(form, b"")
        self._found = {"json": 1, "xml": 0}.get(form, -1)  # a comma less than rows; a line for the variables
        self._rest = self._tail = b""
        self._in_text = False

    def count(self, piece: bytes) -> int:
        """How many rows the answer has at least, after another *piece* of it."""
        if not self._sign:
            return 0
        if self._form == "json":
            piece = self._rest + piece
            odd = (len(piece) - len(piece.rstrip(b"\\"))) % 2  # an escape that the next piece completes
            piece, self._rest = piece[: len(piece) - odd], piece[len(piece) - odd :]
            piece = piece.replace(b"\\\\", b"").replace(b'\\"', b"")
        if self._form in {"json", "csv"}:
            parts = piece.split(b'"')
            piece = b"".join(parts[1::2] if self._in_text else parts[::2])
            self._in_text ^= len(parts) % 2 == 0
        piece = self._tail + piece
        self._tail = piece[max(0, len(piece) - len(self._sign) + 1) :]
        self._found += piece.count(self._sign)
        return self._found


class Stream:
    """A file to which the store writes an answer, which goes out as frames.

    A small one is a single frame `w`. Else `h` comes first, then `d` for each piece, and `e`. Both `w` and `h` begin
    with two letters: `g` for a graph and `r` for rows, then `z` where it is packed and `-` where not.
    """

    def __init__(self, out: BinaryIO, wish: Wish, *, graph: bool) -> None:
        self._out, self._wish, self._graph = out, wish, graph
        self._counter: RowCounter | None = None
        self._waiting = bytearray()
        self._packer: Any = None
        self._size = 0
        self._lost = 0
        self._begun = False

    def write(self, piece: bytes) -> int:
        """Take a piece. Raises TooLargeError."""
        self._waiting += piece
        if len(self._waiting) >= PIECE:
            self._pass_on(self._take())
        return len(piece)

    def flush(self) -> None:
        """Nothing: what waits is sent when it is enough, or at the end."""

    def _pass_on(self, piece: bytes) -> None:
        if not self._begun:
            self._out.write(write_frame(b"h", self._begin(piece)))
        else:
            self._out.flush()  # the first piece waits for the second, or for the end
        if self._packer is not None:
            piece = self._packer.compress(piece)
        if piece:
            self._out.write(write_frame(b"d", piece))

    def _write_sign(self, found: re.Match[bytes]) -> bytes:
        if found[0] == b"\r":
            return b"&#13;"
        self._lost += 1
        return "\ufffd".encode()

    def _take(self, *, last: bool = False) -> bytes:
        """What waits, of which *last* ends the answer. Raises TooLargeError."""
        piece = bytes(self._waiting)
        self._waiting.clear()
        if self._wish.form in {"xml", "rdf"}:
            piece = _NOT_XML.sub(self._write_sign, piece)
            if last and self._lost:  # XML 1.0, section 2.8: comments may follow what a document holds
                told = f"{write_count(self._lost, 'sign')} that XML cannot hold, each as U+FFFD"
                piece += f"\n<!-- {told} -->\n".encode()
        self._size += len(piece)
        most = self._wish.rows
        whole = last and not self._begun
        if most is not None and not (whole and len(piece) <= most):  # a row has a byte at least
            if self._counter is None:
                self._counter = RowCounter(self._wish.form)
            if self._counter.count(piece) > most:
                raise TooLargeError("rows")
        if self._wish.size is not None and self._size > self._wish.size:
            raise TooLargeError("size")
        return piece

    def _begin(self, piece: bytes) -> bytes:
        """The letters that tell what follows, of which this is the first *piece*."""
        self._begun = True
        if self._wish.gzip and len(piece) > _WORTH_PACKING:
            self._packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        return (b"g" if self._graph else b"r") + (b"-" if self._packer is None else b"z")

    def end(self) -> None:
        """Send what is left, and that the answer is whole."""
        piece = self._take(last=True)
        if not self._begun:
            letters = self._begin(piece)
            if self._packer is not None:
                piece = self._packer.compress(piece) + self._packer.flush()
            self._out.write(write_frame(b"w", letters + piece))
            self._out.flush()
            return
        self._pass_on(piece)
        if self._packer is not None:
            self._out.write(write_frame(b"d", self._packer.flush()))
        send(self._out, b"e")


def send_results(results: Any, wish: Wish, out: BinaryIO) -> None:
    """Send the answer of a SELECT or ASK. Raises TooLargeError, and what the store raises as it goes on."""
    stream = Stream(out, wish, graph=False)
    results.serialize(stream, RESULTS[wish.form])
    stream.end()


def choose_prefixes(triples: Iterable[Iterable[Any]], prefixes: dict[str, str]) -> dict[str, str]:
    """The prefixes that some IRI of the triples begins with."""
    iris = {term.value for triple in triples for term in triple if isinstance(term, ox.NamedNode)}
    iris |= {t.datatype.value for triple in triples for t in triple if isinstance(t, ox.Literal)}
    return {prefix: name for prefix, name in prefixes.items() if any(iri.startswith(name) for iri in iris)}


def send_graph(triples: Iterable[Any], wish: Wish, out: BinaryIO, prefixes: dict[str, str]) -> None:
    """Send triples or quads in a format of RDF, the triples of a graph each once.

    Raises TooLargeError and UnfitAnswerError.
    """
    stream = Stream(out, wish, graph=True)

    def count() -> Iterator[Any]:
        for number, triple in enumerate(triples, 1):
            if wish.rows is not None and number > wish.rows:
                raise TooLargeError("rows")
            yield triple

    counted, output = _FITTED.get(wish.form, iter)(count()), cast(Any, stream)
    first = list(islice(counted, _FEW))
    if len(first) < _FEW:  # a small answer declares what it uses
        prefixes = choose_prefixes(first, prefixes)
    ox.serialize(chain(first, counted), output, RDF[wish.form], prefixes=prefixes)
    stream.end()


def _fit_rdf_xml(triples: Iterable[Any]) -> Iterator[Any]:
    """Triples with the labels of blank nodes that XML takes for names: a digit begins none."""
    said: set[str] = set()

    def name(term: Any) -> Any:
        if isinstance(term, ox.Triple):
            return fit(term)
        return ox.BlankNode(f"b{term.value}") if isinstance(term, ox.BlankNode) else term

    def fit(triple: Any) -> Any:
        verb = triple.predicate.value
        if verb not in said and not can_say(verb):
            raise UnfitAnswerError(f"RDF/XML cannot say the property <{verb}>; ask for another format")
        said.add(verb)
        return ox.Triple(name(triple.subject), triple.predicate, name(triple.object))

    return map(fit, triples)


def _fit_jsonld(triples: Iterable[Any]) -> Iterator[Any]:
    for triple in triples:
        if isinstance(triple.object, ox.Triple):
            raise UnfitAnswerError("JSON-LD has no triple terms; ask for another format")
        yield triple


_FITTED = {"rdf": _fit_rdf_xml, "jsonld": _fit_jsonld}
