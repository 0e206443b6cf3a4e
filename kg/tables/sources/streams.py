"""Files that hold packed streams one behind the other (bzip2, xz), read to their very end."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

PIECE = 1 << 16  # bytes


class Unpacker(Protocol):
    """What unpacks one stream, as the standard library has it."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class PackedStreams(io.RawIOBase):
    """The bytes of all streams of a file; between and behind them there may be zeros.

    The standard library's readers end without a word where what follows a stream is none, as one is whose first bytes
    are damaged. Here that is an error of the *unpacker* (OSError, LZMAError), and a stream that breaks off an EOFError.

    >>> import bz2, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.bz2"
    >>> _ = path.write_bytes(bz2.compress(b"a") + bz2.compress(b"b") + bytes(512))
    >>> PackedStreams(path, bz2.BZ2Decompressor).read()
    b'ab'
    """

    def __init__(self, path: Path, unpacker: Callable[[], Unpacker]) -> None:
        super().__init__()
        self._file, self._begin = path.open("rb"), unpacker
        self._stream = unpacker()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self._unpack(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def _unpack(self, most: int) -> bytes:
        found = b""
        while not found:
            if not self._stream.eof:
                piece = self._file.read(PIECE) if self._stream.needs_input else b""
                if not piece and self._stream.needs_input:
                    raise EOFError("Compressed file ended before the end-of-stream marker was reached")
                found = self._stream.decompress(piece, most)
                continue
            rest = self._stream.unused_data.lstrip(b"\0")
            while not rest and (piece := self._file.read(PIECE)):
                rest = piece.lstrip(b"\0")
            if not rest:
                return b""
            self._stream = self._begin()
            found = self._stream.decompress(rest, most)
        return found

    def close(self) -> None:
        self._file.close()
        super().close()
