"""The data of a server: who is asked for it, and how what they tell becomes an answer of HTTP."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from kg.server.about import About
from kg.server.cache import AnswerCache, CachedAnswer
from kg.server.condition import ANY, Condition, pack_tag, wants_absence
from kg.server.explore.told import Told, read_told
from kg.server.http import BrokenOffError, GoneError, Headers, HttpError, Reply, Request
from kg.server.names.names import MOST_NAMES
from kg.server.options import Options
from kg.server.processes.forker import Forker
from kg.server.processes.indexer import AGAIN, Indexer
from kg.server.processes.namer import NameMatcher
from kg.server.processes.pool import Pool
from kg.server.processes.process import PoolBusyError, Process, ProcessSettings
from kg.server.processes.writer import ToldError, Writer, cut, read_refusal
from kg.system.worker.limits import Stop, StoppedError

_SMALL = 1 << 17  # bytes of an answer that is held until it is whole, so that its length can be told
_CACHE = 32 << 20  # bytes of answers that are kept
_WORDY = frozenset({"look_at", "list_terms", "suggest", "list_classes"})  # acts that need the words of the store
_STATUS = {"absent": 404, "media": 415, "unacceptable": 406, "unfit": 406, "elsewhere": 422, "unable": 503,
           "condition": 412}  # fmt: skip


class UnreadError(HttpError):
    """The names of the store are too many for memory, and their files are not there: the *state* of these."""

    def __init__(self, state: str, detail: str = "", **headers: str) -> None:
        super().__init__(503, f"there are more than {MOST_NAMES:,} names, and {state}", detail, **headers)


class Data:
    """The store of a server, through its processes; *copies* is where copies of a store that changes go.

    *room* gives a folder for the files of very many names; without it they are put beside the store.
    """

    def __init__(
        self, folder: Path, about: About, options: Options, *, copies: Path | None = None,
        room: Callable[[], Path] | None = None,
    ) -> None:  # fmt: skip
        self.about, self.options = about, options
        settings = ProcessSettings(
            folder=folder, memory=options.memory, allowed=options.allowed, prefixes=about.prefixes
        )  # fmt: skip
        self.forker = Forker()
        start = self.forker.start
        self.pool = Pool(settings, start, most=options.workers, waiting=options.waiting, patience=options.patience)
        self.writer: Writer | None = None
        self.namer = NameMatcher(start, seconds=options.seconds)
        self.indexer = Indexer(start, lambda store: room() if room is not None else store.parent)
        if copies is not None:
            self.writer = Writer(settings, start, copies, seconds=options.seconds)
            self.writer.in_use = self.in_use
        self.cache = AnswerCache(_CACHE)
        self._swaps = 0
        self._beginning: asyncio.Task[None] | None = None
        self._known: dict[tuple[object, ...], Any] = {}  # what was looked up of the store as it is
        self._known_of = -1  # for which version
        self._mark = secrets.token_hex(8)

    async def start(self) -> None:
        """Have a process ready. Raises StoppedError or OSError where the store cannot be opened."""
        await self._refresh()
        await self.pool.start()
        if self.writer is None:
            self._beginning = asyncio.get_running_loop().create_task(self._begin_files())

    async def _begin_files(self) -> None:
        """Have the files of the names made before anybody needs them, where there are so many."""
        with suppress(HttpError):
            await self.find_files()

    async def close(self) -> None:
        """End all processes, and wait until they have ended."""
        if self._beginning is not None:
            self._beginning.cancel()
        await self.indexer.close()
        await self.pool.close()
        await self.namer.close()
        if self.writer is not None:
            await self.writer.close()
        self.forker.close()

    def in_use(self) -> set[Path]:
        """The folders that are read at this moment."""
        named = self.namer.folder
        return self.pool.in_use() | self.indexer.reads | ({named} if named is not None else set())

    async def _refresh(self) -> None:
        if self.writer is not None:
            folder = await self.writer.look()
            if folder != self.pool.settings.folder:
                self.pool.settings = replace(self.pool.settings, folder=folder)

    @property
    def is_fresh(self) -> bool:
        """Whether processes may be asked at once: no change waits to be shown."""
        return self.writer is None or self.writer.is_shown

    @property
    def told(self) -> Told:
        """What the project tells beside its graph; nothing where a store is served."""
        return read_told(self.pool.settings.folder.parent) if self.about.told else Told()

    @property
    def version(self) -> int:
        """A number that is another after each change."""
        return self.writer.version if self.writer is not None else self._swaps

    def describe(self, about: About) -> None:
        """Know what the data are, before they are asked for."""
        self.about = about
        self.pool.settings = replace(self.pool.settings, prefixes=about.prefixes)

    def swap(self, folder: Path, about: About) -> None:
        """Serve another store from the next request on."""
        self.about = about
        self.pool.settings = replace(self.pool.settings, folder=folder, prefixes=about.prefixes)
        self._swaps += 1

    def tag(self, *parts: object, exact: bool = False) -> str:
        """The entity tag of what is made of these parts and of the data as they are.

        It is a weak one unless it is *exact*: rows may come in another order each time.
        """
        version = self.version
        return ("" if exact else "W/") + f'"{sha256(repr((self._mark, version, *parts)).encode()).hexdigest()[:24]}"'

    # ---- changes

    async def change(
        self, kind: bytes, request: dict[str, Any], content: bytes = b"", *, only: Condition = ANY
    ) -> dict[str, Any]:
        """Carry out a change, *only* under a condition; gives what is told of it. Raises HttpError."""
        assert self.writer is not None
        try:
            told = request | {"exists": only.exists}
            return await self.writer.change(kind, told, cut(content), version=only.version)
        except (ToldError, StoppedError, PoolBusyError, OSError) as error:
            raise self.explain(error, ": nothing was changed") from None

    # ---- answers

    async def find_files(self) -> tuple[ProcessSettings, Path | None]:
        """The store as it is, and the files of its names; None where these are few enough for memory.

        Where the files are not there, they are begun. Raises UnreadError then, and HttpError.
        """
        many = await self.look_once("has_many_names")
        settings = self.pool.settings
        files = self.indexer.find(settings, union=self.about.union) if many else None
        if not many or files is not None:
            return settings, files
        failure = self.indexer.tell_failure(settings.folder)
        if failure is None:
            raise UnreadError("they are still being read; try again later", retry_after="10")
        told = self.explain(failure)
        raise UnreadError(f"they could not be read: {told}", told.detail, retry_after=str(AGAIN))

    async def match(self, act: str, space: str, *given: object) -> Any:
        """What the `Matcher` of names answers to an act; *space* begins the IRIs of things. Raises HttpError."""

        async def prepare() -> tuple[ProcessSettings, dict[str, Any]]:
            settings, files = await self.find_files()
            return settings, {
                "act": act, "with": given, "space": space, "language": self.about.language,
                "files": str(files) if files is not None else None,
            }  # fmt: skip

        try:
            return await self.namer.ask(prepare)
        except (ToldError, StoppedError, PoolBusyError, OSError) as error:
            raise self.explain(error) from None

    async def collect(self, query: str, most: int = 1_000) -> list[dict[str, dict[str, str]]]:
        """The rows of a query of our own, as SPARQL's JSON has them. Raises HttpError."""
        payload = self.write_query(query, rows="json") | {"most_rows": most}
        _, parts = await self._exchange(b"Q", payload)
        found = json.loads(b"".join(parts))
        if "boolean" in found:
            return [{}] if found["boolean"] else []
        rows: list[dict[str, dict[str, str]]] = found["results"]["bindings"]
        return rows

    async def _exchange(self, kind: bytes, payload: dict[str, Any]) -> tuple[bytes, list[bytes]]:
        """The last frame and the pieces that a process answers with. Raises HttpError."""
        parts: list[bytes] = []
        try:
            async with asyncio.timeout(self.options.seconds):
                await self._refresh()
                async with self.pool.lease() as process:
                    process.ask(kind, payload)
                    while (frame := await process.read())[0] not in {b"e", b"x"}:
                        parts += [frame[1]] if frame[0] == b"d" else []
                        if frame[0] == b"w":
                            return b"", [frame[1][2:]]
        except (StoppedError, PoolBusyError, TimeoutError, OSError, ToldError) as error:
            raise self.explain(error) from None
        if frame[0] == b"x":
            raise self.explain(read_refusal(frame[1]))
        return frame[1], parts

    async def look(self, act: str, *given: object, language: str | None = None) -> Any:
        """What `kg.server.explore.look.Looker` answers to an act, for readers of a language. Raises HttpError."""
        words = await self.look_once("find_words") if act in _WORDY else None
        asked = {
            "act": act, "with": given, "language": language or self.about.language, "union": self.about.union,
            "words": words,
        }  # fmt: skip
        answer, _ = await self._exchange(b"E", asked)
        return json.loads(answer)["answer"]

    async def look_once(self, act: str, *given: object, language: str | None = None) -> Any:
        """The answer to an act that is true of the whole store, looked up once after each change. Raises HttpError."""
        version = self.version
        if self._known_of != version:
            self._known, self._known_of = {}, version
        key = (act, language, *given)
        if key not in self._known:
            answer = await self.look(act, *given, language=language)
            if self._known_of == version:
                self._known[key] = answer
            return answer
        return self._known[key]

    async def begin(self, query: str, base: str, *, language: str) -> Any:
        """The first rows of a query, as `kg.server.explore.begun` tells them. Raises HttpError."""
        asked = self.write_query(query) | {"base": base, "language": language}
        answer, _ = await self._exchange(b"F", asked | {"union": self.about.union})
        return json.loads(answer)["answer"]

    def write_query(self, query: str, *, rows: str | None = None, graph: str | None = None) -> dict[str, Any]:
        """What a process is told of a query."""
        return {
            "query": query, "base": None, "default": None, "named": None, "rows": rows, "graph": graph,
            "gzip": False, "most_rows": self.options.rows, "most_bytes": self.options.size,
        }  # fmt: skip

    async def answer(
        self, request: Request, reply: Reply, kind: bytes, payload: dict[str, Any], media: dict[bool, str | None],
        headers: Headers, keep: Hashable = None,
    ) -> None:  # fmt: skip
        """Ask a process, and pass its answer on as it comes; *media* is the type of rows (False) and of graphs (True).

        A small one is kept by *keep*.

        Raises HttpError while nothing has been sent, BrokenOffError after that, GoneError when nobody waits any more.
        """
        kept: CachedAnswer | None = None
        refusal: ToldError | None = None
        watch = _LeaveWatch(request, self.options.patience)
        begun, request.begun = request.begun, None
        since = begun.since if begun is not None else asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(since + self.options.seconds):
                if begun is None:
                    await self._refresh()
                async with self.pool.lease(begun) as process:
                    if begun is None:
                        process.ask(kind, payload)
                    try:
                        kept = await self._pass_on(process, request, reply, media, headers)
                    except ToldError as error:  # the process is as good as before
                        refusal = error
            if refusal is not None:
                raise refusal
            if keep is not None and kept is not None:
                self.cache.put(keep, kept)
        except (ToldError, StoppedError, PoolBusyError, TimeoutError, OSError) as error:
            if reply.begun:
                raise BrokenOffError(str(self.explain(error))) from None
            raise self.explain(error) from None
        except asyncio.CancelledError:
            if watch.gone:
                current = asyncio.current_task()
                if current is not None:
                    current.uncancel()
                raise GoneError from None
            raise
        finally:
            watch.stop()

    async def _pass_on(
        self, process: Process, request: Request, reply: Reply, media: dict[bool, str | None], headers: Headers
    ) -> CachedAnswer | None:
        kind, content = await process.read()
        if kind == b"x":
            raise read_refusal(content)
        headers = label_answer(content[:2], media, headers)
        if "etag" in headers and wants_absence(request):  # it is there: `If-None-Match: *` does not hold
            while kind not in {b"w", b"e", b"x"}:
                kind, _ = await process.read()
            await reply.give(304, b"", {"etag": headers["etag"]})
            return None
        if kind == b"w":
            kept = CachedAnswer(headers=headers, body=content[2:])
            await reply.give(200, kept.body, headers)
            return kept
        held: list[bytes] = []
        size = 0
        most = None if request.version == "1.0" else _SMALL  # its end is the end of the connection: it must be whole
        while True:
            kind, content = await process.read()
            if kind == b"x":
                raise read_refusal(content)
            if kind == b"e":
                if reply.begun:
                    await reply.end(b"".join(held))
                    return None
                kept = CachedAnswer(headers=headers, body=b"".join(held))
                await reply.give(200, kept.body, headers)
                return kept
            held.append(content)
            size += len(content)
            if reply.begun or (most is not None and size > most):
                if not reply.begun:
                    await reply.begin(200, headers)
                await reply.write(b"".join(held))
                held.clear()

    def explain(self, error: Exception, effect: str = "") -> HttpError:
        """The refusal for what went wrong: 400 where the question is at fault, 503 where it could not be answered.

        Where the disk is full, with the *effect* of that.
        """
        limits = self.options
        if isinstance(error, HttpError):
            return error
        if isinstance(error, ToldError):
            words = {
                "rows": f"the answer has more than {limits.rows:,} rows; ask for less (LIMIT)",
                "size": f"the answer has more than {limits.size:,} bytes; ask for less (LIMIT)",
                "unacceptable": "there is no format for this answer that the request accepts",
            }
            if error.kind == "failed":
                return _explain_failure(str(error), effect)
            return HttpError(_STATUS.get(error.kind, 400), words.get(error.kind, str(error)))
        if isinstance(error, TimeoutError) or (isinstance(error, StoppedError) and error.stop is Stop.TIME):
            return HttpError(503, f"stopped: no whole answer after {limits.seconds:g} s")
        if isinstance(error, PoolBusyError):
            return HttpError(503, str(error) or "too many requests wait already; try again later", retry_after="1")
        if isinstance(error, StoppedError) and error.stop is Stop.MEMORY:
            return HttpError(503, "stopped: it needs more memory than there is for it")
        if isinstance(error, StoppedError):
            how = str(error)
            if "Error" in how:
                return _explain_failure(how, effect)
            return HttpError(503, f"the process that ran it ended ({how})")
        return _explain_failure(str(error), effect)


