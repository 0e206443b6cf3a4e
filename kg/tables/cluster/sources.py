"""The sources of a mapping → tables in parts: what can be cut is read by the workers, the rest once, here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.tables.cluster.connect import compare_sight
from kg.tables.cluster.databases import cut_database, is_seen, is_whole
from kg.tables.cluster.follow import gather, submit
from kg.tables.cluster.split import BOM, Piece, Span, begin_inside, cut_blocks, find_spans, quoting_of
from kg.tables.cluster.stage import ROWS, Reading, Staged, count_block, look_at, look_at_files, stage_piece, store_table
from kg.tables.cluster.tables import StagedPart, StagedTable, UnlikeError, unite_parts
from kg.tables.cluster.work import Work
from kg.tables.documents import LINES
from kg.tables.folders.storage import is_address, open_place, read_range
from kg.tables.references import references_by_source
from kg.tables.rml import DatabaseSource, FileSource, Formulation, LogicalSource, LogicalView, Reference, Root
from kg.tables.run.check import check_data
from kg.tables.sources.columnar import open_columnar
from kg.tables.sources.databases.database import address_file, locate_database, open_database_file
from kg.tables.sources.delimited import MOST_HEADER, open_delimited, read_head
from kg.tables.sources.files import fill_variables, is_plain, locate_file
from kg.tables.sources.globs import is_pattern
from kg.tables.sources.jsonstream import find_stream
from kg.tables.sources.registry import choose_opener, open_source, refuse_kind
from kg.tables.sources.remote import Remote
from kg.tables.sources.several import FILE, find_several
from kg.tables.sources.sheets.spreadsheet import open_spreadsheet
from kg.tables.sources.shelf import SourceRequest
from kg.tables.sources.tree import open_document
from kg.tables.views.view import open_view
from kg.text.diagnostic import KgError, has_errors

if TYPE_CHECKING:
    from distributed import Future


# of a column of Parquet: how it is stored, and what that means
PLAIN_TYPES = {
    *(("INT32", kind) for kind in ("NONE", "INT", "DATE", "DECIMAL")),
    *(("INT64", kind) for kind in ("NONE", "INT", "DECIMAL", "TIMESTAMP")),
    ("BOOLEAN", "NONE"), ("FLOAT", "NONE"), ("DOUBLE", "NONE"), ("BYTE_ARRAY", "STRING"), ("BYTE_ARRAY", "NONE"),
}  # fmt: skip
READ_BY_WORKERS = (open_delimited, open_document, open_columnar, open_spreadsheet)


def stage_sources(work: Work) -> None:
    """Every source of the mapping as a table in parts. What is wrong with one is noted, as on one machine."""
    run = work.run
    maps = run.document.triples_maps
    wanted = references_by_source(maps, {t.name: t for t in maps})
    cut: dict[LogicalSource | LogicalView, tuple[SourceRequest | None, list[Reading]]] = {}
    for number, (source, references) in enumerate(wanted.items()):
        if isinstance(source, LogicalSource):
            request = SourceRequest(source=source, references=tuple(references), name=f"s{number}")
            if readings := cut_source(request, work):
                place = f"{work.folder}/{request.name}"
                cut[source] = (request, [replace(r, prefix=f"{place}-{n:05}") for n, r in enumerate(readings)])
    if run.shelf.has_errors:
        return
    for source, (_, readings) in list(cut.items()):
        if readings[0].login is not None and not is_seen(readings, work):
            del cut[source]
    files = {r.piece.name: r.piece.path for _, readings in cut.values() for r in readings if r.login is None}
    compare_sight(work.cluster, look_at_files, files)
    done = read_pieces(work, [r for _, readings in cut.values() for r in readings])
    for number, (source, references) in enumerate(wanted.items()):
        asked, readings = cut.get(source, (None, []))
        found = [done[r.prefix] for r in readings]
        if asked is not None and (readings[0].login is None or is_whole(readings, found, work)):
            staged = unite(asked, found, work)
            if staged is not None:
                note_pieces(asked, readings, work)
        else:
            staged = read_here(source, references, f"s{number}", work)
        if staged is not None:
            work.staged[staged.name] = staged
            run.tables[source] = staged.table


# -- what is cut ----------------------------------------------------------------------------------


def cut_source(request: SourceRequest, work: Work) -> list[Reading] | None:
    """The readings of a source by the workers; None where it is read here, none at all after a diagnostic."""
    origin, shelf = request.source.source, work.run.shelf
    if isinstance(origin, DatabaseSource):
        address = locate_database(origin, shelf)
        return [] if address is None else cut_database(request, origin, address, work)
    if not isinstance(origin, FileSource) or origin.is_query or origin.is_standard_input:
        return None
    path = fill_variables(origin.path, origin.mark, shelf)
    if path is None:
        return []
    origin = replace(origin, path=path)
    several = is_pattern(origin)
    names = find_several(origin, shelf) if several else [origin.path]
    if several and request.source.formulation in {Formulation.JSON_PATH, Formulation.XPATH}:
        request = replace(request, references=tuple(r for r in request.references if r.text != FILE))
    readings: list[Reading] = []
    for name in names:
        part = replace(origin, path=name)
        found = cut_file(replace(request, source=replace(request.source, source=part)), part, work)
        if found is None:
            return None
        readings += (replace(r, several=several) for r in found)
    return readings


def cut_file(request: SourceRequest, origin: FileSource, work: Work) -> list[Reading] | None:
    """The readings of one file; None where it is read here."""
    shelf = work.run.shelf
    if shelf.remote is not None and origin.root is not Root.MAPPING:
        return cut_remote(request, origin, shelf.remote, work)
    path = locate_file(origin, shelf)
    if path is None or refuse_kind(request.source, origin, path, shelf):
        return []
    opener = choose_opener(request.source, path)
    if opener is open_database_file:
        return cut_database(request, origin, address_file(path.resolve()), work)
    if opener not in READ_BY_WORKERS:
        return None
    piece = Piece(path=str(path.resolve()), name=origin.path)
    pieces: Sequence[Piece] | None = None
    if is_plain(origin, path):
        if opener is open_columnar and path.suffix.lower() == ".parquet":
            pieces = cut_groups(piece, work.part_size)
        elif path.stat().st_size > work.part_size:
            whole = replace(piece, size=path.stat().st_size)
            pieces = cut_plain(request, origin, path, whole, work, lambda: path)
    return [Reading(request=request, origin=origin, piece=each) for each in pieces or [piece]]


def cut_remote(request: SourceRequest, origin: FileSource, remote: Remote, work: Work) -> list[Reading] | None:
    """The readings of a file on a storage, which the workers fetch; None where it is read here."""
    shelf, path = work.run.shelf, Path(origin.path)
    opener = choose_opener(request.source, path)
    size = remote.size(origin.path)
    if size is None or opener not in READ_BY_WORKERS or refuse_kind(request.source, origin, path, shelf):
        return [] if locate_file(origin, shelf) is None else None
    place = remote.place(origin.path)
    assert place is not None
    shelf.sizes[origin.path] = size
    piece = Piece(path=place, name=origin.path)

    def fetch_head() -> Path:
        head = work.run.scratch / f"head{path.suffix}"
        head.write_bytes(read_range(place, 0, min(size, MOST_HEADER)))
        return head

    pieces: Sequence[Piece] | None = None
    if is_plain(origin, path) and size > work.part_size:
        if opener is open_columnar and path.suffix.lower() == ".parquet":
            pieces = cut_groups(piece, work.part_size)
        else:
            pieces = cut_plain(request, origin, path, replace(piece, size=size), work, fetch_head)
    return [Reading(request=request, origin=origin, piece=each) for each in pieces or [piece]]


def cut_plain(
    request: SourceRequest, origin: FileSource, path: Path, piece: Piece, work: Work, fetch_head: Callable[[], Path]
) -> list[Piece] | None:
    """A delimited file, or one of JSON Lines, by its rows; None where it cannot be cut. A file's head is *fetched*."""
    opener = choose_opener(request.source, path)
    if opener is open_delimited:
        return cut_delimited(request, origin, fetch_head(), piece, work)
    lines = opener is open_document and path.suffix.lower() in LINES
    return cut_lines(piece, work) if lines and find_stream(request.source.iterator or "$") is not None else None


