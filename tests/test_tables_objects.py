"""Columns of pandas that hold objects: each value has the type of its own, wherever it stands."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

pd = pytest.importorskip("pandas")
np = pytest.importorskip("numpy")

from kg.tables.frames import MappingError, map_frames  # noqa: E402
from kg.tables.sources.objects import write_objects  # noqa: E402

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @base <http://e.org/> .
<#m> rml:logicalSource [ rml:source "{t}" %s ]; rml:subjectMap [ rml:template "{id}" ];
  rml:predicateObjectMap [ rml:predicate <v>; rml:objectMap [ rml:reference "v" ] ]%s ."""
EAST = dt.timezone(dt.timedelta(hours=2))
VALUES: list[tuple[Any, str]] = [
    ("a", '"a"'),
    ("True", '"True"'),
    (True, '"true" boolean'),
    (np.bool_(False), '"false" boolean'),
    (5, '"5" integer'),
    (2**70, '"1180591620717411303424" integer'),
    (np.int8(-5), '"-5" integer'),
    (2.5, '"2.5E0" double'),
    (float("-inf"), '"-INF" double'),
    (np.float32(0.1), '"1.0E-1" double'),
    (Decimal("1.2345"), '"1.2345" decimal'),
    (Decimal("1E-20"), '"0.00000000000000000001" decimal'),
    (Decimal("1" * 45), f'"{"1" * 45}" decimal'),
    (dt.date(2024, 1, 2), '"2024-01-02" date'),
    (dt.datetime.fromisoformat("2024-01-02T03:04:05.12"), '"2024-01-02T03:04:05.12" dateTime'),
    (dt.datetime(2024, 1, 2, tzinfo=EAST), '"2024-01-01T22:00:00+00:00" dateTime'),
    (pd.Timestamp("2024-01-02 03:04:05.000000001"), '"2024-01-02T03:04:05.000000001" dateTime'),
    (np.datetime64("2024-01-02T03:04:05"), '"2024-01-02T03:04:05" dateTime'),
    (dt.time(3, 4), '"03:04:00" time'),
    (dt.timedelta(days=400, seconds=1.5), '"P400DT1.5S" dayTimeDuration'),
    (np.timedelta64(90, "s"), '"PT1M30S" dayTimeDuration'),
    (b"\x00\xff", '"00FF" hexBinary'),
    (uuid.UUID(int=5), '"00000000-0000-0000-0000-000000000005"'),
]  # fmt: skip
MISSING = [None, pd.NA, pd.NaT, float("nan"), Decimal("NaN"), np.float64("nan"), np.datetime64("NaT")]


def map_objects(values: list[Any], more: str = "", dtype: Any = object) -> list[str]:
    """What is made of each value, in their order; nothing of those that are missing."""
    [found] = map_columns([values], more, dtype)
    return found


def map_columns(columns: list[list[Any]], more: str = "", dtype: Any = object) -> list[list[str]]:
    """The same of several columns of one frame (v, v1, v2 ...), in one run."""
    names = ["v", *(f"v{n}" for n in range(1, len(columns)))]
    frame = {name: pd.Series(values, dtype=dtype) for name, values in zip(names, columns, strict=True)}
    statement = ';\n  rml:predicateObjectMap [ rml:predicate <{0}>; rml:objectMap [ rml:reference "{0}" ] ]'
    mapping = MAPPING % (more, "".join(statement.format(name) for name in names[1:]))
    lines = map_frames(mapping, {"t": pd.DataFrame({"id": range(len(columns[0])), **frame})})
    found: dict[str, dict[int, str]] = {name: {} for name in names}
    for line in "".join(text + "\n" for text in lines["line"].to_pylist()).split("\n")[:-1]:  # a text may be several
        subject, predicate, rest = line.rstrip(" .\n").split(" ", 2)
        said = rest.replace("^^<http://www.w3.org/2001/XMLSchema#", " ").replace(">", "")
        found[predicate[14:-1]][int(subject[14:-1])] = said
    return [[said[place] for place in sorted(said)] for said in found.values()]


def test_each_object_has_a_type_of_its_own() -> None:
    values = [value for value, _ in VALUES]
    assert map_objects([*values, *MISSING]) == [said for _, said in VALUES]
    assert map_columns([[value] for value, _ in VALUES]) == [[said] for _, said in VALUES]
    assert map_objects(MISSING) == []


def test_a_value_of_another_type_far_behind() -> None:
    """DuckDB looks at a thousand of the values, or so: of two thousand at every other one."""
    pairs = list(permutations(VALUES[::3], 2))
    columns = []
    for (common, _), (other, _) in pairs:
        values = [common] * 2000
        values[1235] = other
        columns.append(values)
    for found, ((_, said), (_, said_too)) in zip(map_columns(columns), pairs, strict=True):
        assert (found[1235], {*found[:1235], *found[1236:]}) == (said_too, {said})


