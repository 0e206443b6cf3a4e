"""Read all of `seeds/` into one `Seeds`: files are read in the order of their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from kg.model.nouns import Claim, ClaimedSentence, Dataset, Evidence, Seeds, Source
from kg.model.ontology.vocabulary import Vocabulary
from kg.rdf.iri import Prefixes
from kg.reading.claims import Again, ClaimsReader
from kg.reading.claimsfile import ClaimIds, ClaimsFile, collect_ids, open_claims
from kg.reading.dataset import read_dataset
from kg.reading.entities import read_entities
from kg.reading.fields import Finder, unique
from kg.reading.sources import read_source
from kg.reading.states import find_form, read_rejections
from kg.system.project import DATASET_FILE, Drafts, Project
from kg.text.diagnostic import (
    Diagnostic,
    KgError,
    Related,
    SourceText,
    did_you_mean,
    has_errors,
    list_known,
    mark_of_file,
)
from kg.text.kept import make_once
from kg.text.yamldoc import Document, MappingNode, read_document

Read = TypeVar("Read")


@dataclass(frozen=True, kw_only=True)
class SeedsReading:
    """What came of reading `seeds/`.

    Where a file could not be read, what it declares is not known, and a name that is not found is no
    mistake: *entities_complete*, *sources_complete* and *claims_complete* say whether all was read.
    """

    seeds: Seeds
    diagnostics: tuple[Diagnostic, ...]
    entities_complete: bool
    sources_complete: bool
    claims_complete: bool


def read_description(project: Project) -> Dataset:
    """The data set's description alone, of `seeds/dataset.yaml`.

    Raises KgError where the file cannot be read, or has errors.
    """
    finder = Finder()
    document = read_document(project.root / DATASET_FILE, project.name_of(project.root / DATASET_FILE))
    dataset = read_dataset(document, finder)
    if dataset is None or has_errors((*document.diagnostics, *finder.diagnostics)):
        raise KgError(f"{DATASET_FILE} has errors: `kg check` tells them")
    return dataset


def read_seeds(project: Project, vocabulary: Vocabulary, drafts: Drafts) -> SeedsReading:
    """All that `seeds/` declares, with everything that is malformed in it; *drafts* among it if they are asked for.

    Raises KgError when a file cannot be read at all.
    """

    def load(path: Path) -> Document:
        return read_document(path, project.name_of(path))

    finder = Finder()
    document = load(project.root / DATASET_FILE)
    dataset = read_dataset(document, finder) or _stand_in(document)

    groups, entities_complete = _read_all("entities", map(load, project.entity_files), finder, read_entities)
    proposed = [load(path) for path in project.draft_files] if drafts is Drafts.BUILT_IN else []
    of_entities = (d for d in proposed if find_form(d) == "entities/1")
    more, proposed_complete = _read_all("entities", of_entities, finder, read_entities)
    sources, sources_complete = _read_all("source", map(load, project.source_files), finder, read_source)
    claimed = chain(map(load, project.claim_files), (d for d in proposed if find_form(d) != "entities/1"))
    files, claims_complete = _read_all("claims file", claimed, finder, open_claims)
    claims_complete &= all(file.complete for file in files)

    sources = list(unique(sources, lambda s: s.id, lambda s: s.mark, "source", finder))
    by_id = {s.id: s for s in sources}
    for file in files:
        if file.source not in by_id and sources_complete:
            hint = did_you_mean(file.source, by_id) or f"describe it in seeds/sources/{file.source}.yaml"
            finder.tell("unknown-source", file.source_mark, f"no source `{file.source}`", hint)
            claims_complete = False  # its claims are those of a source that is spelt otherwise
    ids = collect_ids(files, finder, complete=claims_complete)
    sentences = tuple(
        ClaimedSentence(
            source=file.source, address=block.address, digest=block.digest, spoilt=block.spoilt, mark=block.mark
        )
        for file in files
        for block in file.blocks
    )
    claims, agains = _read_claims(files, by_id, ids, vocabulary, finder)
    turned_down = project.rejected_file
    rejections = list(read_rejections(load(turned_down), finder)) if turned_down is not None else []
    entities = unique(chain(*groups, *more), lambda e: e.key, lambda e: e.mark, "entity", finder)
    seeds = Seeds(
        dataset=dataset,
        sources=tuple(sorted(sources, key=lambda s: s.id)),
        entities=tuple(sorted(entities, key=lambda e: e.key)),
        sentences=sentences,
        claims=tuple(sorted(_add_evidence(claims, agains, finder), key=lambda c: c.id)),
        rejections=tuple(unique(rejections, lambda r: r.digest, lambda r: r.mark, "rejection", finder)),
    )
    return SeedsReading(
        seeds=seeds,
        diagnostics=tuple(finder.diagnostics),
        entities_complete=entities_complete and proposed_complete,
        sources_complete=sources_complete,
        claims_complete=claims_complete,
    )


def _read_all(
    kind: str, documents: Iterable[Document], finder: Finder, read: Callable[[Document, Finder], Read | None]
) -> tuple[list[Read], bool]:
    """What a reader makes of documents, and whether it could read all of them."""
    made = [_read_once(kind, document, finder, read) for document in documents]
    readable = [one for one in made if one is not None]
    return readable, len(readable) == len(made)


def _read_once(kind: str, document: Document, finder: Finder, read: Callable[[Document, Finder], Read]) -> Read:
    """What a reader makes of a document, and of the data set's language and prefixes; what is wrong is told."""

    def read_apart() -> tuple[Read, tuple[Diagnostic, ...]]:
        own = Finder(language=finder.language, namespaces=finder.namespaces)
        return read(document, own), own.diagnostics

    known = finder.language, finder.namespaces
    made, told = make_once(kind, document.source.name, (document,), known, read_apart)
    finder.add(told)
    return made


