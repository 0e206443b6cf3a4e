"""Figures written in Chinese characters, alone or after digits: in Chinese and in Japanese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kg.text.figure.digits import LONGEST, Numeral, find_digits

_DIGITS = {
    char: number
    for number, chars in enumerate(
        ("〇零○", "一壹", "二两兩贰貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for char in chars
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_POWERS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_SIGNS = {**_DIGITS, **_UNITS, **_POWERS}
_POWERS["兆"] = 10**12  # in Japanese alone: in Chinese it is a million or more
_MEASURE = re.compile(
    r"[多余来]?(?:小时|分钟|公里|千米|公斤|美元|欧元|日元|港元|平方|立方"
    r"|[年月日号天周季个位名人家座辆台款次元块倍岁米吨克升瓦秒点届期级层种项件条只套支站店城国份批场轮步部门省市县州所页张本间组代])"
)
_MEASURE_2 = re.compile(
    _MEASURE.pattern
    + r"|[多余餘来來]?(?:英里|英尺|英寸|英亩|英畝|公顷|公頃|海里|公裡|小時|分鐘|盎司|加仑|加侖|摄氏度|攝氏度|百分[点點]"
    r"|平方|立方|[個輛歲屆層項條隻國場輪門縣頁張間組點號時隊員臺噸週艘架颗顆枚幅匹头頭双雙对對片首局段句磅码桶])"
)
_DECIMALS = re.compile(rf"点([{''.join(_DIGITS)}]++)(?![十百千刻钟]|分(?!之))")
_TENTHS = re.compile(rf"成(?![立为功本员熟])([{''.join(_DIGITS)}])?")
_AND_HALF = re.compile(r"[年个天月倍]半(?![数导岛径])")
_HALF = re.compile(r"一半|过半|半(?=数|年|个|天|月|日|小时|价)")
_MEASURE_JAPANESE = re.compile(
    r"[年月号時秒週個人名社店台件枚隻機頭匹羽冊回度倍円元歳才階位票点着種つ期次章列組席室勝敗便両戸棟軒校%％割]"
    r"|日(?!市)|本(?!木|松)|時間|分間|か国|カ国|ヵ国|ヶ国|か月|カ月|ヵ月|ヶ月|か所|カ所|ヵ所|ヶ所|箇所|世帯|世紀|人分"
    r"|ドル|ユーロ|ウォン|パーセント|ポイント|メートル|キロ|センチ|ミリ|トン|グラム|リットル|ヘクタール|平方|立方|ページ"
)
_WORDLIKE = "陆陸伍肆拾"  # formal numerals that are words as well: 大陆, 陸軍, the surname 伍, 肆虐, 收拾
_FORMAL = frozenset("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟零万萬亿億")  # one of these beside them makes a number: 陸拾, 伍佰
_MORE = "多余"  # `10多万`: more than a hundred thousand


@dataclass(frozen=True, kw_only=True)
class Manner:
    """What differs between the rules and languages: which signs count, and what must or must not stand around them."""

    signs: Mapping[str, int]
    measure: re.Pattern[str]
    vague: str = "数几多數幾"  # `数十万`: some hundred thousands
    tenths: re.Pattern[str] = _TENTHS
    drops_unit: bool = True  # `两万五` is 25,000
    wordlike: str = ""


_FIRST = Manner(signs=_SIGNS, measure=_MEASURE)
_SECOND = Manner(signs=_SIGNS, measure=_MEASURE_2)
_FIFTH = Manner(signs=_SIGNS, measure=_MEASURE_2, wordlike=_WORDLIKE)
_JAPANESE = Manner(
    signs=_SIGNS | {"兆": 10**12},
    measure=_MEASURE_JAPANESE,
    vague="数何幾",
    tenths=re.compile("(?!)"),
    drops_unit=False,
    wordlike=_WORDLIKE,
)


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A number in digits, or one sign of a number."""

    start: int
    end: int
    number: Fraction
    sign: str = ""  # empty for digits; `点` for the places after a decimal point


Run = list[Sign]


