"""Bytes → text: the encoding that a mark, the file or the user names, or UTF-8; never a guess in silence.

Source: the names of encodings, WHATWG Encoding Standard, section 4.2.
"""

from __future__ import annotations

import codecs

from kg.evidence.documents.taken import UnreadableError, refuse
from kg.text.diagnostic import Diagnostic, SourceText, UsageError, mark_at

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_MEANT = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "iso-8859-9": "cp1254", "utf8": "utf-8", "unicode": "utf-16",
}  # fmt: skip
_LIKELY = ("cp1252", "gb18030", "big5", "cp932", "euc-jp", "cp949", "cp1251", "koi8-r", "cp1250")


def decode(raw: bytes, name: str, *, given: str | None = None, declared: str | None = None) -> tuple[str, list[str]]:
    """The text that *raw* writes, and what is to be told of how it was read.

    The user's word (*given*) goes before all; then a byte-order mark; then UTF-8, which other encodings hardly ever
    are by accident; then what the file itself has *declared*. Raises UnreadableError where none of them holds, with
    how the first doubtful line would read in likely encodings; UsageError for an encoding that there is not.
    """
    if given is not None:
        _look_up(given)
        return _decode_strictly(raw, name, given), []
    marked = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)
    if marked is not None:
        text = _decode_strictly(raw, name, marked)
        return text.removeprefix("\ufeff"), [f"read as {marked.removesuffix('-sig')}, by its mark"] * (
            "8" not in marked
        )
    if b"\0" in raw:
        hint = "is it a text? Name its encoding with --encoding, such as `utf-16-le`"
        raise refuse(name, "document-unreadable", "the file holds NUL bytes and no byte-order mark", hint)
    declared = declared.strip().lower() if declared else None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if declared is None or declared in {"utf-8", "utf8"}:
            raise _tell_not_utf8(raw, name, error.start) from None
        return _decode_declared(raw, name, declared)
    if declared not in {None, "utf-8", "utf8"} and not raw.isascii():
        return text, [f"read as utf-8, though the file says {declared}: its bytes are UTF-8"]
    return text, []


def _decode_declared(raw: bytes, name: str, declared: str) -> tuple[str, list[str]]:
    encoding = _MEANT.get(declared, declared)
    try:
        codecs.lookup(encoding)
    except (LookupError, ValueError):
        hint = "name it with --encoding"
        raise refuse(
            name, "encoding", f"the file says that its encoding is `{declared}`, which there is not", hint
        ) from None
    return _decode_strictly(raw, name, encoding), [f"read as {encoding}, as the file says"]


def _look_up(encoding: str) -> None:
    try:
        is_text = codecs.lookup(encoding)._is_text_encoding  # `hex` and `rot13` are codecs too
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise UsageError(f"no encoding `{encoding}`: such as utf-8, windows-1252, gb18030")


def _decode_strictly(raw: bytes, name: str, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"the file is not {encoding}: byte 0x{raw[error.start]:02X} at {error.start} has no meaning in it"
        raise refuse(name, "encoding", message, "name its encoding with --encoding") from None
    except UnicodeError as error:  # such as UTF-16 with half a character at its end
        raise refuse(name, "encoding", f"the file is not {encoding}: {error}", "is it whole?") from None


def _tell_not_utf8(raw: bytes, name: str, start: int) -> UnreadableError:
    """The refusal of a text by its first byte that is not UTF-8, with how its line reads in each likely encoding."""
    source = SourceText(name, raw.decode("utf-8", errors="replace"))
    before = len(raw[:start].decode("utf-8"))
    line = raw[raw.rfind(b"\n", 0, start) + 1 :].split(b"\n", 1)[0][:4000]
    at = start - raw.rfind(b"\n", 0, start) - 1
    reads = []
    for encoding in _LIKELY:
        try:
            text, head = line.decode(encoding), line[:at].decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.replace("\t", " ").rstrip("\r").isprintable():
            reads.append(f"`{text[max(0, len(head) - 12) : len(head) + 16].strip()}` in {encoding}")
    hint = "name its encoding with --encoding" + (f": that reads {', '.join(reads[:5])}" if reads else "")
    mark = mark_at(source, before, before + 1)
    message = f"byte 0x{raw[start]:02X} is not UTF-8"
    return UnreadableError(Diagnostic(code="encoding", mark=mark, message=message, hint=hint))
