"""Encoding, escaping, labels and canonical doubles in SQL, against plain Python over every code point."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from encoding import encode_iri_part
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.tables.engine.connection import Connection
from kg.tables.engine.macros import MACROS, encode_label, escape_literal, find_macros, is_unreserved


@cache
def list_all() -> list[str]:
    """All code points, but for those of surrogates."""
    return [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]


@pytest.fixture(scope="module")
def database() -> Iterator[Connection]:
    with Connection() as connection:
        yield connection


def apply(database: Any, macro: str, values: list[str]) -> list[str]:
    import pyarrow as pa

    database.register("given_values", pa.table({"v": pa.array(values, type=pa.string())}))
    found = database.execute(f"SELECT {macro}(v) FROM given_values").fetchall()
    database.unregister("given_values")
    return [row[0] for row in found]


@pytest.mark.parametrize(
    ("macro", "oracle"),
    [
        ("kg_escape", escape_literal),
        pytest.param("kg_iri", encode_iri_part, marks=pytest.mark.thorough),
        pytest.param("kg_label", encode_label, marks=pytest.mark.thorough),
    ],
)
def test_every_code_point(database: Any, macro: str, oracle: Any) -> None:
    made = apply(database, macro, list_all())
    wrong = [(hex(ord(c)), m, oracle(c)) for c, m in zip(list_all(), made, strict=True) if m != oracle(c)]
    assert wrong == []


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_texts(database: Any, text: str) -> None:
    for macro, oracle in (("kg_iri", encode_iri_part), ("kg_escape", escape_literal), ("kg_label", encode_label)):
        assert database.execute(f"SELECT {macro}(?)", [text]).fetchall() == [(oracle(text),)]


def test_unreserved_are_those_of_rfc_3987() -> None:
    assert all(is_unreserved(c) for c in "azAZ09-._~\u00a0é\ud7ff\uf900\ufdcf\ufdf0\uffef\U00010000\U000efffd")
    assert not any(is_unreserved(c) for c in " /?#[]@!$&'()*+,;=%\x7f\x80\x9f\ue000\ufdd0\ufffe\U0001fffe\U000f0000")


def test_a_form_names_its_value_once() -> None:
    """A macro writes its argument wherever it names it: a form of a number took 0.2 s to plan, for rows however few."""
    with Connection() as connection:
        connection.execute("PRAGMA explain_output='all'")

        def measure(value: str) -> int:
            return len(str(connection.execute(f"EXPLAIN SELECT {value} FROM range(2) r(i)").fetchall()))

        assert measure("kg_form(kg_form(i::VARCHAR))") < 4 * measure("kg_form(i::VARCHAR)")


@pytest.mark.parametrize("name", MACROS)
def test_each_macro_can_be_the_first(name: str) -> None:
    parameters = MACROS[name].split(")")[0].count(",") + 1
    with Connection() as connection:
        assert len(connection.execute(f"SELECT {name}({', '.join(['NULL'] * parameters)})").fetchall()) == 1
        made = connection.execute(
            "SELECT function_name FROM duckdb_functions() WHERE function_name LIKE 'kg_%'"
        ).fetchall()
        assert {each for (each,) in made} == set(find_macros(f"{name}("))


def test_labels_do_not_collide() -> None:
    assert len({encode_label(t) for t in ("a b", "a_20b", "a_b", "a-b", "a.b", "a~b")}) == 6


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("30", "3.0E1"), ("30.0", "3.0E1"), ("80.25", "8.025E1"), ("0", "0.0E0"), ("-0.0", "-0.0E0"),
        ("0.00123", "1.23E-3"), ("1e20", "1.0E20"), ("1.5e-07", "1.5E-7"), ("-12345.678", "-1.2345678E4"),
        ("nan", "NaN"), ("inf", "INF"), ("-inf", "-INF"), ("100000", "1.0E5"), ("1e3", "1.0E3"),
    ],
)  # fmt: skip
def test_canonical_double(database: Any, text: str, canonical: str) -> None:
    assert apply(database, "kg_double", [text]) == [canonical]


@settings(max_examples=300, deadline=None)
@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_canonical_double_keeps_the_value(database: Any, value: float) -> None:
    ((made,),) = database.execute("SELECT kg_double(?::DOUBLE::VARCHAR)", [value]).fetchall()
    assert float(made) == value
    assert math.copysign(1, float(made)) == math.copysign(1, value)
