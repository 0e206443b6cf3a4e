"""Who speaks in a draft's sentence: by the word of its own file, by that of another, and as a curator writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.build.pipeline import Checked
from kg.drafts.review.draft import Draft
from kg.model.nouns import Evidence, Ref, Source, Voice
from kg.reading.claims import ClaimsReader, Saying
from kg.reading.claimsfile import ClaimIds, SentenceBlock, open_claims
from kg.reading.fields import Finder
from kg.text.yamldoc import Document, MappingNode
from kg.text.yamltext import write_scalar


def read_saying(
    checked: Checked, source_id: str, address: str, document: Document, curated: Sequence[Document] = ()
) -> Saying | None:
    """Who speaks in a sentence of a source by the word of a file, and else of the *curated* ones; None where none says.

    What is wrong in the files is told elsewhere.
    """
    finder = Finder(language=checked.seeds.dataset.language)
    ids, source = ClaimIds(groups={}, complete=False), checked.seeds.source_by_id.get(source_id)

    def open_reader(document: Document, others: tuple[ClaimsReader, ...] = ()) -> ClaimsReader | None:
        file = open_claims(document, finder)
        return ClaimsReader(file, source, ids, checked.vocabulary, finder, others) if file is not None else None

    others = tuple(reader for one in curated if (reader := open_reader(one)) is not None)
    reader = open_reader(document, others)
    if reader is None:
        return None
    mark = reader.file.source_mark
    empty = SentenceBlock(
        address=address, digest=None, spoilt=False, fields=MappingNode(entries=(), mark=mark), mark=mark
    )
    return reader.find_saying(next((b for b in reader.file.blocks if b.address == address), empty))


def write_saying(saying: Saying, source: Source | None) -> str:
    """A voice as a curator writes it, on one line; the authors of the *source* in its own voice are `source`."""
    if source is not None and saying == Saying(speakers=source.authors):
        return "source"
    return f"{{{', '.join(f'{key}: {text}' for key, text in list_voice(saying, saying.speakers))}}}"


def write_voice(draft: Draft) -> Iterator[tuple[str, str]]:
    """The keys and values that say at a draft's claim itself who says it, and how."""
    if draft.evidence is not None:
        yield "voice", draft.evidence.voice.value
        yield "sure", draft.evidence.clarity.value
        written = list_voice(draft.evidence, () if draft.repeats else draft.claims[0].speakers)
        yield from ((key, text) for key, text in written if key not in {"voice", "sure"})


def list_voice(saying: Saying | Evidence, speakers: Sequence[Ref]) -> Iterator[tuple[str, str]]:
    """The keys of a voice with their values; what is usual is left out."""
    if speakers:
        yield "by", _write_list(speakers)
    if saying.venue is not None:
        yield "where", write_scalar(saying.venue.text)
    if saying.via:
        yield "via", _write_list(saying.via)
    if saying.voice is not Voice.REPORTED:
        yield "voice", saying.voice.value
    if saying.said_on is not None:
        yield "on", write_scalar(saying.said_on.text)
    if saying.clarity.value != "clear":
        yield "sure", saying.clarity.value


def _write_list(refs: Sequence[Ref]) -> str:
    texts = [write_scalar(ref.text) for ref in refs]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
