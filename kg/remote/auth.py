"""How a client proves who it is: Bearer, Basic and Digest (RFC 6750, 7617, 7616)."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import md5, sha256
from secrets import token_hex
from typing import Protocol

from kg.remote.endpoint import Credentials

_PART = re.compile(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))')

_NEXT_CHALLENGE = re.compile(r",\s*(?=(?:Basic|Digest|Bearer|Negotiate)\b)")


class Proof(Protocol):
    """Gives the value of the Authorization header for a request."""

    def __call__(self, method: str, target: str) -> str: ...


def prove_at_once(credentials: Credentials | None) -> Proof | None:
    """A proof that needs no question of the server: that of a token."""
    if credentials is None or not credentials.token:
        return None
    return lambda method, target: f"Bearer {credentials.token}"


def answer_challenge(credentials: Credentials, asked: str) -> Proof | None:
    """The proof that a server asks for by `WWW-Authenticate`: Digest where it is offered, else Basic; None for others.

    >>> answer_challenge(Credentials(user="me", password="p"), 'Basic realm="x"')("GET", "/")
    'Basic bWU6cA=='
    """
    offered = {text.strip().partition(" ")[0].lower(): text for text in _NEXT_CHALLENGE.split(asked)}
    if not credentials.user:
        return None
    if "digest" in offered:
        parts = {m[1].lower(): m[2] if m[2] is not None else m[3] for m in _PART.finditer(offered["digest"])}
        if parts.get("algorithm", "MD5").upper().removesuffix("-SESS") in {"MD5", "SHA-256"}:
            return _Digest(credentials, parts)
    if "basic" in offered:
        pair = b64encode(f"{credentials.user}:{credentials.password}".encode()).decode()
        return lambda method, target: f"Basic {pair}"
    return None


class _Digest:
    def __init__(self, credentials: Credentials, parts: dict[str, str]) -> None:
        self._who, self._parts = credentials, parts
        self._count = 0
        self._name = parts.get("algorithm", "MD5")
        self._make = sha256 if self._name.upper().startswith("SHA-256") else md5

    def __call__(self, method: str, target: str) -> str:
        parts, mine = self._parts, token_hex(8)
        realm, nonce = parts.get("realm", ""), parts.get("nonce", "")
        self._count += 1
        count = f"{self._count:08x}"
        secret = self._hash(f"{self._who.user}:{realm}:{self._who.password}")
        if self._name.upper().endswith("-SESS"):
            secret = self._hash(f"{secret}:{nonce}:{mine}")
        asked = self._hash(f"{method}:{target}")
        ways = [way.strip() for way in parts.get("qop", "").split(",")]
        middle = f"{nonce}:{count}:{mine}:auth" if "auth" in ways else nonce
        said = {"username": self._who.user, "realm": realm, "nonce": nonce, "uri": target,
                "response": self._hash(f"{secret}:{middle}:{asked}")}  # fmt: skip
        if "opaque" in parts:
            said["opaque"] = parts["opaque"]
        bare = {"algorithm": self._name} if "algorithm" in parts else {}
        if "auth" in ways:
            said["cnonce"] = mine
            bare |= {"qop": "auth", "nc": count}
        said["username"] = said["username"].replace("\\", r"\\").replace('"', r"\"")
        quoted = [f'{key}="{value}"' for key, value in said.items()]
        return "Digest " + ", ".join([*quoted, *(f"{key}={value}" for key, value in bare.items())])

    def _hash(self, text: str) -> str:
        return self._make(text.encode()).hexdigest()
