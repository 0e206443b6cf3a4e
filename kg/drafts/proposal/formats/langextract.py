"""`langextract`: JSONL of annotated documents, an extraction a row.

An extraction whose attributes hold a subject and an object is a relation. Of any other, each attribute is a row: what
was extracted has it; who says so, how it is meant and of when (`speaker`, `mode`, `when`, `negated`) hold of all of
them. Where a document has its text, the place of an extraction (`char_interval`) tells its sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kg.drafts.proposal.formats.rows import (
    ProposalFile,
    RowError,
    find_text,
    parse_json,
    read_negated,
    refuse_denial,
    say_json_error,
    tell_unread,
    want_text,
    word_type,
)
from kg.drafts.proposal.proposal import Proposal, Row, Unreadable
from kg.text.sentence import Sentence, split_sentences

_ENDS = (("subject", "predicate", "object"), ("source", "relation", "target"), ("head", "relation", "tail"))
_EXTRA = ("speaker", "mode", "when", "asof", "note", "negated")
_KEYS = ("extraction_class", "extraction_text", "char_interval", "alignment_status", "extraction_index", "group_index",
         "description", "attributes", "token_interval")  # fmt: skip


def read_langextract(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """A row for each relation, and for each attribute of what is none."""
    for file in files:
        row = 0
        for line, text in file.lines():
            if isinstance(text, Unreadable):
                row += 1
                yield Unreadable(row=row, file=file.name, diagnostic=text.diagnostic)
                continue
            try:
                document = parse_json(text)
                if not isinstance(document, dict):
                    raise ValueError(f"a document should be an object, not {word_type(document)}")
                extractions = document.get("extractions") or []
                if not isinstance(extractions, list):
                    raise ValueError(f"`extractions` should be a list, not {word_type(extractions)}")
            except ValueError as error:
                row += 1
                yield file.unreadable(row, f"the line is no annotated document: {say_json_error(error)}", line=line)
                continue
            reader = _Document(document, file, line, documented=documented)
            for extraction in extractions:
                for made in reader.read(extraction, row + 1):
                    row += 1
                    yield made


class _Document:
    """One annotated document, with the sentences of its text."""

    def __init__(self, record: Mapping[str, object], file: ProposalFile, line: int, *, documented: bool) -> None:
        self.file, self.line = file, line
        text, id_ = record.get("text"), record.get("document_id")
        self.text = text if isinstance(text, str) else ""
        self.sentences: tuple[Sentence, ...] = split_sentences(self.text)
        made_up = not isinstance(id_, str) or id_.startswith("doc_")
        self.document = None if documented or made_up else str(id_)

    def read(self, extraction: object, row: int) -> Iterator[Row]:
        """The rows of an extraction, from *row* on."""
        try:
            if not isinstance(extraction, dict):
                raise RowError(f"an extraction should be an object, not {word_type(extraction)}")
            rows = [self._make(extraction, number, *each) for number, each in enumerate(self._read(extraction), row)]
        except RowError as error:
            yield self.file.unreadable(row, str(error), error.hint, self.line)
            return
        yield from rows

    def _make(
        self, extraction: Mapping[str, object], row: int, subject: str, predicate: str, value: str,
        more: Mapping[str, object], remarks: tuple[str, ...],
    ) -> Proposal:  # fmt: skip
        texts = {key: find_text(more, key) for key in _EXTRA if key != "negated"}
        return Proposal(
            row=row, file=self.file.name, mark=self.file.mark(self.line), subject=subject, predicate=predicate,
            object=value, quote=self._find_quote(extraction), document=self.document, speaker=texts["speaker"],
            mode=texts["mode"], when=texts["when"], asof=texts["asof"], note=texts["note"],
            negated=read_negated(more), remarks=remarks,
        )  # fmt: skip

    def _read(
        self, extraction: dict[str, object]
    ) -> Iterator[tuple[str, str, str, Mapping[str, object], tuple[str, ...]]]:
        text = want_text(extraction, "extraction_text", "extraction")
        attributes = extraction.get("attributes") or {}
        if not isinstance(attributes, dict):
            raise RowError(f"`attributes` should be an object, not {word_type(attributes)}")
        remarks = tell_unread(extraction, _KEYS)
        if extraction.get("alignment_status") in {None, "no_match"} and "char_interval" in extraction:
            remarks = (*remarks, "the extractor did not find it in its text itself")
        kind = find_text(extraction, "extraction_class") or ""
        for subject, predicate, value in _ENDS:
            if attributes.get(subject) is not None and attributes.get(value) is not None:
                named = find_text(attributes, predicate) or kind
                told = (*remarks, *tell_unread(attributes, (subject, predicate, value, *_EXTRA)))
                yield want_text(attributes, subject), named, want_text(attributes, value), attributes, told
                return
        more = {key: value for key, value in attributes.items() if key in _EXTRA}
        if len(more) == len(attributes):
            raise RowError(f"the {kind or 'extraction'} `{text[:80]}` has no attributes: it claims nothing")
        refuse_denial(attributes, _EXTRA)
        for key, value in attributes.items():
            if key in more:
                continue
            for item in value if isinstance(value, list) else [value]:
                if not isinstance(item, str | bool):
                    raise RowError(f"the attribute `{key[:80]}` should be a text, not {word_type(item)}")
                yield text, str(key), str(item).lower() if isinstance(item, bool) else str(item), more, remarks

    def _find_quote(self, extraction: Mapping[str, object]) -> str:
        """The sentence in which the extraction stands, where its place is known; else its text."""
        text, span = str(extraction["extraction_text"]), extraction.get("char_interval")
        if isinstance(span, dict):
            start, end = (str(span.get(key)) for key in ("start_pos", "end_pos"))
            if start.isdigit() and end.isdigit() and self.text[int(start) : int(end)].strip():
                touched = [s.text for s in self.sentences if s.start < int(end) and int(start) < s.end]
                return " ".join(touched) or text
        return text
