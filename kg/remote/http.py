"""Requests to a server that is not trusted: bounded in time and size, repeated where that is safe, told in one line.

It is the standard library's client. It follows no redirect, reads no proxy and no password file of itself, and gives
the connection away, so that each bound is ours.
"""

from __future__ import annotations

import http.client
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from kg.remote.auth import Proof, answer_challenge, prove_at_once
from kg.remote.endpoint import PASSWORD, TOKEN, USER, Credentials, read_origin
from kg.remote.words import show_body, show_url
from kg.text.diagnostic import KgError

_PIECE = 1 << 16
_AGAIN = frozenset({429, 502, 503, 504})
_QUICK = 3.0  # seconds: a 503 after a longer time tells of a request that is too hard, and would be so again
_HOPS = 5
_LONGEST_WAIT = 30.0  # seconds that a server may have us wait (Retry-After)
_LONGEST_TIME = 1_000_000.0


class RemoteError(KgError):
    """A server that could not be asked, or whose answer is of no use; *status* is that of HTTP where it gave one."""

    def __init__(self, message: str, *, status: int = 0, passing: bool = False, wait: float = 0.0) -> None:
        super().__init__(message)
        self.status, self.passing, self.wait = status, passing, wait


class LimitError(RemoteError):
    """An answer that did not keep the time or the size that was set for it."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a request may take: *seconds* for all of it, *size* in bytes of its answer; *retries* after a failure."""

    seconds: float = 60.0
    size: int = 1 << 28
    retries: int = 3
    pause: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Response:
    """What a server answered, whole. *told_end*: whether HTTP said how long it is; else only its text can tell."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    told_end: bool

    @property
    def media(self) -> str:
        """The media type, without its parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(kw_only=True)
class Client:
    """Asks servers under *bounds*; *sleep* is for the pauses between tries."""

    bounds: Bounds = Bounds()
    credentials: Credentials | None = None
    sleep: Callable[[float], None] = time.sleep
    _proofs: dict[tuple[str, str, int], Proof] = field(default_factory=dict, repr=False)

    def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, *, safe: bool
    ) -> Response:
        """The answer to a request, whatever its status below 400, and 404.

        Where it is *safe* to repeat it, it is repeated after failures that may pass, each time after a longer pause.
        All tries together keep the time. Raises RemoteError; LimitError where a bound is not kept.
        """
        end = time.monotonic() + min(self.bounds.seconds, _LONGEST_TIME)
        tries = 0
        while True:
            try:
                return self._follow(method, url, headers, body, end)
            except RemoteError as error:
                if not (safe and error.passing) or tries >= self.bounds.retries:
                    raise _say_tries(error, tries) from None
                pause = self.bounds.pause * 2**tries * random.uniform(0.75, 1.25)  # so that clients part
                pause = max(pause, min(error.wait, _LONGEST_WAIT))
                if time.monotonic() + pause >= end:
                    raise _say_tries(error, tries) from None
                tries += 1
                self.sleep(pause)

    def _follow(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, end: float) -> Response:
        """The answer, at the end of redirects on the same server."""
        for _ in range(_HOPS):
            answer = self._prove(method, url, headers, body, end)
            if answer.status not in {301, 302, 303, 307, 308}:
                return answer
            url = self._check_redirect(method, url, answer)
        raise RemoteError(f"{show_url(url)} leads from one address to the next without an end")

    def _check_redirect(self, method: str, url: str, answer: Response) -> str:
        to = urljoin(url, answer.headers.get("location", ""))
        (scheme, host, port), (new_scheme, new_host, new_port) = read_origin(url), read_origin(to)
        same = (scheme, host, port) == (new_scheme, new_host, new_port)
        safer = host == new_host and (scheme, port, new_scheme, new_port) == ("http", 80, "https", 443)
        if not same and not safer:
            words = "; it is not followed to another server: name that one if you trust it"
            raise RemoteError(f"{show_url(url)} leads to {show_url(to)}{words}", status=answer.status)
        if answer.status in {301, 302, 303} and method not in {"GET", "HEAD"}:
            raise RemoteError(f"{show_url(url)} has moved to {show_url(to)}: name that", status=answer.status)
        return to

    def _prove(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, end: float) -> Response:
        """The answer, after the server's question for credentials where it asks."""
        origin = read_origin(url)
        proof = self._proofs.get(origin) or prove_at_once(self.credentials)
        answer = self._send(method, url, headers, body, end, proof)
        asked = answer.headers.get("www-authenticate", "")
        if answer.status == 401 and self.credentials is not None and asked:
            proof = answer_challenge(self.credentials, asked)
            if proof is not None:
                self._proofs[origin] = proof
                answer = self._send(method, url, headers, body, end, proof)
        self._check_status(answer)
        return answer

    def _check_status(self, answer: Response) -> None:
        status, where = answer.status, show_url(answer.url)
        if status < 400 or status == 404:
            return
        said = show_body(answer.body, answer.media, self._secrets)
        if status == 401:
            hint = f"{USER} and {PASSWORD}, or {TOKEN}"
            words = f"asks for credentials ({hint})" if self.credentials is None else "does not take the credentials"
            raise RemoteError(f"{where} {words}", status=status)
        wait = answer.headers.get("retry-after", "")
        raise RemoteError(
            f"{where} answers {status} {http.client.responses.get(status, '')}".rstrip()
            + (f": {said}" if said else ""),
            status=status, passing=status in _AGAIN, wait=float(wait) if wait.isdecimal() and len(wait) < 9 else 0.0,
        )  # fmt: skip

    @property
    def _secrets(self) -> tuple[str, ...]:
        return () if self.credentials is None else self.credentials.secrets

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, end: float, proof: Proof | None
    ) -> Response:
        """One request on a connection of its own, and its answer read to the end."""
        begun = time.monotonic()
        scheme, host, port = read_origin(url)
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"Accept-Encoding": "identity", "User-Agent": "kg", "Connection": "close", **headers}
        if proof is not None:
            sent["Authorization"] = proof(method, target)
        where = show_url(url)
        left = end - begun
        if left <= 0:
            raise self._tell_late(where)
        kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        connection = kind(host, port, timeout=left)
        watch = _Deadline(left)
        response: http.client.HTTPResponse | None = None
        try:
            connection.connect()
            watch.link = connection.sock  # the response takes it away from the connection
            # a server that refuses a body may answer before it has read it
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, target, body, sent)
            response = connection.getresponse()
            answer = self._read(url, response)
            if watch.cut:  # the client takes the end of a connection for the end of headers
                raise self._tell_late(where)
            if answer.status == 503 and time.monotonic() - begun > _QUICK and "retry-after" not in answer.headers:
                said = show_body(answer.body, answer.media, self._secrets)
                raise RemoteError(f"{where} answers 503 Service Unavailable: {said}", status=503)
            return answer
        except RemoteError:
            if watch.cut:
                raise self._tell_late(where) from None
            raise
        except Exception as error:
            if watch.cut or isinstance(error, TimeoutError):
                raise self._tell_late(where) from None
            raise _explain(error, where, host) from None
        finally:
            watch.timer.cancel()
            if response is not None:
                response.close()
            connection.close()

    def _tell_late(self, where: str) -> LimitError:
        return LimitError(f"{where} has given no whole answer in {self.bounds.seconds:g} s")

    def _read(self, url: str, response: http.client.HTTPResponse) -> Response:
        headers: dict[str, str] = {}
        for name, value in response.getheaders():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        told_end = response.chunked or response.length is not None
        packing = headers.get("content-encoding", "identity").lower()
        if packing not in {"", "identity"}:
            raise RemoteError(f"{show_url(url)} packs its answer ({packing[:20]}), which it was not asked for")
        parts: list[bytes] = []
        size = 0
        most = self.bounds.size if response.status < 400 else _PIECE
        while part := response.read(_PIECE):
            parts.append(part)
            size += len(part)
            if size > most:
                if response.status >= 400:
                    break
                raise LimitError(f"{show_url(url)} answers more than {most:,} bytes: ask for less, or allow more")
        if response.length and response.status < 400:  # what HTTP said would come
            raise _tell_cut(show_url(url), f"{size:,} of {size + response.length:,} bytes")
        return Response(url=url, status=response.status, headers=headers, body=b"".join(parts), told_end=told_end)