def cut_groups(piece: Piece, most: int) -> list[Piece] | None:
    """A Parquet file by its row groups, so many together as have *most* bytes; None where it is one, or unreadable.

    Groups that are fetched from a storage are written anew for the reader, so only types are cut there that this
    leaves as they are.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with open_place(piece.path) as stream:
            metadata = pq.read_metadata(stream)
    except (OSError, pa.ArrowException):
        return None  # told by its reader
    cuts: list[tuple[Span, Span]] = []
    begin, end, size, first = 0, 0, 0, 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        if size and size + group.total_byte_size > most:
            cuts.append((Span(begin=begin, end=end), Span(begin=first, end=number)))
            begin, size, first = end, 0, number
        end, size = end + group.num_rows, size + group.total_byte_size
    cuts.append((Span(begin=begin, end=end), Span(begin=first, end=metadata.num_row_groups)))
    columns = [metadata.schema.column(i) for i in range(metadata.num_columns)]
    if len(cuts) == 1 or "file_row_number" in {column.path for column in columns}:
        return None
    if is_address(piece.path) and not all(map(is_plain_type, columns)):
        return None
    return [replace(piece, rows=rows, groups=groups) for rows, groups in cuts]


def is_plain_type(column: Any) -> bool:
    """Whether a column of Parquet is of a type that a file written anew has as well."""
    return column.max_repetition_level == 0 and (column.physical_type, column.logical_type.type) in PLAIN_TYPES


def cut_delimited(
    request: SourceRequest, origin: FileSource, path: Path, piece: Piece, work: Work
) -> list[Piece] | None:
    """A delimited file by its rows; None where it cannot be cut."""
    quoting = quoting_of(origin.dialect)
    aside = replace(work.run.shelf, found={})  # what a first look finds the reader tells again
    head = read_head(path, origin.dialect, origin, aside) if quoting is not None else None
    if quoting is None or head is None or not head.plain or len(head.names) < 2:
        return None
    assert piece.size is not None
    blocks = cut_blocks(piece.size, work.part_size)

    def ask(word: str, task: Callable[..., Any], *further: Sequence[object]) -> list[Any]:
        key, common = f"{word}-{work.name}-{request.name}-{origin.path}", (piece.path, quoting)
        asked = {
            n: submit(work.cluster.client, f"{key}-{n}", task, *common, *each)
            for n, each in enumerate(zip(blocks, *further, strict=True))
        }
        found = gather(work.cluster, asked)
        return [found[n] for n in asked]

    inside = [False] * len(blocks)
    if quoting.quote is not None:
        inside = begin_inside(ask("count", count_block))
    found = find_spans(blocks, ask("look", look_at, inside), header=origin.dialect.header)
    if found is None:
        return None
    head_span, spans = found
    if not origin.dialect.header:
        with path.open("rb") as stream:  # a byte-order mark is the head of a file without a header
            head_span = Span(begin=0, end=0) if stream.read(3) != BOM else head_span
    return [replace(piece, head=head_span, lines=span) for span in spans]


def cut_lines(piece: Piece, work: Work) -> list[Piece]:
    """A file of JSON Lines by its lines: no text of JSON holds a line end."""
    assert piece.size is not None
    begins, size = [0], piece.size
    with open_place(piece.path) as stream:
        for block in cut_blocks(size, work.part_size)[1:]:
            stream.seek(block.begin)
            stream.readline()
            if begins[-1] < stream.tell() < size:
                begins.append(stream.tell())
    return [replace(piece, lines=Span(begin=a, end=b)) for a, b in zip(begins, [*begins[1:], size], strict=True)]


# -- what is read ---------------------------------------------------------------------------------


def read_pieces(work: Work, readings: Sequence[Reading]) -> dict[str, Staged]:
    """What came of each reading, by its prefix."""
    work.progress.begin("reading", len(readings))
    futures: dict[str, Future] = {
        r.prefix: submit(
            work.cluster.client, f"stage-{work.name}-{r.prefix.rpartition('/')[2]}", stage_piece, work.common, r
        )
        for r in readings
    }
    return gather(
        work.cluster, futures, lambda _, staged: work.progress.advance(rows=sum(p.rows for p in staged.parts))
    )


def unite(request: SourceRequest, done: Sequence[Staged], work: Work) -> StagedTable | None:
    """The table of all pieces of a source. Where a piece cannot be read, the source is read here, which tells why."""
    shelf = work.run.shelf
    parts: list[StagedPart] = [part for staged in done for part in staged.parts]
    label = label_of(request)
    failed = any(not staged.parts or has_errors(staged.told) for staged in done)
    if not failed:
        try:
            united = unite_parts(request.name, request.texts, parts, label)
        except UnlikeError:
            failed = True
    if failed:
        table = open_source(request, shelf)
        if table is not None and not shelf.has_errors:
            told = next((d.message for staged in done for d in staged.told), "no reason was given")
            raise KgError(f"`{label}` can be read here, and not by the workers: {told}")
        return None
    # what is told of every piece holds of the whole; that one piece has no value, another may mend
    alike = {(d.code, d.mark) for d in done[0].told}
    for staged in done[1:]:
        alike &= {(d.code, d.mark) for d in staged.told}
    shelf.add(d for d in done[0].told if (d.code, d.mark) in alike)
    return united


def label_of(request: SourceRequest) -> str:
    """How a source is spoken of: a table by its name, a file by its path."""
    source = request.source
    if source.formulation is Formulation.SQL_TABLE and source.iterator:
        return source.iterator
    return str(getattr(source.source, "path", request.name))


def note_pieces(request: SourceRequest, readings: Sequence[Reading], work: Work) -> None:
    """How a source is read, for `--explain`."""
    label = label_of(request)
    notes = [
        f"{request.name}: {label}, {len(readings)} parts" if len(readings) > 1 else f"{request.name}: {label}, one part"
    ]
    notes += [f"  {r.piece.name}, {r.piece.words}" for r in readings if len(readings) > 1]
    work.run.shelf.notes += notes


def read_here(
    source: LogicalSource | LogicalView, references: Sequence[Reference], name: str, work: Work
) -> StagedTable | None:
    """A source that is read once, on this machine, and put on the storage: a database, a view, an answer."""
    run = work.run
    run.shelf.notes.append(f"{name}: cannot be cut, and is read once, by this machine")
    if isinstance(source, LogicalView):
        table = open_view(source, name, run.shelf)
    else:
        table = open_source(SourceRequest(source=source, references=tuple(references), name=name), run.shelf)
    run.findings.add(check_data(run.shelf.checks, run.connection, best_effort=run.settings.best_effort))
    run.shelf.checks.clear()
    if table is None or run.shelf.has_errors or run.failed:
        return None
    known = next((s for s in work.staged.values() if s.table == table), None)
    if known is not None:  # a view that stands below another one, or is read twice
        return known
    parts = store_table(table, run.connection, run.scratch, work.storage.put, f"{work.folder}/{name}", ROWS)
    return StagedTable(table=table, parts=parts, selects=("*",) * len(parts))
