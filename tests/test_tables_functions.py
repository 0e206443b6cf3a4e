# ruff: noqa: E501 - a call and what it gives stand on one line
"""Functions of mappings (RML-FNML): what they give, with which types, and what is told of wrong arguments."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.tables.functions.dates import read_pattern
from kg.tables.output.target import make_lines
from kg.tables.plan.functions import (
    BURP,
    CONDITIONS,
    FNS,
    FUNCTIONS,
    GREL,
    IDLAB,
    MORPH,
    Function,
    Parameter,
    short_name,
)
from kg.tables.read.mapping import read_any_mapping
from kg.tables.run import Run, Settings, open_run
from kg.tables.sql.functions import PATTERNED, SAME, WRITTEN
from kg.text.diagnostic import SourceText

XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = """
  ex: http://ex.org/
  grel: http://users.ugent.be/~bjdmeest/function/grel.ttl#
  idlab-fn: https://w3id.org/imec/idlab/function#
  old: http://example.com/idlab/function/
  fns: http://example.com/fns#
  burp: http://BURP.noname/function/
  morph: https://github.com/morph-kgc/morph-kgc/function/built-in.ttl#
  rdf: http://www.w3.org/1999/02/22-rdf-syntax-ns#
"""


def read_lines(opened: Run) -> str:
    """The lines of a run, none after a mistake."""
    return "" if opened.failed else make_lines(opened).read_text(encoding="utf-8")


def write_rows(folder: Path, *rows: Sequence[str]) -> None:
    """The file `t.csv`, the first row of which names its columns."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    (folder / "t.csv").write_text(out.getvalue(), encoding="utf-8", newline="")


def run_calls(folder: Path, calls: list[str], *, best_effort: bool = False) -> tuple[list[ox.Quad], list[str]]:
    """The quads that calls give over `t.csv`, each as ex:p0, ex:p1 ..., and what is told: `code: message (hint)`."""
    objects = ", ".join(f"{{p: ex:p{n}, o: {call}}}" for n, call in enumerate(calls))
    mapping = f"prefixes:{PREFIXES}mappings:\n  m:\n    sources: [[t.csv~csv]]\n    s: ex:$(i)\n    po: [{objects}]\n"
    document = read_any_mapping(SourceText("m.yml", mapping))
    settings = Settings(mapping_folder=folder, data_folder=folder, best_effort=best_effort, scratch_parent=folder)
    with open_run(document, settings) as opened:
        told = [f"{d.code}: {d.message}" + (f" ({d.hint})" if d.hint else "") for d in opened.diagnostics]
        text = read_lines(opened)
    return list(ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS)), told


def show(quad: ox.Quad) -> str:
    """The object of a quad, in few signs."""
    return str(quad.object).replace(f"^^<{XSD}", " <").replace('"', "")


def run(folder: Path, call: str, *rows: tuple[str, ...], best_effort: bool = False) -> tuple[list[str], list[str]]:
    """The objects that a call gives over rows of the columns a, b and c, and what is told."""
    write_rows(folder, "iabc", *((str(n), *row, *[""] * (3 - len(row))) for n, row in enumerate(rows)))
    quads, told = run_calls(folder, [call], best_effort=best_effort)
    return sorted(map(show, quads)), told


def call(function: str, *arguments: str) -> str:
    return f"{{function: {function}, parameters: [{', '.join(f'[{a}]' for a in arguments)}]}}"


A, N = "grel:valueParameter, $(a)", "grel:p_dec_n, $(a)"