def _tell_cut(where: str, how: str) -> RemoteError:
    return RemoteError(f"the answer of {where} is cut off: {how}", passing=True)


def _say_tries(error: RemoteError, tries: int) -> RemoteError:
    if not tries:
        return error
    again = type(error)(f"{error} (tried {tries + 1} times)", status=error.status)
    again.passing = error.passing
    return again


class _Deadline:
    """Ends a connection that takes too long, wherever it hangs."""

    def __init__(self, seconds: float) -> None:
        self.cut = False
        self.link: socket.socket | None = None
        self.timer = threading.Timer(seconds, self._end)
        self.timer.daemon = True
        self.timer.start()

    def _end(self) -> None:
        self.cut = True
        if self.link is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.link, socket.SHUT_RDWR)  # that of TLS would speak first


def _explain(error: Exception, where: str, host: str) -> RemoteError:
    """What went wrong between us and a server, in one line."""
    if isinstance(error, ssl.SSLCertVerificationError):
        words = error.verify_message or "it cannot be verified"
        return RemoteError(f"the certificate of {host} is not trusted: {words} (SSL_CERT_FILE names authorities)")
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or "it failed").replace("_", " ").lower()
        hint = "; is it http:// there?" if "wrong version" in reason or "record" in reason else ""
        return RemoteError(f"no TLS with {where}: {reason}{hint}")
    if isinstance(error, socket.gaierror):
        return RemoteError(f"there is no host `{host[:100]}`: {error.strerror or error}")
    if isinstance(error, http.client.IncompleteRead):
        return _tell_cut(where, "its last part is missing")
    if isinstance(error, http.client.RemoteDisconnected):
        return RemoteError(f"{where} closes the connection without an answer", passing=True)
    if isinstance(error, http.client.HTTPException | ValueError):
        said = show_body(str(error).encode("utf-8", "replace"), "")
        return RemoteError(f"{where} does not speak HTTP: {said or type(error).__name__}")
    if isinstance(error, ConnectionError):
        return RemoteError(f"{where} cannot be reached: {error.strerror or 'the connection was broken'}", passing=True)
    if isinstance(error, OSError):
        return RemoteError(f"{where} cannot be reached: {error.strerror or error}", passing=True)
    raise error
