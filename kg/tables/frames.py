"""Mappings over data frames in memory: pandas, polars and Arrow in, Arrow, N-Quads or a store out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kg.tables.read.checks import refuse_quoted
from kg.tables.read.mapping import read_any_mapping, read_mapping_text
from kg.tables.run import Run, Settings, open_run
from kg.tables.sources.shelf import Advice
from kg.tables.sql import write_union
from kg.text.diagnostic import Diagnostic, KgError, Severity, SourceText, UsageError, render_text, sort_diagnostics


class MappingError(KgError):
    """A mapping or its data has mistakes: all of them, as *diagnostics*."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        super().__init__("\n\n".join(render_text(d) for d in sort_diagnostics(diagnostics)))
        self.diagnostics = tuple(diagnostics)


def map_frames(
    mapping: SourceText | Path | str, frames: Mapping[str, Any], *, base: str | None = None, folder: Path | None = None
) -> Any:
    """The quads of a mapping over tables handed over by name (`rml:source "{people}"`), as lines.

    Returns a `pyarrow.Table` with one column `line`, one N-Quads line (or several, of one row) in each value.
    Files that the mapping names are looked for in *folder*, by default the working directory. Raises
    `MappingError` with all diagnostics. *mapping* is a file, or the text of one in Turtle.

    >>> import pyarrow as pa
    >>> text = '''@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .
    ... <#m> rml:logicalSource [ rml:source "{people}" ]; rml:subjectMap [ rml:template "person/{id}" ];
    ...   rml:predicateObjectMap [ rml:predicate <age>; rml:objectMap [ rml:reference "age" ] ] .'''
    >>> lines = map_frames(text, {"people": pa.table({"id": [1], "age": [42]})})
    >>> print(lines["line"][0])
    <http://example.org/person/1> <http://example.org/age> "42"^^<http://www.w3.org/2001/XMLSchema#integer> .
    """
    with open_frames(mapping, frames, base, folder) as run:
        lines = run.connection.sql(write_union([query.rows for query in run.queries]))
        return lines.to_arrow_table().rename_columns(["line"])


@contextmanager
def open_frames(
    mapping: SourceText | Path | str,
    frames: Mapping[str, Any],
    base: str | None,
    folder: Path | None,
    unfit: str | None = None,
) -> Iterator[Run]:
    """A run over data frames without mistakes. Raises `MappingError`.

    *unfit* names what its quads go to where that cannot hold quoted triples.
    """
    if not isinstance(mapping, SourceText | Path | str) or not isinstance(frames, Mapping):
        raise UsageError("a mapping is a Path or the text of one, frames are tables by their names")
    if isinstance(mapping, Path):
        mapping = read_mapping_text(mapping)
    elif isinstance(mapping, str):
        mapping = SourceText("mapping.ttl", mapping)
    document = read_any_mapping(mapping, base)
    if unfit and document.quotes:
        raise MappingError(refuse_quoted(document, unfit, "take the lines of `map_frames`, in the syntax of RDF-star"))
    settings = Settings(
        mapping_folder=(folder or Path.cwd()).resolve(), base=base, frames=frames, whole_iris=bool(unfit),
        advice=Advice(
            outside="move the {what}, or give its folder as `folder`",
            variable="write what it stands for: variables are for `kg map`",
        ),
    )  # fmt: skip
    with open_run(document, settings) as run:
        if run.failed:
            raise MappingError([d for d in run.diagnostics if d.severity is Severity.ERROR])
        yield run


def map_to_store(
    mapping: SourceText | Path | str, frames: Mapping[str, Any], *, base: str | None = None, folder: Path | None = None
) -> Any:
    """The quads of a mapping over tables handed over by name, as a `pyoxigraph.Store` in memory."""
    import pyoxigraph as ox

    from kg.tables.output.target import make_lines

    store = ox.Store()
    with open_frames(mapping, frames, base, folder, "a store") as run:
        store.bulk_load(path=make_lines(run), format=ox.RdfFormat.N_QUADS, lenient=True)
    return store
