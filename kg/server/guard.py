"""Who may ask what: the name of the server, pages of other sites, and the token of who changes something."""

from __future__ import annotations

import os
from hmac import compare_digest

from kg.server.http import Headers, HttpError, Request
from kg.server.options import Options, is_own_host

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}


def check_host(request: Request, options: Options) -> None:
    """Raises HttpError where the request is for another server."""
    host = request.header("host")
    if not host and request.version == "1.0":  # it need not name one, and no browser speaks it
        return
    if not is_own_host(host, options):
        reason = f"this server is not called `{host[:100]}`" if host else "the request names no host"
        raise HttpError(421 if host else 400, f"{reason}; --allow-host NAME gives it another name")


def make_headers(request: Request, options: Options) -> Headers:
    """The headers of every answer to a request."""
    headers = dict(_ALWAYS)
    vary = "Accept, Accept-Encoding"
    origin = request.header("origin")
    if options.cors:
        vary += ", Origin"
        if origin and _is_welcome(origin, options):
            headers["access-control-allow-origin"] = "*" if "*" in options.cors else origin
            headers["access-control-expose-headers"] = "ETag, Location"
    else:
        headers["cross-origin-resource-policy"] = "same-origin"
    return headers | {"vary": vary}


def make_preflight(request: Request, options: Options) -> Headers:
    """What a browser is told before it asks for a page of another site."""
    origin = request.header("origin")
    if not (origin and options.cors and _is_welcome(origin, options)):
        return {}
    return {
        "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers": "Accept, Authorization, Content-Type, If-Match, If-None-Match",
        "access-control-max-age": "600",
    }


def may_change(request: Request, options: Options) -> bool:
    """Whether a request may change something."""
    try:
        check_change(request, options)
    except HttpError:
        return False
    return True


def _is_welcome(origin: str, options: Options) -> bool:
    return "*" in options.cors or origin in options.cors


def check_change(request: Request, options: Options) -> None:
    """Raises HttpError where a request may change nothing.

    A browser sends a form to any address on behalf of any page, also to this machine: it says so by Origin.
    """
    if not options.write:
        raise HttpError(403, "this server changes nothing (it was started without --write)")
    origin = request.header("origin")
    if not (
        origin and options.token is not None and _is_welcome(origin, options)
    ):  # without a token, any page would do
        _check_origin(request)
    if options.token is not None:
        _check_token(request, options.token)


def check_editor(request: Request, token: str) -> None:
    """Raises HttpError where a request may not use the workbench: that of another page, or without the token."""
    _check_origin(request)
    _check_token(request, token)


def _check_origin(request: Request) -> None:
    origin = request.header("origin")
    if origin and origin.partition("://")[2] != request.header("host"):
        raise HttpError(403, f"pages of {origin[:100]} may change nothing here")
    if request.header("sec-fetch-site") in {"cross-site", "same-site"} and not origin:
        raise HttpError(403, "pages of other sites may change nothing here")


def _check_token(request: Request, token: str) -> None:
    scheme, _, given = request.header("authorization").partition(" ")
    wanted = os.fsencode(token)  # what the environment holds may be no UTF-8
    if scheme.lower() != "bearer" or not compare_digest(given.strip().encode("latin-1"), wanted):
        raise HttpError(
            401, "a change needs the token: `Authorization: Bearer TOKEN`", www_authenticate='Bearer realm="kg"'
        )