def find_chinese(text: str, rule: int = 1) -> Iterator[Numeral]:
    """The figures that *text* has in digits and in Chinese characters, by the first, the second or the fifth *rule*.

    >>> [n.value for n in find_chinese("二〇二四年三月，七万五千六百辆，百分之五十，3.5亿元，三分之一")]
    ['2024', '3', '75600', '50', '350000000', '1/3']
    >>> [n.value for n in find_chinese("大陸國務院，陆家嘴，伍家，陸拾捌萬元", 5)]
    ['680000']
    """
    manner = _FIRST if rule == 1 else _SECOND if rule < 5 else _FIFTH
    digits = list(find_digits(text, rule))
    numbers = [n for n in digits if n.share]
    numbers += _find_numbers(text, [n for n in digits if not n.share], rule, manner)
    taken = {at for n in numbers for at in range(n.start, n.end)}
    halves = [m.span() for m in _HALF.finditer(text) if not taken & set(range(*m.span()))]
    numbers += [Numeral(start=a, end=b, number=Fraction(1, 2), share=True) for a, b in halves]
    return iter(sorted(numbers, key=lambda n: n.start))


def find_japanese(text: str, rule: int) -> Iterator[Numeral]:
    """The figures that *text* has in digits and in Japanese numbers, by a *rule* from the fifth on.

    >>> [n.value for n in find_japanese("二十五隻、3万5000人、二兆円、数百人、三菱と四国の三つの社", 5)]
    ['25', '35000', '2000000000000', '3']
    """
    digits = list(find_digits(text, rule))
    numbers = [n for n in digits if n.share]
    numbers += _find_numbers(text, [n for n in digits if not n.share], rule, _JAPANESE)
    return iter(sorted(numbers, key=lambda n: n.start))


def _find_numbers(text: str, digits: list[Numeral], rule: int, manner: Manner) -> Iterator[Numeral]:
    runs = _cut_runs(text, digits, rule, manner)
    at = 0
    while at < len(runs):
        pair = runs[at : at + 2]
        share = _read_share(text, pair[0], pair[1], manner) if len(pair) == 2 else None
        if share is not None:
            yield share
        else:
            yield from _read_run(text, runs[at], manner)
        at += 1 if share is None else 2


def _cut_runs(text: str, numbers: list[Numeral], rule: int, manner: Manner) -> list[Run]:
    """Stretches of digits, which are the *numbers* given, and of signs that stand side by side."""
    digits = {n.start: Sign(start=n.start, end=n.end, number=n.number) for n in numbers}
    runs: list[Run] = []
    at = 0
    while at < len(text):
        token = digits.get(at) or _read_sign(text, at, runs[-1][-1] if runs else None, manner)
        if token is None or (rule > 1 and _begins_unit(text, at, runs)):
            at += 1
            continue
        if runs and _is_joined(text, runs[-1][-1], token):
            runs[-1].append(token)
        elif token.sign != "点":
            runs.append([token])
        at = token.end
    return [run for run in runs if run[-1].end - run[0].start <= LONGEST]


def _begins_unit(text: str, at: int, runs: list[Run]) -> bool:
    """Whether a 千 is kilo, not thousand: directly after digits and before a unit (`70千瓦时`, `5千米`)."""
    after_digits = bool(runs) and not runs[-1][-1].sign and runs[-1][-1].end == at
    return after_digits and text[at] == "千" and text[at + 1 : at + 2] in tuple("瓦米克卡伏赫字帕焦升")


def _read_sign(text: str, at: int, before: Sign | None, manner: Manner) -> Sign | None:
    char = text[at]
    if char in manner.wordlike:
        beside = {text[at - 1 : at], text[at + 1 : at + 2]} - {char}
        if not beside & _FORMAL:
            return None
    if char in manner.signs:
        return Sign(start=at, end=at + 1, number=Fraction(manner.signs[char]), sign=char)
    if before is not None and before.end == at and before.sign and (found := _DECIMALS.match(text, at)):
        places = "".join(str(_DIGITS[c]) for c in found[1])
        return Sign(start=at, end=found.end(), number=Fraction(f"0.{places}"), sign="点")
    return None