def label_answer(letters: bytes, media: dict[bool, str | None], headers: Headers) -> Headers:
    """The headers of an answer that begins with these letters (`kg.server.answer.Stream`)."""
    headers = headers | {"content-type": str(media[letters[:1] == b"g"])}
    if letters[1:] == b"z":
        headers["content-encoding"] = "gzip"
        if "etag" in headers:
            headers["etag"] = pack_tag(headers["etag"])
    return headers


def _explain_failure(words: str, effect: str) -> HttpError:
    """The refusal for what the system did not let a process do; the words of the system may name files."""
    if "No space left" in words:
        return HttpError(503, f"the disk is full{effect}", words)
    return HttpError(503, "the store cannot be read or written now", words)


class _LeaveWatch:
    """Looks, after a while, whether who asked has gone; then the task that answers is cancelled."""

    def __init__(self, request: Request, patience: float) -> None:
        self.gone = False
        self._request = request
        self._task = asyncio.current_task()
        self._looking: asyncio.Task[None] | None = None
        loop = asyncio.get_running_loop()
        self._later = loop.call_later(patience, self._look)

    def _look(self) -> None:
        async def look() -> None:
            await self._request.wait_gone()
            self.gone = True
            if self._task is not None:
                self._task.cancel()

        self._looking = asyncio.get_running_loop().create_task(look())

    def stop(self) -> None:
        self._later.cancel()
        if self._looking is not None:
            self._looking.cancel()
