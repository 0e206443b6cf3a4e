"""`kg`: our own YAML, as a curator or a model writes it, alone or in the midst of a chat.

Of a chat the fenced blocks are read. A sentence is named by its address, with or without its digest; a block that YAML
cannot read is read sentence by sentence, so that one slip costs one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from kg.drafts.proposal.formats.rows import ProposalFile, find_denial
from kg.drafts.proposal.proposal import Proposal, Row, Unreadable
from kg.reading.sources import ADDRESS, DIGEST, address_key
from kg.text.diagnostic import Diagnostic, Mark, SourceText
from kg.text.yamldoc import MappingNode, Node, Scalar, SequenceNode, describe_node, parse_document

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(?P<body>.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_SENTENCE = re.compile(r"^([ \t]*)p\d+s\d+\b[^\n]*:", re.MULTILINE)
_OURS = re.compile(r"^[ \t]*(?:kg: claims/1|claims:|p\d+s\d+[^\n]*:)", re.MULTILINE)
_READ = ("s", "p", "o", "mode", "by", "when", "asof", "not", "note")
_MORE = ("where", "via", "on", "voice", "sure", "inferred", "unlike", "compatible")
MOST_CHARACTERS = 8_000_000
_SAID = ("by", "where", "via", "voice", "on", "sure")


def read_kg(files: Sequence[ProposalFile], *, documented: bool) -> Iterator[Row]:
    """A row for each claim, one for each member of a list; what is repeated (`again`) is stated again."""
    for file in files:
        text = file.decode()
        if isinstance(text, Unreadable):
            yield text
            continue
        if len(text) > MOST_CHARACTERS:
            yield file.unreadable(1, f"more than {MOST_CHARACTERS:,} characters of YAML", "split the file", 1)
            continue
        reader = _BlockReader(file)
        blocks = [(m.start("body"), m["body"]) for m in _FENCE.finditer(text) if _OURS.search(m["body"])]
        for start, body in blocks or ([(0, text)] if _OURS.search(text) else []):
            yield from reader.read_block(body, text.count("\n", 0, start))
        if not reader.row:
            yield file.unreadable(1, "no claims are here", "a claim stands under its sentence: `p3s1: {...}`", 1)


@dataclass
class _BlockReader:
    """Reads the blocks of one file; *row* is the number of the last row."""

    file: ProposalFile
    row: int = 0
    source: str | None = None
    line: int = 0  # lines before the block that is read

    def __post_init__(self) -> None:
        self.stated: dict[str, MappingNode] = {}
        self.voices: list[tuple[str, Node]] = []

    def read_block(self, body: str, line: int) -> Iterator[Row]:
        """The claims of a fenced block that begins behind *line* lines of the file."""
        root, problem = self._parse(body, line)
        if root is not None:
            yield from self._read_root(root)
            return
        starts = [*_SENTENCE.finditer(body)]
        if not starts:
            yield self._fail(problem)
            return
        head, _ = self._parse(re.sub(r"^claims:[^\n]*$", "", body[: starts[0].start()], flags=re.MULTILINE), line)
        if head is not None:
            self._read_head(head)
        ends = [*(m.start() for m in starts[1:]), len(body)]
        for start, end in zip(starts, ends, strict=True):
            part = "\n".join(row.removeprefix(start[1]) for row in body[start.start() : end].split("\n"))
            one, why = self._parse(part, line + body.count("\n", 0, start.start()))
            if one is not None:
                yield from self._read_sentences(one)
            else:
                yield self._fail(why)

    def _parse(self, text: str, line: int) -> tuple[MappingNode | None, Diagnostic | None]:
        """A text of YAML that stands behind *line* lines of the file."""
        self.line = line
        document = parse_document(SourceText(self.file.name, text))
        root = document.root
        if document.diagnostics:
            return None, document.diagnostics[0]
        if root is None or isinstance(root, MappingNode):
            return root, None
        message = f"claims should be a mapping, not {describe_node(root)}"
        return None, Diagnostic(code="wrong-shape", mark=root.mark, message=message)

    def _fail(self, problem: Diagnostic | None) -> Unreadable:
        self.row += 1
        if problem is None:
            return self.file.unreadable(self.row, "nothing stands here")
        mark = self.file.mark(self.line + problem.mark.line, problem.mark.column)
        told = Diagnostic(code=problem.code, mark=mark, message=problem.message, hint=problem.hint)
        return Unreadable(row=self.row, file=self.file.name, diagnostic=told)

    # -- nodes ------------------------------------------------------------------------------------

    def _read_root(self, root: MappingNode) -> Iterator[Row]:
        self._read_head(root)
        claims = root.get("claims")
        if isinstance(claims, MappingNode):
            yield from self._read_sentences(claims)
        elif claims is not None and not (isinstance(claims, Scalar) and not claims.text):
            yield self._tell(claims.mark, f"`claims` should be a mapping, not {describe_node(claims)}")
        elif any(ADDRESS.match(key.text) for key, _ in root.entries):
            yield from self._read_sentences(root)

    def _read_head(self, root: MappingNode) -> None:
        source, voices = root.get("source"), root.get("voices")
        if isinstance(source, Scalar) and source.text:
            self.source = source.text
        if isinstance(voices, MappingNode):
            self.voices = [(key.text, node) for key, node in voices.entries]

    def _read_sentences(self, claims: MappingNode) -> Iterator[Row]:
        for key, node in claims.entries:
            address, _, digest = key.text.partition(" ")
            if not ADDRESS.fullmatch(address):
                if key.text not in {"kg", "source", "voices", "claims", "proposed", "reviewed"}:
                    yield self._tell(key.mark, f"`{key.text[:80]}` is no address of a sentence", "such as `p3s1`")
                continue
            if digest.strip() and not DIGEST.fullmatch(digest.strip()):
                yield self._tell(key.mark, f"`{digest.strip()[:80]}` is no digest of a sentence")
                continue
            if not isinstance(node, MappingNode):
                if not (isinstance(node, Scalar) and not node.text):
                    yield self._tell(node.mark, f"claims should stand under `{address}`, not {describe_node(node)}")
                continue
            said = node.get("said") or self._find_voice(address)
            for name, claim in node.entries:
                if name.text != "said":
                    yield from self._read_claim(name, claim, address, digest.strip(), said)

    def _find_voice(self, address: str) -> Node | None:
        place = address_key(address)
        for stretch, node in self.voices:
            first, _, last = stretch.partition("..")
            if ADDRESS.fullmatch(first) and address_key(first) <= place <= address_key(last or first):
                return node
        return None

    def _read_claim(self, name: Scalar, node: Node, address: str, digest: str, said: Node | None) -> Iterator[Row]:
        again = (
            node.text == "again"
            if isinstance(node, Scalar)
            else isinstance(node, MappingNode) and "again" in node.nodes
        )
        if again:
            target = node.get("again") if isinstance(node, MappingNode) else None
            stated = self.stated.get(target.text if isinstance(target, Scalar) else name.text)
            if stated is None:
                hint = "state it with `s`, `p` and `o`: the verdict says that it is the same"
                yield self._tell(name.mark, f"`{name.text}` repeats a claim that is not here", hint)
                return
            node = stated
        if not isinstance(node, MappingNode):
            yield self._tell(
                node.mark, f"the claim `{name.text}` should be `{{s:, p:, o:}}`, not {describe_node(node)}"
            )
            return
        missing = [key for key in ("s", "p", "o") if key not in node.nodes]
        if missing:
            yield self._tell(name.mark, f"the claim `{name.text}` lacks {' and '.join(f'`{key}`' for key in missing)}")
            return
        self.stated[name.text] = node
        ends = [_list_items(node.nodes[key]) for key in ("s", "o")]
        for subject, value in product(*ends):
            yield self._make_row(node, name.mark, subject, value, address, digest, said)

    def _make_row(
        self, node: MappingNode, mark: Mark, subject: Node, value: Node, address: str, digest: str, said: Node | None
    ) -> Row:
        texts: dict[str, str | None] = {}
        for key in ("p", "mode", "when", "asof", "note"):
            found = node.get(key)
            if found is not None and not isinstance(found, Scalar):
                return self._tell(found.mark, f"`{key}` should be a text, not {describe_node(found)}")
            texts[key] = found.text if found is not None else None
        if not isinstance(subject, Scalar) or not isinstance(value, Scalar | MappingNode):
            return self._tell(mark, "a subject is a name, and an object a text")
        negated = node.get("not")
        if negated is not None and not (isinstance(negated, Scalar) and negated.text in {"true", "false"}):
            return self._tell(negated.mark, "`not` should be true or false", "write `not: true`, or leave it out")
        written = {key.text: found.text if isinstance(found, Scalar) else "?" for key, found in node.entries}
        denial = find_denial(written, (*_READ, *_MORE))
        if denial is not None:
            return self._tell(mark, f"`{denial[:80]}` is not read, and may deny the claim", "a denial is `not: true`")
        more = {key: found for key in _MORE if (found := node.get(key)) is not None}
        speaker = self._read_speaker(node.get("by"), said, more)
        unread = [key.text for key, _ in node.entries if key.text not in (*_READ, *_MORE)]
        words = value
        if isinstance(value, MappingNode):
            more["o"] = value
            inner = value.get("text")
            words = inner if isinstance(inner, Scalar) else Scalar(text="?", mark=value.mark)
        self.row += 1
        return Proposal(
            row=self.row,
            file=self.file.name,
            mark=self.file.mark(self.line + mark.line, mark.column),
            subject=subject.text,
            predicate=texts["p"] or "",
            object=words.text if isinstance(words, Scalar) else "",
            document=self.source,
            sentence=address,
            digest=digest or None,
            speaker=speaker,
            mode=texts["mode"],
            when=texts["when"],
            asof=texts["asof"],
            negated=negated is not None and negated.text == "true",
            note=texts["note"],
            more=more,
            remarks=tuple(f"`{key[:80]}` is not read: {_WHY.get(key, 'no claim has it')}" for key in unread),
        )

    def _read_speaker(self, by: Node | None, said: Node | None, more: dict[str, Node]) -> str | None:
        """Who speaks: the claim's own `by`, else the sentence's voice, whose further keys go into *more*."""
        if isinstance(by, Scalar):
            return by.text
        if by is not None:
            more["by"] = by
            return None
        if isinstance(said, Scalar):
            return "source" if said.text == "source" else said.text
        if isinstance(said, MappingNode):
            for key in _SAID:
                found = said.get(key)
                if found is not None and key != "by":
                    more.setdefault(key, found)
            return self._read_speaker(said.get("by"), None, more)
        return None

    def _tell(self, mark: Mark, message: str, hint: str | None = None) -> Unreadable:
        self.row += 1
        return self.file.unreadable(self.row, message, hint, self.line + mark.line)


_WHY: Mapping[str, str] = {
    "accept": "only a curator accepts a warning",
    "decided": "only a curator decides",
    "proposed": "the import says who proposes",
    "reviewed": "nothing is reviewed before it is proposed",
}


def _list_items(node: Node) -> Sequence[Node]:
    return node.items if isinstance(node, SequenceNode) else (node,)