def _is_joined(text: str, before: Sign, token: Sign) -> bool:
    """Whether *token* continues the number: `7万5` does, the digits in `三5` do not."""
    if not before.sign and token.sign in _UNITS | _POWERS and text[before.end : token.start] in tuple(_MORE):
        return True
    return before.end == token.start and bool(token.sign or before.sign in _UNITS | _POWERS)


def _read_share(text: str, whole: Run, part: Run, manner: Manner) -> Numeral | None:
    """`三分之一`, `百分之50`: the whole comes first."""
    if text[whole[-1].end : part[0].start] != "分之":
        return None
    wholes, parts = _evaluate(whole, manner), _evaluate(part, manner)
    if len(wholes) != 1 or len(parts) != 1 or not wholes[0].number:
        return None
    number = parts[0].number / wholes[0].number
    return Numeral(start=whole[0].start, end=part[-1].end, number=number, share=True)


def _read_run(text: str, run: Run, manner: Manner) -> list[Numeral]:
    """The figures of one run, as far as what stands around it lets them count."""
    start, end, first = run[0].start, run[-1].end, run[0].sign
    before = text[start - 1 : start] if start else ""
    if before == "第" or (first in _UNITS | _POWERS and before and before in manner.vague):
        return []
    *others, last = _evaluate(run, manner)
    if tenths := manner.tenths.match(text, end):
        number = last.number / 10 + Fraction(_DIGITS[tenths[1] or "零"], 100)
        return [*others, Numeral(start=last.start, end=tenths.end(), number=number, share=True)]
    if half := _AND_HALF.match(text, end):
        return [*others, Numeral(start=last.start, end=half.end(), number=last.number + Fraction(1, 2))]
    alone = len(run) == 1 or first in "百佰千仟万萬亿億兆"
    if first and alone and not manner.measure.match(text, end):
        return []
    dated = text[end : end + 1] in tuple("月日号倍")
    return [n for n in (*others, last) if dated or text[n.start : n.end] not in ("一", "壹")]


def _evaluate(run: Run, manner: Manner) -> list[Numeral]:
    """The numbers of a run: one, or several where digits stand side by side (`两三千`)."""
    digits = [t.sign for t in run if t.sign in _DIGITS]
    if len(digits) == len(run) > 1 and (len(run) > 2 or not all(_DIGITS[d] for d in digits)):
        number = Fraction("".join(str(_DIGITS[d]) for d in digits))
        return [Numeral(start=run[0].start, end=run[-1].end, number=number)]
    parts: list[Run] = []
    for token in run:
        previous = parts[-1][-1] if parts else None
        if previous is None or (token.sign in _DIGITS and previous.sign in _DIGITS and previous.number):
            parts.append([token])
        else:
            parts[-1].append(token)
    return [Numeral(start=p[0].start, end=p[-1].end, number=_evaluate_part(p, manner)) for p in parts]


def _evaluate_part(part: Run, manner: Manner) -> Fraction:
    """`三亿五千万`: units multiply the digit before them, powers of ten thousand all before them."""
    total = section = Fraction(0)
    number: Fraction | None = None
    unit = power = 1  # the unit just read; the least power so far
    for token in part:
        if token.sign in _UNITS:
            unit = _UNITS[token.sign]
            section, number = section + (1 if number is None else number) * unit, None
        elif token.sign in _POWERS:
            unit = _POWERS[token.sign]
            section += number or 0
            if unit > power > 1:  # `一万亿`
                total, section = (total + section) * unit, Fraction(0)
            else:
                total, section = total + (section or (0 if total else 1)) * unit, Fraction(0)
            number, power = None, unit
        elif token.sign == "点":
            number, unit = (number or 0) + token.number, 1
        else:
            if number is not None or not token.number:
                unit = 1  # `一千零五`: the five is no five hundred
            number = token.number
    if manner.drops_unit and number is not None and unit >= 100 and number < 10 and number.denominator == 1:
        number *= unit // 10
    return total + section + (number or 0)
