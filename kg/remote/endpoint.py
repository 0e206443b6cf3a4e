"""Where a server is asked, and who asks: addresses that the user names, credentials of the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from kg.server.options import is_loopback
from kg.text.diagnostic import UsageError

USER, PASSWORD, TOKEN = "KG_ENDPOINT_USER", "KG_ENDPOINT_PASSWORD", "KG_ENDPOINT_TOKEN"

_STRANGE = re.compile(r"[\x00-\x20\x7f\\\"<>^`{|}]|[^\x00-\x7f]")


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Who asks: a name with its password, or a token. They are never shown.

    >>> Credentials(user="me", password="secret")
    Credentials()
    """

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must stand in no message."""
        return tuple(filter(None, (self.password, self.token)))


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """The addresses of a server: of its queries, and of its updates and its graph store where they are known."""

    query: str
    update: str | None = None
    gsp: str | None = None
    credentials: Credentials | None = None


def read_credentials(environment: Mapping[str, str]) -> Credentials | None:
    """The credentials in the environment; None where there are none. Raises UsageError for half of them."""
    user, password, token = (environment.get(name, "") for name in (USER, PASSWORD, TOKEN))
    for name, value in ((USER, user), (PASSWORD, password), (TOKEN, token)):
        if re.search(r"[\x00-\x1f\x7f]", value):
            raise UsageError(f"{name} holds a control character, perhaps the end of a line")
    if token:
        if user or password:
            raise UsageError(f"give {TOKEN}, or {USER} with {PASSWORD}, not both")
        if not token.isascii():
            raise UsageError(f"{TOKEN} holds other letters than ASCII")
        return Credentials(token=token)
    if bool(user) != bool(password):
        raise UsageError(f"{USER if user else PASSWORD} without {PASSWORD if user else USER}")
    if ":" in user:
        raise UsageError(f"a user's name has no colon ({USER})")
    return Credentials(user=user, password=password) if user else None


def check_url(text: str, what: str = "an endpoint") -> str:
    """The address, as it is. Raises UsageError where it is none, or holds a password.

    >>> check_url("http://127.0.0.1:8484/sparql")
    'http://127.0.0.1:8484/sparql'
    """
    if not isinstance(text, str):
        raise UsageError(f"{what} is a text, not {type(text).__name__}")
    parts = split_url(text)
    if parts is not None and "@" in parts.netloc:
        raise UsageError(f"the address of {what} holds no name and no password: {USER} and {PASSWORD} do")
    strange = _STRANGE.search(text)
    if parts is None or parts.scheme.lower() not in {"http", "https"} or not parts.hostname or strange:
        reason = f" (it holds {strange[0]!r})" if strange else ""
        raise UsageError(f"`{text[:200]}` is no address of {what}: http:// or https://, with a host{reason}")
    if parts.fragment:
        raise UsageError(f"the address of {what} has no `#`: `{text[:200]}`")
    return text


def split_url(text: str) -> SplitResult | None:
    """The parts of an address; None where it cannot be one."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts


def read_origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address.

    >>> read_origin("HTTPS://A.example/sparql")
    ('https', 'a.example', 443)
    """
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, parts.hostname or "", parts.port or (443 if scheme == "https" else 80)


def is_exposed(url: str) -> bool:
    """Whether what is sent to an address can be read on its way: it is not this machine's, and not TLS.

    >>> is_exposed("http://a.example/"), is_exposed("https://a.example/"), is_exposed("http://127.0.0.1:8484/")
    (True, False, False)
    """
    scheme, host, _ = read_origin(url)
    return scheme == "http" and not is_loopback(host)