@dataclass(frozen=True, kw_only=True)
class _ReadClaims:
    """What came of reading the claims of a file; *asked* are the ids that it looked for, and what these were then."""

    claims: list[Claim]
    agains: list[Again]
    told: tuple[Diagnostic, ...]
    asked: dict[str, tuple[str, ...]]


def _read_claims(
    files: list[ClaimsFile], sources: Mapping[str, Source], ids: ClaimIds, vocabulary: Vocabulary, finder: Finder
) -> tuple[list[Claim], list[Again]]:
    """The claims of all *files*, which are given away one by one, and what is said again; what is wrong is told."""
    claims: list[Claim] = []
    agains: list[Again] = []
    kept = [_keep_voices(f) for f in files if any(f.source == d.source for d in files if d.state.is_draft)]
    for file in _give_away(files):
        source = sources.get(file.source)
        others = tuple(
            ClaimsReader(other, source, ids, vocabulary, Finder(language=finder.language))  # told by its own reader
            for other in kept
            if file.state.is_draft and other.source == file.source and not other.state.is_draft
        )
        made = _read_file(file, source, ids, vocabulary, finder, others)
        claims += made.claims
        agains += made.agains
    return claims, agains


def _read_file(
    file: ClaimsFile, source: Source | None, ids: ClaimIds, vocabulary: Vocabulary, finder: Finder,
    others: tuple[ClaimsReader, ...],
) -> _ReadClaims:  # fmt: skip
    """The claims of a file; what is wrong is told."""

    def read() -> _ReadClaims:
        own = Finder(language=finder.language, namespaces=finder.namespaces)
        reader = ClaimsReader(file, source, ids, vocabulary, own, others)
        claims, agains = reader.read()
        return _ReadClaims(claims=claims, agains=agains, told=own.diagnostics, asked=reader.asked)

    def is_right(made: _ReadClaims) -> bool:  # where an id was missing, all ids were looked at for one that is near
        return all(found and ids.find(text, file.source) == found for text, found in made.asked.items())

    known = finder.language, finder.namespaces
    made = make_once("claims", file.source_mark.file, (file, source, vocabulary, *others), known, read, is_right)
    finder.add(made.told)
    return made


def _give_away(files: list[ClaimsFile]) -> Iterator[ClaimsFile]:
    """The files one by one, none of which is kept: their nodes take more memory than the claims read from them."""
    files.reverse()
    while files:
        yield files.pop()


def _keep_voices(file: ClaimsFile) -> ClaimsFile:
    """What a file says of who speaks, without its claims."""
    blocks = (
        replace(block, fields=MappingNode(entries=tuple((k, n) for k, n in block.fields.entries if k.text == "said"),
                                      mark=block.fields.mark))
        for block in file.blocks
    )  # fmt: skip
    return replace(file, blocks=tuple(blocks))


def _add_evidence(claims: list[Claim], agains: list[Again], finder: Finder) -> Iterable[Claim]:
    """The claims with the further evidence of each `again`; the same sentence twice is told."""
    by_id: dict[str, Claim] = {}
    for one in claims:
        by_id.setdefault(one.id, one)  # a second of the same id was told by `collect_ids`
    added: dict[str, list[Evidence]] = {}
    known: dict[str, dict[str, Evidence]] = {}  # of the claims that have further evidence, by sentence
    for again in agains:
        claim = by_id.get(again.claim)
        if claim is None:
            continue
        at = known.get(claim.id) or known.setdefault(claim.id, {e.sentence: e for e in reversed(claim.evidence)})
        same = at.get(again.evidence.sentence)
        if same is not None:
            first = Related(mark=same.mark, message="the first")
            message = f"`{again.evidence.sentence}` is evidence for `{again.claim}` already"
            finder.tell("duplicate-evidence", again.mark, message, "take this line out", first)
            continue
        said, repeated = ([ref.text for ref in refs] for refs in (claim.speakers, again.speakers))
        if said and repeated and set(said) != set(repeated):
            first = Related(mark=claim.mark, message="the claim")
            message = f"`{again.claim}` is a claim of {list_known(said)}, and here speaks {list_known(repeated)}"
            hint = "the same from another mouth is another claim: state it with `s`, `p` and `o`"
            finder.tell("again-by-another", again.mark, message, hint, first)
            continue
        at[again.evidence.sentence] = again.evidence
        added.setdefault(claim.id, []).append(again.evidence)
    return [_add_all(claim, added[claim.id]) if claim.id in added else claim for claim in by_id.values()]


def _add_all(claim: Claim, added: list[Evidence]) -> Claim:
    whole = (*claim.evidence, *added)
    return make_once("evidence", claim.id, (claim, *added), None, lambda: replace(claim, evidence=whole))


def _stand_in(document: Document) -> Dataset:
    """A data set to go on with, so that the other files' mistakes are told in the same run."""
    source = SourceText(document.source.name, document.source.text)
    return Dataset(
        title=(),
        description=(),
        base="https://unknown.invalid/",
        language="en",
        licence=None,
        publisher_name=None,
        publisher_url=None,
        version=None,
        prefixes=Prefixes(namespaces={}),
        mark=mark_of_file(source),
    )