def test_a_hundred_columns_of_objects() -> None:
    """Without a warning of pandas, which is an error here; an index may name rows twice."""
    frame = pd.DataFrame({f"c{place}": ["a", 5] for place in range(102)}, index=[0, 0])
    written, changed, fault = write_objects(frame, range(101))
    assert list(written) == [*frame, *(f"d{place}" for place in range(101))]
    assert (changed, fault, list(written["c100"]), list(written["c101"])) == (
        set(range(101)),
        None,
        ["a", "5"],
        ["a", 5],
    )
    assert [str(text).rpartition("#")[2] for text in written["d100"]] == ["None", "integer"]


def test_objects_as_categories() -> None:
    assert map_objects([2.5, "a", None, 5], dtype="category") == ['"2.5E0" double', '"a"', '"5" integer']
    assert map_objects(["b", "a", None], dtype="category") == ['"b"', '"a"']


def test_objects_as_plain_texts() -> None:
    found = map_objects([2.5, True, "a"], "; rml:referenceFormulation rml:CSV")
    assert found == ['"2.5E0"', '"true"', '"a"']


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ([1], "a list"),
        (np.array([1, 2]), "a list"),
        ({"a": 1}, "a structure"),
        (1 + 2j, "an object of the class `complex`"),
        (dt.time(1, tzinfo=EAST), "an object of the class `time`"),
        (Decimal("Infinity"), "`Infinity`, which is no xsd:decimal"),
        (pd.Timedelta("1ns"), "the duration `0 days 00:00:00.000000001`, of which durations are read to microseconds"),
        (pd.Period("2024-01"), "an object of the class `Period`"),
    ],
)  # fmt: skip
def test_objects_that_are_no_values(value: Any, what: str) -> None:
    column = pd.Series(["a"] * 2000 + [None], dtype=object)
    column.iat[2000] = value
    with pytest.raises(MappingError) as raised:
        map_objects(list(column))
    assert [d.message for d in raised.value.diagnostics] == [f"`v` holds {what}, in row 2001 of `t`"]


@pytest.mark.parametrize("form", ["table", "batch", "reader"])
@pytest.mark.parametrize("kind", ["duration", "interval"])
def test_durations_of_arrow_that_would_be_cut(form: str, kind: str) -> None:
    """In an interval of months, days and nanoseconds too, and in what can be read only once."""
    import pyarrow as pa

    def make(nanoseconds: int) -> Any:
        lengths = (
            pa.array([nanoseconds, None], pa.duration("ns"))
            if kind == "duration"
            else pa.array([pa.MonthDayNano([0, 0, nanoseconds]), None])
        )
        batch = pa.record_batch({"id": pa.array([1, 2]), "v": lengths})
        made = {"batch": batch, "table": pa.Table.from_batches([batch])}
        return made.get(form) or pa.RecordBatchReader.from_batches(batch.schema, [batch])

    mapping = MAPPING % ("", "")
    [line] = map_frames(mapping, {"t": make(1_500_000)})["line"].to_pylist()
    assert '"PT0.0015S"' in line
    with pytest.raises(MappingError) as raised:
        map_frames(mapping, {"t": make(1_500)})
    message = "`v` holds durations in nanoseconds in `t`, of which durations are read to microseconds"
    assert [d.message for d in raised.value.diagnostics] == [message]


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pd.period_range("2024-01", periods=2, freq="M"), "period[M]"),
        (pd.interval_range(0, 2), "interval[int64, right]"),
        (pd.Categorical(pd.interval_range(0, 2)), "category of interval[int64, right]"),
        (np.array([1j, 2]), "complex128"),
        (pd.arrays.SparseArray([1j, 2], fill_value=np.nan), "Sparse[complex128, nan]"),
    ],
)
def test_columns_of_types_that_are_no_values(column: Any, kind: str) -> None:
    """They are named where they are read, and hinder nobody who does not."""
    mapping = MAPPING % ("", "")
    with pytest.raises(MappingError) as raised:
        map_frames(mapping, {"t": pd.DataFrame({"id": [1, 2], "v": column})})
    assert [(d.code, d.message, d.mark.line) for d in raised.value.diagnostics] == [
        ("data-not-scalar", f"`v` is of the type `{kind}` in `t`", mapping[: mapping.index('"v"')].count("\n") + 1)
    ]
    other = pd.DataFrame({"id": [1, 2], "more": column, "v": ["a", "b"], "last": column})
    assert [line.split(" ")[2] for line in map_frames(mapping, {"t": other})["line"].to_pylist()] == ['"a"', '"b"']


def test_columns_that_are_stored_sparsely() -> None:
    """They have the values that the dense ones have; what is left out is the fill value, or none."""
    dense = {"id": [7, 0, 0], "v": [0.5, float("nan"), 2.0]}
    sparse = {name: pd.arrays.SparseArray(values) for name, values in dense.items()}
    texts = {"id": [1, 2, 3], "v": pd.arrays.SparseArray(["a", None, "b"], dtype=pd.SparseDtype(object))}
    mapping = MAPPING % ("", "")
    expected = map_frames(mapping, {"t": pd.DataFrame(dense)})["line"].to_pylist()
    assert len(expected) == 2
    assert map_frames(mapping, {"t": pd.DataFrame(sparse)})["line"].to_pylist() == expected
    found = map_frames(mapping, {"t": pd.DataFrame(texts)})["line"].to_pylist()
    assert [line.split(" ")[2] for line in found] == ['"a"', '"b"']
