"""Packages of extras: what is told where one is needed and not installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from kg.text.diagnostic import KgError

EXTRAS = {
    "adbc_driver_manager": ("adbc-driver-manager", "tables"),
    "adbc_driver_postgresql": ("adbc-driver-postgresql", "tables"),
    "adbc_driver_sqlite": ("adbc-driver-sqlite", "tables"),
    "jsonpath_rfc9535": ("jsonpath-rfc9535", "tables"),
    "lxml": ("lxml", "tables"),
    "pyarrow": ("pyarrow", "tables"),
    "pymysql": ("pymysql", "tables"),
    "python_calamine": ("python-calamine", "tables"),
    "zstandard": ("zstandard", "tables"),
}
"""The package and its extra (`pyproject.toml`), by the name that is imported."""


def tell_missing_package(what: str, error: ModuleNotFoundError) -> str | None:
    """Words for a package that is not installed: *what* needs it, and how it is had; None for one of no extra.

    >>> tell_missing_package("`p.xml`", ModuleNotFoundError("No module named 'lxml'", name="lxml"))
    "`p.xml` needs the package lxml: pip install 'kg-claims[tables]'"
    """
    found = EXTRAS.get((error.name or "").partition(".")[0])
    return _word(what, *found) if found else None


def _word(what: str, package: str, extra: str) -> str:
    return f"{what} needs the package {package}: pip install 'kg-claims[{extra}]'"


def need_package(what: str, package: str, extra: str) -> None:
    """Nothing. Raises KgError where a package of an extra that *what* needs is not installed; it is not imported.

    >>> need_package("the page", "no_such_package", "tables")
    Traceback (most recent call last):
    kg.text.diagnostic.KgError: the page needs the package no_such_package: pip install 'kg-claims[tables]'
    """
    if importlib.util.find_spec(package) is None:
        raise KgError(_word(what, package, extra))


@contextmanager
def name_missing_package(what: str) -> Iterator[None]:
    """Where the block imports a package of an extra that is not installed, raise KgError in those words."""
    try:
        yield
    except ModuleNotFoundError as error:
        told = tell_missing_package(what, error)
        if told is None:
            raise
        raise KgError(told) from error