CALLS: list[tuple[str, str, list[str]]] = [
    # texts
    (call("grel:toUpperCase", A), "straße", ["STRASSE"]),
    (call("grel:string_toTitlecase", A), "élan d'été", ["Élan D'été"]),
    (call("grel:string_trim", A), "\t a\u00a0b\u2003\n", ["a\u00a0b"]),
    (call("grel:string_length", A), "雷军", ["2 <integer>"]),
    (call("grel:string_contains", A, "grel:string_sub, b"), "abc", ["true <boolean>"]),
    (call("grel:string_indexOf", A, "grel:string_sub, x"), "abc", ["-1 <integer>"]),
    (call("grel:string_substring", A, "grel:param_int_i_from, 1", 'grel:param_int_i_opt_to, "-1"'), "profound", ["rofoun"]),
    (call("grel:string_substring", A, 'grel:param_int_i_from, "-3"'), "profound", ["und"]),
    (call("grel:string_substring", A, "grel:param_int_i_from, 9"), "profound", []),
    (call("grel:string_get", A, "grel:param_int_i_from, 0", 'grel:param_int_i_opt_to, "-2"'), "abc", ["a"]),
    (call("grel:escape", A, "grel:modeParameter, html"), "A&B é", ["A&amp;B &eacute;"]),
    (call("grel:escape", A, "grel:modeParameter, xml"), "A&B é", ["A&amp;B é"]),
    (call("grel:escape", A, "grel:modeParam, url"), "a b/é", ["a%20b%2F%C3%A9"]),
    (call("grel:escape", A, "grel:modeParam, javascript"), "a'é", ["a\\\\'\\\\u00E9"]),
    (call("grel:string_unescape", A, "grel:modeParam, url"), "a%20b+c", ["a b c"]),
    (call("grel:string_replace", A, "grel:p_string_find, '.'", "grel:p_string_replace, '-'"), "a.b.c", ["a-b-c"]),
    (call("grel:string_replace", A, "grel:p_string_find, '/[0-9]+/'", "grel:p_string_replace, '#'"), "a12b3", ["a#b#"]),
    (call("grel:string_replace", A, "grel:p_string_find, '/(a)(b)/'", "grel:p_string_replace, '$2\\$1'"), "ab", ["b$1"]),
    (call("grel:string_replaceChars", A, "grel:p_string_find, abc", "grel:p_string_replace, xy"), "aabbcd", ["xxyyd"]),
    (call("grel:string_diff", A, "grel:valueParameter2, cactus"), "cacti", ["us"]),
    (call("grel:string_sha256", A), "a", ["ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"]),
    (call("morph:hash", A), "a", ["ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"]),
    (call("burp:toSafeIRI", A), "a b/é", ["a%20b%2Fé"]),
    (call("burp:toSafeURI", A), "a b/é", ["a%20b%2F%C3%A9"]),
    (call("old:slugify", "old:str, $(a)"), "Crème Brûlée!", ["creme-brulee"]),
    (call("idlab-fn:slugify", "idlab-fn:str, $(a)"), "_a_b Straße – 5 €½", ["_a_b-strae-5-12"]),
    (call("idlab-fn:toUpperCaseURL", "idlab-fn:str, $(a)"), "ß.ﬁ", ["http://SS.FI"]),
    (call("grel:string_lastIndexOf", A, "grel:string_sub, e"), "xe\u0301y", ["1 <integer>"]),
    (call("grel:string_lastIndexOf", A, 'grel:string_sub, "\u0301"'), "e\u0301e\u0301", ["3 <integer>"]),
    (call("grel:string_lastIndexOf", A, "grel:string_sub, aa"), "baaa", ["2 <integer>"]),
    (call("grel:string_lastIndexOf", A, 'grel:string_sub, ""'), "𝒳b", ["2 <integer>"]),
    (call("grel:string_match", A, "grel:p_string_regex, '/([a-z]*)([0-9]*)/'"), "ab1", ["1", "ab"]),
    # lists
    (call("grel:string_split", A, "grel:p_string_sep, '\\|'"), "a|b||c|", ["", "a", "b", "c"]),
    (call("grel:string_split", A, "grel:p_string_sep, ', *'"), "a,  b,c", ["a", "b", "c"]),
    (call("grel:string_split", A, "grel:p_string_sep, ';'"), ";;", []),
    (call("grel:string_smartSplit", A), "a,b", ["a", "b"]),
    (call("grel:string_splitByCharType", A), "ab12", ["12", "ab"]),
    (call("grel:string_match", A, "grel:p_string_regex, '/(\\w+) (\\w+)/'"), "Ada Lovelace", ["Ada", "Lovelace"]),
    (call("grel:string_match", A, "grel:p_string_regex, '/(x)/'"), "Ada", []),
    (call("grel:string_match", A, "grel:p_string_regex, '/(a)|(b)(c?)/'"), "b", ["", "b"]),
    (call("grel:string_unicode", A), "é", ["233 <integer>"]),
    (call("grel:string_partition", A, "grel:p_fragment, '-'", "grel:p_bool_opt_b, true"), "a-b-c", ["a", "b-c"]),
    (call("grel:string_rpartition", A, "grel:p_fragment, '-'"), "a-b-c", ["-", "a-b", "c"]),
    (call("grel:array_join", "grel:p_array_a, $(a)", "grel:p_array_a, x", "grel:p_array_a, y", "grel:p_string_sep, '+'"), "1", ["1+x+y"]),
    (call("old:concatSequence", "rdf:_2, x", "rdf:_1, $(a)", "rdf:_10, z", "old:_delimiter, ':'"), "1", ["1:x:z"]),
    (call("grel:array_length", f"grel:p_array_a, {call('grel:string_split', A, 'grel:p_string_sep, x')}"), "1x2", ["2 <integer>"]),
    (call("grel:array_get", f"grel:p_array_a, {call('grel:string_split', A, 'grel:p_string_sep, x')}", "grel:param_int_i_from, 1"), "1x2", ["2"]),
    (call("grel:array_uniques", f"grel:p_array_a, {call('grel:string_split', A, 'grel:p_string_sep, x')}"), "1x2x1", ["1", "2"]),
    (call("grel:array_sum", f"grel:p_array_a, {call('grel:string_split', A, 'grel:p_string_sep, x')}"), "0.1x0.2", ["0.3 <decimal>"]),
    (call("grel:array_sum", f"grel:p_array_a, {call('grel:string_split', A, 'grel:p_string_sep, x')}"), "1x2", ["3 <integer>"]),
    (call("grel:escape", f"grel:valueParameter, {call('grel:string_split', A, 'grel:p_string_sep, x')}", "grel:modeParameter, html"), "&x<", ["&amp;", "&lt;"]),
    (call("idlab-fn:crossConcatSequence", "rdf:_1, p", f"rdf:_2, {call('grel:string_split', A, 'grel:p_string_sep, x')}"), "1x2", ["p1", "p2"]),
    (call("idlab-fn:listContainsElement", f"idlab-fn:list, {call('grel:string_split', A, 'grel:p_string_sep, x')}", "idlab-fn:str, '2'"), "1x2", ["true <boolean>"]),
    (call("idlab-fn:stringContainsOtherString", "idlab-fn:str, $(a)", "idlab-fn:otherStr, '1'", "idlab-fn:delimiter, ','"), "11,2", ["false <boolean>"]),
    # numbers
    (call("grel:string_toNumber", "grel:p_any_e, $(a)"), " 12.50 ", ["12.5 <decimal>"]),
    (call("grel:string_toNumber", "grel:p_any_e, $(a)"), "1E3", ["1000 <integer>"]),
    (call("grel:math_round", N), "-2.5", ["-2 <integer>"]),
    (call("grel:math_floor", N), "-0.1", ["-1 <integer>"]),
    (call("grel:math_abs", N), "-1.10", ["1.1 <decimal>"]),
    (call("grel:math_pow", N, "grel:p_any_exp, 30"), "3", ["205891132094649 <decimal>"]),
    (call("grel:math_pow", N, "grel:p_any_exp, 0.5"), "2", ["1.4142135623730951 <decimal>"]),
    (call("grel:math_pow", N, "grel:p_any_exp, 0"), "0", ["1 <decimal>"]),
    (call("grel:math_max", N, "grel:param_n2, 9"), "10", ["10 <decimal>"]),
    (call("grel:math_quotient", N, "grel:param_n2, 2"), "-7", ["-3 <decimal>"]),
    (call("grel:math_mod", "grel:p_int_i, $(a)", "grel:p_int_i2, 3"), "-7", ["2 <integer>"]),
    (call("grel:math_fact", "grel:p_int_i, $(a)"), "20", ["2432902008176640000 <integer>"]),
    (call("grel:math_even", N), "2.1", ["4 <decimal>"]),
    (call("idlab-fn:inRange", "idlab-fn:p_test, $(a)", "idlab-fn:p_from, 1", "idlab-fn:p_to, 2"), "2", ["false <boolean>"]),
    # dates
    (call("grel:date_toDate", A, "grel:p_string_pattern, dd.MM.yyyy"), "29.02.2024", ["2024-02-29 <date>"]),
    (call("grel:date_toDate", A, "grel:p_string_pattern, 'd MMM yyyy h:mm a'"), "1 Mar 2024 12:05 am", ["2024-03-01T00:05:00 <dateTime>"]),
    (call("grel:date_toDate", A, "grel:p_string_pattern, \"yyyy-MM-dd'T'HH:mm:ssX\""), "2024-03-01T01:02:03+01:00", ["2024-03-01T01:02:03+01:00 <dateTime>"]),
    (call("grel:date_toDate", A), "2024-03-01", ["2024-03-01 <date>"]),
    (call("grel:date_inc", "grel:p_date_d, $(a)", "grel:p_dec_n, 1", "grel:p_string_unit, months"), "2024-01-31", ["2024-02-29 <date>"]),
    (call("grel:date_inc", "grel:p_date_d, $(a)", 'grel:p_dec_n, "-1"', "grel:p_string_unit, hours"), "2024-01-01", ["2023-12-31T23:00:00 <dateTime>"]),
    (call("grel:date_diff", "grel:p_datetime_d, $(a)", "grel:p_datetime_d2, 2024-03-01", "grel:p_string_timeunit, days"), "2024-02-01", ["29"]),
    (call("grel:date_diff", "grel:p_datetime_d, $(a)", "grel:p_datetime_d2, 2024-03-01", "grel:p_string_timeunit, months"), "2024-01-31", ["1"]),
    (call("grel:date_datePart", "grel:p_date_d, $(a)", "grel:p_string_unit, years"), "2024-02-29", ["2024 <integer>"]),
    (call("grel:date_datePart", "grel:p_date_d, $(a)", "grel:p_string_unit, weekday"), "2024-02-29", ["Thursday"]),
    (call("idlab-fn:normalizeDate", "idlab-fn:strDate, $(a)", "idlab-fn:pattern, dd LLLL uu"), "01 April 22", ["2022-04-01"]),
    (call("idlab-fn:normalizeDateWithLang", "idlab-fn:strDate, $(a)", "idlab-fn:pattern, d MMMM yyyy", "idlab-fn:lang, fr"), "1 août 2022", ["2022-08-01"]),
    # truths
    (call("grel:boolean_and", "grel:param_rep_b, $(a)", "grel:param_rep_b, true"), "TRUE", ["true <boolean>"]),
    (call("grel:boolean_xor", "grel:param_rep_b, $(a)", "grel:param_rep_b, true"), "1", ["false <boolean>"]),
    (call("grel:boolean_not", "grel:bool_b, $(a)"), "false", ["true <boolean>"]),
    (call("grel:controls_if", "grel:bool_b, $(a)", "grel:any_true, y", "grel:any_false, n"), "0", ["n"]),
    (call("grel:controls_if", "grel:bool_b, $(a)", "grel:any_true, y", "grel:any_false, n"), "\tTrue\n", ["y"]),
    (call("grel:boolean_and", "grel:param_rep_b, $(a)"), "\tTrue\n", ["true <boolean>"]),
    (call("grel:string_substring", "grel:valueParameter, abc", "grel:param_int_i_from, $(a)"), "\t1\n", ["bc"]),
    (call("grel:other_coalesce", "grel:p_any_rep_e, $(a)", "grel:p_any_rep_e, y"), "x", ["x"]),
    (call("idlab-fn:decide", "idlab-fn:str, $(a)", "idlab-fn:expectedStr, x", "idlab-fn:result, y"), "x", ["y"]),
    (call("idlab-fn:isNull", "idlab-fn:str, $(a)"), "x", ["false <boolean>"]),
    (call("idlab-fn:notEqual", A, "grel:valueParameter2, y"), "x", ["true <boolean>"]),
    (call("fns:isNotNull", "fns:parameter, $(a)"), "x", ["true <boolean>"]),
    # a declared type counts, and is checked
    ("{function: grel:string_length, parameters: [[grel:valueParameter, $(a)]], datatype: xsd:double}", "ab", ["2 <double>"]),
    ("{function: 'grel:toLowerCase(valueParameter = grel:string_trim(valueParameter = $(a)))'}", " AB ", ["ab"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """What each of the functions gives: one run, over one row, in which each has a column and a predicate of its own."""
    folder = tmp_path_factory.mktemp("functions")
    columns = [f"a{n}" for n in range(len(CALLS))]
    write_rows(folder, ["i", *columns], ["0", *(value for _, value, _ in CALLS)])
    objects = [written.replace("$(a)", f"$({column})") for (written, _, _), column in zip(CALLS, columns, strict=True)]
    quads, told = run_calls(folder, objects)
    assert told == []
    return [
        sorted(show(quad) for quad in quads if quad.predicate.value == f"http://ex.org/p{n}")
        for n in range(len(objects))
    ]


@pytest.mark.parametrize(("written", "value", "expected"), CALLS)
def test_what_a_function_gives(written: str, value: str, expected: list[str], given: list[list[str]]) -> None:
    assert given[CALLS.index((written, value, expected))] == sorted(expected)


@pytest.mark.parametrize(
    ("written", "value", "message"),
    [
        (call("grel:math_round", N), "1,5", "`math_round` has no result for `1,5`"),
        (call("grel:math_ln", N), "-1", "`math_ln` has no result for `-1`"),
        (call("grel:math_quotient", N, "grel:param_n2, $(b)"), "1", "`math_quotient` has no result for `1, 0`"),
        (call("grel:date_toDate", A, "grel:p_string_pattern, dd.MM.yyyy"), "31.02.2024", "`date_toDate` has no result for `31.02.2024`"),
        (call("grel:date_toDate", A, "grel:p_string_pattern, dd.MM.yyyy"), "1.2.24", "`date_toDate` has no result for `1.2.24`"),
        (call("grel:date_diff", "grel:p_datetime_d, 2024-01-01", "grel:p_datetime_d2, 2024-03-01", "grel:p_string_timeunit, $(a)"), "weekday", "`date_diff` has no result for `weekday`"),
        (call("idlab-fn:normalizeDateWithLang", "idlab-fn:strDate, 1 May 2022", "idlab-fn:pattern, d MMM yyyy", "idlab-fn:lang, $(a)"), "xx", "`normalizeDateWithLang` has no result for `xx`"),
        (call("grel:controls_if", "grel:bool_b, $(a)", "grel:any_true, y"), "yes", "`yes` is no boolean, as `bool_b` of `controls_if` is"),
        (call("grel:string_substring", A, "grel:param_int_i_from, $(a)"), "x", "`x` is no integer, as `param_int_i_from` of `string_substring` is"),
        (call("grel:boolean_or", "grel:param_rep_b, $(a)", "grel:param_rep_b, true"), "maybe", "`boolean_or` has no result for `maybe, true`"),
        (call("grel:array_sum", f"grel:p_array_a, {call('grel:string_split', A, 'grel:p_string_sep, x')}"), "1xz", "`array_sum` has no result for `1, z`"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_an_error_or_left_out(written: str, value: str, message: str, tmp_path: Path) -> None:
    found, told = run(tmp_path, written, (value, "0"))
    assert found == []
    assert [t.split(" (row 2 of ")[0] for t in told] == [f"data-function: {message}"]
    found, told = run(tmp_path, written, (value, "0"), best_effort=True)
    assert found == []
    assert [t.split(" (row 2 of ")[0] for t in told] == [f"data-skipped: {message}"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (call("grel:math_round", "grel:p_dec_n, x"), "map-function-parameter: `x` is no number (`p_dec_n` of `math_round` is: decimal)"),
        (call("grel:date_toDate", A, "grel:p_string_pattern, dd.QQ.yyyy"), "map-function-parameter: `Q` is no letter of a date's pattern"),
        (call("grel:date_toDate", A, "grel:p_string_pattern, MM.yyyy"), "map-function-parameter: a date has a year, a month and a day"),
        (call("grel:date_inc", "grel:p_date_d, $(a)", "grel:p_dec_n, 1", "grel:p_string_unit, moons"), "map-function-parameter: `moons` is no unit of time"),
        (call("grel:string_split", A, "grel:p_string_sep, '|'"), "map-function-parameter: `|` matches the empty text: a character with a meaning is written `\\|`"),
        (call("grel:string_replace", A, 'grel:p_string_find, ""', "grel:p_string_replace, x"), "map-function-parameter: the empty text stands everywhere (`p_string_find` of `string_replace` is: string or /pattern/)"),
        (call("grel:string_split", A, "grel:p_string_sep, $(b)"), "map-function-parameter: `p_string_sep` of `string_split` changes from row to row"),
        (call("grel:string_replace", A, "grel:p_string_find, '/(/'", "grel:p_string_replace, x"), "map-function-parameter: `(` is no pattern of RE2"),
        (call("grel:escape", A, "grel:modeParameter, sql"), "map-function-parameter: `sql` is no way of escaping"),
        (call("grel:toUpperCase", A, "grel:valueParameter, x"), "map-function-parameter: the parameter `valueParameter` of `toUpperCase` is given twice"),
        (call("grel:string_chomp", A), "map-incomplete: `string_chomp` needs the parameter `p_string_sep` (add it to `parameters`)"),
        (call("equal", "str1, $(a)"), "map-incomplete: `equal` needs the parameter `valueParameter2` (add it to `parameters`)"),
        (call("idlab-fn:isNull"), "map-incomplete: `isNull` needs the parameter `str` (add it to `parameters`)"),
        (call("idlab-fn:random"), "map-function: `random` is not computed: it gives something else each time"),
        (call("old:random"), "map-function: `random` is not computed: it gives something else each time"),
        (call("grel:date_now"), "map-function: `date_now` is not computed: it gives something else each time"),
        (call("grel:string_phonetic", A), "map-function: `string_phonetic` is not computed: its codes differ"),
        (call("grel:reinterpret", A), "map-function: `reinterpret` is not computed: a text is decoded once"),
        (call("grel:other_type", A), "map-function: `other_type` is not computed: kinds of values"),
        (call("grel:other_hasField", A), "map-function: `other_hasField` is not computed: the fields are"),
        (call("grel:toUppercase", A), "map-function: no function `http://users.ugent.be/~bjdmeest/function/grel.ttl#toUppercase` (did you mean `toUpperCase`?)"),
        (call("idlab-fn:lookup", "idlab-fn:str, $(a)", "idlab-fn:inputFile, t.csv", "idlab-fn:fromColumn, 0", "idlab-fn:toColumn, 9"), "map-function-parameter: nothing can be looked up in `t.csv`: it has 4 columns in line 1, which count from 0"),
        (call("idlab-fn:lookup", "idlab-fn:str, $(a)", "idlab-fn:inputFile, t.csv", "idlab-fn:fromColumn, '-1'", "idlab-fn:toColumn, 1"), "map-function-parameter: nothing can be looked up in `t.csv`: columns count from 0, and none is -1"),
        (call("idlab-fn:lookup", "idlab-fn:str, $(a)", "idlab-fn:inputFile, t.csv", "idlab-fn:fromColumn, x", "idlab-fn:toColumn, 1"), "map-function-parameter: nothing can be looked up in `t.csv`: no number"),
        (call("idlab-fn:lookup", "idlab-fn:str, $(a)", "idlab-fn:inputFile, ../t.csv", "idlab-fn:fromColumn, 0", "idlab-fn:toColumn, 1"), "source-outside: `../t.csv` lies outside"),
    ],
)  # fmt: skip
def test_a_mistake_of_the_mapping_is_told_before_a_row_is_read(written: str, message: str, tmp_path: Path) -> None:
    found, told = run(tmp_path, written, ("x", ";"))
    assert found == []
    assert len(told) == 1
    assert told[0].startswith(message)


def test_looking_up_in_a_table(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("code;name\nDE;Germany\nFR;France\nDE;Other\n", encoding="utf-8")
    written = call(
        "idlab-fn:lookupWithDelimiter", "idlab-fn:str, $(a)", "idlab-fn:inputFile, codes.csv", "idlab-fn:fromColumn, 0",
        "idlab-fn:toColumn, 1", "idlab-fn:delimiter, ';'",
    )  # fmt: skip
    assert run(tmp_path, written, ("DE",), ("XX",), ("FR",)) == (["France", "Germany"], [])


def test_a_condition_of_a_term(tmp_path: Path) -> None:
    """`rml:condition` (RML-FNML): there is no term unless it is true, and what is not made is not wrong."""
    (tmp_path / "t.csv").write_text("i,a,b\n1,x,true\n2,not an IRI,false\n3,z,TRUE\n", encoding="utf-8")
    mapping = """@prefix rml: <http://w3id.org/rml/> .
    <http://m> rml:logicalSource [ rml:source "t.csv"; rml:referenceFormulation rml:CSV ];
      rml:subjectMap [ rml:template "http://ex.org/{i}" ];
      rml:predicateObjectMap [ rml:predicate <http://ex.org/p>; rml:objectMap [ CONDITION; EXPRESSION ] ] ."""

    def map_rows(condition: str, expression: str) -> tuple[list[str], list[str]]:
        text = mapping.replace("CONDITION", f"rml:condition [ {condition} ]").replace("EXPRESSION", expression)
        document = read_any_mapping(SourceText("m.rml.ttl", text))
        with open_run(document, Settings(mapping_folder=tmp_path, data_folder=tmp_path, base="http://b/")) as opened:
            told = [d.message for d in opened.diagnostics]
            return sorted(read_lines(opened).splitlines()), told

    reference = 'rml:reference "b"'
    assert map_rows(reference, "rml:constant 5")[0] == [
        f'<http://ex.org/{i}> <http://ex.org/p> "5"^^<{XSD}integer> .' for i in (1, 3)
    ]
    made, told = map_rows(reference, 'rml:reference "a"; rml:termType rml:IRI')
    assert (made, told) == (
        [f"<http://ex.org/{i}> <http://ex.org/p> <http://b/{a}> ." for i, a in ((1, "x"), (3, "z"))],
        [],
    )
    made, told = map_rows('rml:reference "a"', "rml:constant 5")
    assert made == []
    assert told == ["`x` is neither true nor false (row 2 of `t.csv`, `a`, and 2 more)"]


def test_a_condition_of_a_tag(tmp_path: Path) -> None:
    """Where a language or a datatype is not made, neither is the literal; with a condition of the literal's own, both hold."""
    (tmp_path / "t.csv").write_text(
        "i,a,b,c\n1,5,true,true\n2,6,false,true\n3,7,true,false\n4,x,false,true\n", encoding="utf-8"
    )
    head = "@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    only = 'rml:condition [ rml:reference "b" ]'
    both = 'rml:condition [ rml:reference "c" ]'

    def map_rows(literal: str) -> list[str]:
        text = head + (
            'ex:m rml:logicalSource [ rml:source [ rml:path "t.csv" ]; rml:referenceFormulation rml:CSV ];'
            ' rml:subjectMap [ rml:template "http://ex.org/{i}" ];'
            f" rml:predicateObjectMap [ rml:predicate ex:p; rml:objectMap [ {literal} ] ] ."
        )
        document = read_any_mapping(SourceText("m.ttl", text))
        with open_run(document, Settings(mapping_folder=tmp_path, data_folder=tmp_path)) as opened:
            assert opened.diagnostics == ()
            return sorted(str(q.object) for q in ox.parse(read_lines(opened).encode(), format=ox.RdfFormat.N_QUADS))

    assert map_rows(f'rml:constant "k"; rml:languageMap [ rml:constant "en"; {only} ]') == ['"k"@en'] * 2
    assert map_rows(f'rml:constant "k"; rml:languageMap [ rml:constant "en"; {only} ]; {both}') == ['"k"@en']
    assert map_rows(f'rml:reference "i"; rml:languageMap [ rml:constant "en"; {only} ]') == ['"1"@en', '"3"@en']
    typed = f'rml:reference "a"; rml:datatypeMap [ rml:constant xsd:integer; {only} ]'
    assert map_rows(typed) == [f'"5"^^<{XSD}integer>', f'"7"^^<{XSD}integer>']
    assert map_rows(f"{typed}; {both}") == [f'"5"^^<{XSD}integer>']
    named = f'rml:template "{{a}}"; rml:termType rml:Literal; rml:datatypeMap [ rml:template "{XSD}int"; {only} ]'
    assert map_rows(named) == [f'"5"^^<{XSD}int>', f'"7"^^<{XSD}int>']


@pytest.mark.parametrize("place", ["MAP", "STATEMENT", "REFERENCE", "SOURCE"])
def test_a_condition_that_is_not_read_is_refused(place: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("i,b\n1,true\n", encoding="utf-8")
    text = (
        "@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex.org/> .\n"
        'ex:m rml:logicalSource [ rml:source [ rml:path "t.csv" ]; rml:referenceFormulation rml:CSV; SOURCE ]; MAP;'
        ' rml:subjectMap [ rml:template "http://ex.org/{i}" ];'
        " rml:predicateObjectMap [ rml:predicate ex:p; rml:objectMap [ rml:parentTriplesMap ex:m; REFERENCE ]; STATEMENT ] ."
    )
    text = text.replace(place, 'rml:condition [ rml:reference "b" ]')
    for other in ("MAP;", "; STATEMENT", "; REFERENCE", "; SOURCE"):
        text = text.replace(other, "")
    document = read_any_mapping(SourceText("m.ttl", text))
    assert [d.code for d in document.diagnostics] == ["map-misplaced"]
    assert document.diagnostics[0].mark.column == text.split("\n")[1].index("rml:condition") + 1


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('rml:logicalSource SOURCE; rml:subjectMap [ rml:template "http://e/{$.i}" ]; rml:predicateObjectMap [ rml:predicate <http://p>;'
         ' rml:objectMap [ rml:gather ( [ rml:reference "$.a[*]" ] ); rml:gatherAs rdf:List; rml:condition [ rml:reference "$.b" ] ] ] .',
         "map-unsupported: a condition of a collection"),
        ('rml:logicalSource <http://v>; rml:subjectMap [ rml:template "http://e/{n}" ]; rml:predicateObjectMap [ rml:predicate <http://p>;'
         " rml:object 1 ] . <http://v> a rml:LogicalView; rml:viewOn SOURCE; rml:field [ a rml:ExpressionField;"
         ' rml:fieldName "n"; rml:reference "$.i"; rml:condition [ rml:reference "$.b" ] ] .',
         "map-path: the field `n` cannot be read: conditions of fields over JSON or XML are not supported"),
    ],
    ids=["collection", "field"],
)  # fmt: skip
def test_a_condition_that_cannot_be_kept_is_refused(written: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[{"i": 1, "a": ["x"], "b": false}]', encoding="utf-8")
    source = '[ rml:source "t.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]" ]'
    text = "@prefix rml: <http://w3id.org/rml/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n<http://m> "
    document = read_any_mapping(SourceText("m.ttl", text + written.replace("SOURCE", source)))
    with open_run(document, Settings(mapping_folder=tmp_path)) as opened:
        assert [f"{d.code}: {d.message}" for d in opened.diagnostics] == [message]
        assert opened.diagnostics[0].mark.line == 2


def test_what_a_condition_leaves_out_is_not_wrong(tmp_path: Path) -> None:
    date = "function: grel:date_toDate, parameters: [[grel:valueParameter, $(a)], [grel:p_string_pattern, dd.MM.yyyy]]"
    kept = "condition: {function: idlab-fn:notEqual, parameters: [[grel:valueParameter, $(a)], [grel:valueParameter2, n/a]]}"
    assert run(tmp_path, f"{{{date}, {kept}}}", ("29.02.2024",), ("n/a",)) == (["2024-02-29 <date>"], [])
    chosen = f"[grel:any_true, {{{date}}}], [grel:any_false, none]"
    written = f"{{function: grel:controls_if, parameters: [[grel:bool_b, $(b)], {chosen}]}}"
    assert run(tmp_path, written, ("29.02.2024", "true"), ("n/a", "false")) == (["2024-02-29", "none"], [])
    assert run(tmp_path, written, ("n/a", "true"))[0] == []


def test_a_datatype_that_is_declared_of_a_call_counts(tmp_path: Path) -> None:
    truth = "[ rml:parameter fn:strBoolean; rml:inputValue true ], [ rml:parameter fn:str; rml:inputValue 5 ]"
    made = f"rml:functionExecution [ rml:function fn:trueCondition; rml:input {truth} ]"
    text = f"""@prefix rml: <http://w3id.org/rml/> . @prefix fn: <{IDLAB}> .
    <http://m> rml:logicalSource [ rml:source "t.csv"; rml:referenceFormulation rml:CSV ]; rml:subject <http://s>;
      rml:predicateObjectMap [ rml:predicate <http://p>; rml:objectMap [ {made} ], [ {made}; rml:language "en" ],
        [ {made}; rml:datatype <{XSD}string> ], [ {made}; rml:datatype <{XSD}byte> ] ] ."""
    (tmp_path / "t.csv").write_text("a\n1\n", encoding="utf-8")
    with open_run(read_any_mapping(SourceText("m.ttl", text)), Settings(mapping_folder=tmp_path)) as opened:
        assert opened.diagnostics == ()
        lines = read_lines(opened).splitlines()
    assert sorted(line.split("> ", 2)[2] for line in lines) == [
        '"5" .', '"5"@en .', f'"5"^^<{XSD}byte> .', f'"5"^^<{XSD}integer> .'
    ]  # fmt: skip


def test_a_list_of_json_is_one_argument(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[{"i": 1, "a": ["x", "y"], "n": [1, 2.5]}, {"i": 2, "a": []}]', encoding="utf-8")
    functions = (("array_join", "a", "grel:p_string_sep, '+'"), ("array_sum", "n", ""), ("array_length", "a", ""))
    calls = ", ".join(
        f"{{p: ex:{name}, o: {call('grel:' + name, f'grel:p_array_a, {quoted}', *[more] * bool(more))}}}"
        for name, column, more in functions
        for quoted in [f"'$({column}[*])'"]
    )
    mapping = f"prefixes:{PREFIXES}mappings:\n  m:\n    sources: [[t.json~jsonpath, '$[*]']]\n    s: ex:$(i)\n    po: [{calls}]\n"
    with open_run(read_any_mapping(SourceText("m.yml", mapping)), Settings(mapping_folder=tmp_path)) as opened:
        assert opened.diagnostics == ()
        lines = read_lines(opened).splitlines()
    short = sorted(re.sub(r"http://(ex.org/|www.w3.org/2001/XMLSchema#)", "", line) for line in lines)
    assert short == [
        '<1> <array_join> "x+y" .',
        '<1> <array_length> "2"^^<integer> .',
        '<1> <array_sum> "3.5"^^<decimal> .',
    ]


def test_a_condition_of_a_list_that_is_an_argument(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(
        '[{"i": 1, "a": ["x", "y"], "b": true}, {"i": 2, "a": ["v", "w"], "b": false}]', encoding="utf-8"
    )
    text = """@prefix rml: <http://w3id.org/rml/> . @prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
    <http://m> rml:logicalSource [ rml:source "t.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]" ];
      rml:subjectMap [ rml:template "http://ex.org/{$.i}" ];
      rml:predicateObjectMap [ rml:predicate <http://p>; rml:objectMap [ rml:functionExecution [
        rml:function grel:array_join; rml:input
          [ rml:parameter grel:p_array_a; rml:inputValueMap [ rml:reference "$.a[*]"; rml:condition [ rml:reference "$.b" ] ] ],
          [ rml:parameter grel:p_array_a; rml:inputValue "z" ], [ rml:parameter grel:p_string_sep; rml:inputValue "+" ] ] ] ] ."""
    with open_run(read_any_mapping(SourceText("m.rml.ttl", text)), Settings(mapping_folder=tmp_path)) as opened:
        assert opened.diagnostics == ()
        lines = sorted(read_lines(opened).splitlines())
    assert [line.split(" ")[2] for line in lines] == ['"x+y+z"', '"z"']


# The table of the documentation

SOURCES = {
    GREL: "GREL", IDLAB: "IDLab", FNS: "RML-FNML, cases", CONDITIONS: "RML-FNML, conditions", BURP: "BURP", MORPH: "Morph-KGC",
}  # fmt: skip


def describe(function: Function) -> str:
    """A function as a row of the table."""

    def kind(parameter: Parameter) -> str:
        return parameter.kind.value + ", optional" * parameter.optional + ", may be missing" * parameter.nullable

    parameters = "; ".join(f"`{p.names[0]}` {kind(p)}" for p in function.parameters) or "–"
    outputs = "; ".join(f"`{o.names[0]}` {'list of ' * o.many}{o.kind.value}{'s' * o.many}" for o in function.outputs)
    return f"| `{function.name}` | {parameters} | {outputs} | {SOURCES[function.namespace]} |"


def test_the_table_names_each_function() -> None:
    text = (Path(__file__).parent.parent / "kg" / "tables" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `\w+` \|.*\| (?:GREL|IDLab|RML-FNML.*|BURP|Morph-KGC) \|$", text, re.MULTILINE)
    assert rows == [describe(f) for f in FUNCTIONS]


def test_each_function_is_computed_in_one_way() -> None:
    from kg.tables.functions import COMPUTED
    from kg.tables.sql.functions import calls_needed

    for function in FUNCTIONS:
        iri = SAME.get(function.iri, function.iri)
        needed = set(calls_needed(function)) - {"lookup", "lookupWithDelimiter"}
        assert needed <= COMPUTED.keys(), function.iri
        assert (iri in WRITTEN) + (iri in PATTERNED) + bool(calls_needed(function) and iri not in WRITTEN) == 1
        if iri in WRITTEN:
            assert len(WRITTEN[iri]) == len(function.outputs)


def test_names_of_parameters_are_those_of_fno() -> None:
    """The first name of each parameter and output is that of its predicate, so a mapping may use either."""
    assert short_name("http://users.ugent.be/~bjdmeest/function/grel.ttl#p_string_sep") == "p_string_sep"
    for function in FUNCTIONS:
        names = [name for p in function.parameters for name in p.names]
        shared = {name for name in names if names.count(name) > 1}
        assert shared <= {"param_a"}, function.iri


@pytest.mark.parametrize("pattern", ["yyyy", "yyyy-MM-dd'", "yyyy-MM-dd G", "yyyy-MM-dd MM"])
def test_a_bad_pattern_of_dates(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"a year, a month|quote|no letter|twice"):
        read_pattern(pattern)
