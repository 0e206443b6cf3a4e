"""Figures: what counts in a sentence, and as which value."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.text.figure import NEWEST_RULE, Figure, find_figures, list_rules
from kg.text.figure.digits import write_number


def values(sentence: str, lang: str = "en") -> str:
    return " ".join(f.value for f in find_figures(sentence, lang))


DIGITS = [
    ("It sold 75,600 hens for 1,234,567.80 crowns.", "75600 1234567.8"),
    ("It sold 215\u00a0900 hens and 3\u202f000\u2009000 cows.", "215900 3000000"),
    ("73.6 or 73.60 or 0.50 or .5 or 007", "73.6 73.6 0.5 0.5 7"),
    ("In 2024, 5 came; 1,5 and 1,2345 too.", "2024 5 1 5 1 2345"),  # no separators
    ("７５，６００ hens, １．５％", "75600 1.5"),
    ("50% or 50 per cent", "50 50"),
    ("It was -5, then (−3), then 15-20.", "-5 -3 15 20"),
    ("2024-04-28, 28.04.2024, 28/04/2024", "2024 4 28 28 4 2024 28 4 2024"),
    ("At 04:07, version 14.0.1, 1/2 full.", "4 7 14 0 1 1 2"),
    ("The SU7, GMT+8, F-150, COVID\u201119, A_1 and p3s2 left.", ""),
    ("The 5G of the 1st 1990s 4x4 left.", ""),
    ("Model 3 and 28-day trials; the iPhone 15.", "3 28 15"),
    ("In mid-2024, pre-2020 and post-2030", "2024 2020 2030"),
    ("A dash—73.6 kWh, a range 3–5.", "73.6 3 5"),  # a dash glues nothing
    ("73.6kWh/100km at 4pm, 800V, 30%", "73.6 100 4 800 30"),
    ("RMB500, €20, USD 3", "500 20 3"),
    ("30k, $5m, USD3bn, £2M, €1.5B, $4K", "30000 5000000 3000000000 2000000 1500000000 4000"),
    ("5m high, 5M cells, 5B pencils", "5"),  # metres; without a currency a capital makes a name
    ("3½ and ½ and 5¾", "3.5 5.75"),
    ("9" * 61 + " and " + "9" * 60, "9" * 60),
    ("1. Feed the hens.", "1"),  # list numbering looks like any number
]


@pytest.mark.parametrize(("sentence", "expected"), DIGITS)
def test_digits(sentence: str, expected: str) -> None:
    assert values(sentence) == expected
    assert values(sentence, "fr") == expected


COMMAS = [
    ("de", "Um 12,5 % auf 75.600 Euro; 1.250.000 Stück, 1.234,56.", "12.5 75600 1250000 1234.56"),
    (
        "de",
        "3,5 Mio. Euro, 2,4 Millionen, 5 Mrd. und 1 Billion, 20 tausend",
        "3500000 2400000 5000000000 1000000000000 20000",
    ),
    ("de", "Am 28.04.2024, am 3.4., 12.05 Uhr, Version 1.2.3, 1,2,3", "28 4 2024 3.4 12.05 1 2 3 1 2 3"),
    ("de-AT", "0,5 und 0.500 und 3.5, -3,5 Grad, €1.500, EUR1.500, 3,5kWh", "0.5 0.5 3.5 -3.5 1500 1500 3.5"),
    ("de", "2020 12,5 und 2021 1.310", "2020 12.5 2021 1310"),  # cells of a table
    ("de-CH", "1'310 und 1’310’000.50 und 2,4 und 1.310", "1310 1310000.5 2.4 1.31"),
    (
        "fr",
        "12 500 personnes, 1 234 567,89 et 2,1 milliards, 7\u202f500\u00a0000",
        "12500 1234567.89 2100000000 7500000",
    ),
    ("fr", "en 2024 100 cars, 0 800 123 456", "2024 100 0 800 123 456"),  # a year, a number of a telephone
    ("es", "3,5 mil millones de euros, 20 mil, 1.500 millones", "3500000000 20000 1500000000"),
    ("es-MX", "3.5 millones, 1,500 pesos", "3500000 1500"),
    ("it", "300mila, 3 mila, 1,2 miliardi", "300000 3000 1200000000"),
    ("pt-BR", "2,5 bilhões, 1.200 pessoas", "2500000000 1200"),
    ("ru", "12,5 млн рублей и 142 000 человек", "12500000 142000"),
    ("sv", "3,2 miljoner kronor, 45 000", "3200000 45000"),
    ("en", "75.600 and 2,4 and 1,00,000 and 12,34,56,789 and 1,310", "75.6 2 4 100000 123456789 1310"),
]


@pytest.mark.parametrize(("lang", "sentence", "expected"), COMMAS)
def test_digits_as_a_language_writes_them(lang: str, sentence: str, expected: str) -> None:
    found = find_figures(sentence, lang, 4)
    assert " ".join(figure.value for figure in found) == expected
    assert all(sentence[figure.start : figure.end] == figure.text for figure in found)


ENGLISH = [
    ("Two hens, nineteen cows, TEN goats", "2 19 10"),
    ("twenty, Twenty-five, ninety nine", "20 25 99"),
    ("a hundred, an hundred, one hundred and one", "100 100 101"),
    ("two hundred and fifty thousand", "250000"),
    ("two million three hundred thousand and five", "2300005"),
    ("two thousand twenty-four; two thousand and five", "2024 2005"),
    ("nineteen hundred; a thousand million; two hundred thousand", "1900 1000000000 200000"),
    ("between two thousand and three thousand", "2000 3000"),
    ("from five hundred and two hundred", "500 200"),
    ("two or three; two to five million; five, six", "2 3 2 5000000 5 6"),
    ("3.5 million, 100 thousand, $2 billion, 3 bn, 2 dozen", "3500000 100000 2000000000 3000000000 24"),
    ("3.5-million and half-million", "3500000 500000"),
    ("hundreds, millions of hens, several million, few hundred, the million", ""),
    ("a dozen, two dozen, half a dozen, the dozen, a dozen thousand", "12 24 6 12 12000"),
    ("few dozen, several dozen, many dozen, dozens", ""),
    ("one of those, the one, no one", ""),
    ("one third, one dozen, one million, one per cent, one percent", "1/3 12 1000000 1 1"),
    ("the first, third and tenth; twenty-first, two hundredth", ""),
    ("twenty first prizes", "20"),
    ("five-year, top five, twofold, often, seventy", "5 5 70"),
    ("zero emissions", ""),
    ("half of them, a half, one half, half-hour", "50 50 50 50"),
    ("a third, two thirds, two-thirds, one-third", "1/3 2/3 2/3 1/3"),
    ("a quarter, three quarters, three-quarters, four quarters", "25 75 75 100"),
    ("an eighth, two fifths, one tenth, five sixths", "12.5 40 10 5/6"),
    ("a third of them, a third more, a third store, a third-party", "1/3 1/3"),
    ("the third quarter, a quarter-century, last quarter", ""),
    ("half a million, half a billion, a half million, half a dozen", "500000 500000000 500000 6"),
    ("half a per cent, half per cent, half percent, half a percentage point", "0.5 0.5 0.5 0.5"),
    ("half a year", "50"),
    ("two and a half, two-and-a-half, three and a quarter", "2.5 2.5 3.25"),
    ("two and a half million, 3 and a half thousand", "2500000 3500"),
    ("one and a half, two and two thirds", "1.5 8/3"),
    ("twenty per cent, half", "20 50"),
    ("seven. Eight", "7 8"),
    ("thirty, five", "30 5"),  # only white space and hyphens join
]


@pytest.mark.parametrize(("sentence", "expected"), ENGLISH)
def test_english_words(sentence: str, expected: str) -> None:
    assert values(sentence) == expected
    assert values(sentence, "en-GB") == expected
    assert values(sentence.upper()) == expected


CHINESE = [
    ("二十五头牛", "25"),
    ("七万五千六百辆", "75600"),
    ("二〇二四年三月一日", "2024 3 1"),
    ("一九九八年", "1998"),
    ("一千零五，一百五，两万五，一百二十五，三亿五千万", "1005 150 25000 125 350000000"),
    ("一万亿，十二亿三千万", "1000000000000 1230000000"),
    ("三点五，七十三点六，七点五万", "3.5 73.6 75000"),
    ("八点三十分，三点", "8 30 3"),  # the time of day has parts
    ("3.5亿，10万，1亿2000万，7万5千6百，3万5", "350000000 100000 120000000 75600 35000"),
    ("10多万，10余万，十多家，三十多家", "100000 100000 10 30"),
    ("三年，五辆，两家，十个，百辆，千万辆", "3 5 2 10 100 10000000"),
    ("三星，四川，七夕，十分，千万别，百度，万一", ""),
    ("一个，一家，一些，一起，一一", ""),
    ("一月一日，增长一倍，十一月", "1 1 1 11"),
    ("数十万辆，几百个，几千，多万", ""),
    ("两三年，三五个，两三千", "2 3 3 5 2 3000"),
    ("第三，第二十五届，第3季度", ""),
    ("百分之五十，百分之50，百分之三点五，百分之百，千分之三", "50 50 3.5 100 0.3"),
    ("三分之一，四分之三，二分之一，3分之2", "1/3 75 50 2/3"),
    ("三成，三成五，3成，成立三成立", "30 35 30"),
    ("一半，过半，半数，半年，半个", "50 50 50 50 50"),
    ("半导体，多半，半岛", ""),
    ("两年半，三个半小时，3年半", "2.5 3.5 3.5"),
    ("７５，６００辆，１．５％，２０２４年", "75600 1.5 2024"),
    ("小米SU7，GMT+8，小米14", "14"),
    ("贰拾伍萬", "250000"),
    ("2024年4月28日", "2024 4 28"),
]


@pytest.mark.parametrize(("sentence", "expected"), CHINESE)
def test_chinese_words(sentence: str, expected: str) -> None:
    assert values(sentence, "zh") == expected
    assert values(sentence, "zh-Hans-CN") == expected


def test_words_count_in_their_language_only() -> None:
    assert values("two hens, 二十五头牛, 3", "en") == "2 3"
    assert values("two hens, 二十五头牛, 3", "zh") == "25 3"
    assert values("two hens, 二十五头牛, 3", "fr") == "3"


def test_a_figure_knows_its_place() -> None:
    assert find_figures("🐄 Some 3.5 million, half") == (
        Figure(value="3500000", text="3.5 million", start=7, end=18),
        Figure(value="50", text="half", start=20, end=24),
    )


def test_each_figure_counts_where_it_stands() -> None:
    assert values("5 hens, five cows, 5 goats") == "5 5 5"


@given(st.integers(min_value=2, max_value=99))
def test_all_small_numbers_are_read_in_words(number: int) -> None:
    small = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]  # fmt: skip
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    ten, unit = divmod(number, 10)
    words = small[number - 1] if ten < 2 else tens[ten - 2] + (f"-{small[unit - 1]}" if unit else "")
    assert values(f"It had {words} legs.") == str(number)
    assert values(f"It had {words} million legs.") == f"{number}000000"


def write_chinese(number: int) -> str:
    """The usual way to write a number below 100,000,000."""
    digits, text, gap = "零一二三四五六七八九", "", False
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        return write_chinese(high) + "万" + (("零" if low < 1000 else "") + write_chinese(low) if low else "")
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if gap and text else "") + digits[digit] + sign
            gap = False
        elif text:
            gap = True
    return text


@given(st.integers(min_value=2, max_value=99_999_999))
def test_all_numbers_are_read_in_chinese(number: int) -> None:
    assert values(f"有{write_chinese(number)}辆。", "zh") == str(number)


@given(st.integers(min_value=0, max_value=10**15), st.integers(min_value=0, max_value=6))
def test_numbers_are_read_with_separators(number: int, places: int) -> None:
    exact = Fraction(number, 10**places)
    whole, rest = divmod(number, 10**places)
    written = f"{whole:,}.{rest:0{places}}" if places else f"{whole:,}"
    assert values(f"It had {written} legs") == write_number(exact)
    assert Fraction(write_number(exact)) == exact


words = st.sampled_from(
    [
        "a", "an", "one", "two", "half", "third", "thirds", "quarter", "quarters", "and", "hundred",
        "thousand", "million", "dozen", "twenty", "first", "per", "cent", "5", "3.5", "2024-04-28", "SU7",
        "-", ",", ".", "of", "⅔", "½", "40K", "to", "$", "2T", "th",
    ]
)  # fmt: skip
signs = st.text(alphabet="〇一二两三十百千万亿点半成分之第多数年月日个個3.5⅔，", max_size=20)


@given(
    st.one_of(st.text(), signs, st.lists(words, max_size=20).map(" ".join)),
    st.sampled_from(["en", "zh", "de", ""]),
    st.sampled_from([1, 2]),
)
def test_any_text_is_read(text: str, lang: str, rule: int) -> None:
    at = 0
    for figure in find_figures(text, lang, rule):
        assert figure.text == text[figure.start : figure.end]
        assert at <= figure.start < figure.end
        at = figure.end
        assert write_number(Fraction(figure.value)) == figure.value


@pytest.mark.parametrize(
    "text",
    [
        "9" * 100_000,
        "9," * 50_000,
        "two " * 20_000,
        "million " * 20_000,
        "万" * 50_000,
        "一" * 5_000 + "点" * 50_000,
        "a" * 50_000 + "1",
        "3年" * 30_000,
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_long_texts_take_linear_time(text: str, lang: str) -> None:
    began = time.process_time()
    find_figures(text, lang)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("sentence", "lang", "first", "second"),
    [
        ("35-to-50 percent of 24-by-36 inches", "en", "35 24", "35 50 24 36"),
        ("1-in-5, 3-or-4, 2-plus-2", "en", "1 3 2", "1 5 3 4 2 2"),
        ("$2.3T, US$1.5T and RMB2T", "en", "", "2300000000000 1500000000000 2000000000000"),
        ("a 4K film, 40K users, 1.2M cars, the 3M company, 12B people", "en", "", "40000 1200000 12000000000"),
        ("⅔ of them, ½ of it", "en", "", "2/3 50"),
        ("½ million, ½ per cent", "en", "", "500000 0.5"),
        ("2½ years, two and ½ years", "en", "2.5 2", "2.5 2.5"),
        ("the 5 th floor and the 21 st", "en", "5 21", ""),
        ("mid-2024, F-150, GMT+8, A-to-Z", "en", "2024", "2024"),
        ("六英里，六個，三隻，五輛", "zh", "", "6 6 3 5"),
        ("⅔的人", "zh", "", "2/3"),
        ("载电70千瓦时，重5千克，3千人", "zh", "70000 5000 3000", "70 5 3000"),
        ("35-to-50 ⅔ 40K", "fr", "35", "35 50 2/3 40000"),
    ],
)
def test_the_second_rule_counts_what_the_first_misses(sentence: str, lang: str, first: str, second: str) -> None:
    assert " ".join(f.value for f in find_figures(sentence, lang)) == first
    assert " ".join(f.value for f in find_figures(sentence, lang, rule=2)) == second


@pytest.mark.parametrize(
    ("sentence", "second", "third"),
    [
        ("It is 3 ½ miles long.", "3 50", "3.5"),
        ("It is 3\u00a0½ or 3½ miles long.", "3 50 3.5", "3.5 3.5"),
        ("It is 3 1/2 miles and 2-3/4 inches long.", "3 1 2 2 3 4", "3.5 2.75"),
        ("He sold 1 1⁄2 million.", "1 1 2000000", "1500000"),
        ("-2 ¼ °C, ½ of 12 ⅔", "-2 25 50 12 2/3", "-2.25 50 38/3"),
        # no whole number with a part of one
        ("In 2025 ½ of them left, in 2026 1/2.", "2025 50 2026 1 2", "2025 50 2026 1 2"),
        ("On 3 1/2/2026, 4 5/3, 6 7/7, 1.5 1/2", "3 1 2 2026 4 5 3 6 7 7 1.5 1 2", "3 1 2 2026 4 5 3 6 7 7 1.5 1 2"),
        ("½ and 1/2, 3, ½", "50 1 2 3 50", "50 1 2 3 50"),
    ],
)
def test_the_third_rule_reads_a_number_with_its_part(sentence: str, second: str, third: str) -> None:
    found = {rule: " ".join(f.value for f in find_figures(sentence, rule=rule)) for rule in (2, 3)}
    assert found == {2: second, 3: third}
    assert [f.text for f in find_figures("It is 3 1/2 miles.", rule=3)] == ["3 1/2"]


OWN_DIGITS = [
    ("ar", "طوله ١٢٠ مترا، ١٬٢٣٤٫٥ و ٢٠٢٤/٠٤/٢٨ و 75,600", "120 1234.5 2024 4 28 75600"),
    ("fa-IR", "۱۲۰ متر، ۱٫۵", "120 1.5"),
    ("hi", "१,२०,००० रुपये, १२.५ %", "120000 12.5"),
    ("th", "๑๒๐ เมตร", "120"),
    ("bn", "১২০কিমি", "120"),
]


@pytest.mark.parametrize(("lang", "text", "expected"), OWN_DIGITS)
def test_the_fifth_rule_reads_the_digits_of_a_script(lang: str, text: str, expected: str) -> None:
    """They were no figures: all of such a text counted as accounted for, and no claim fitted its sentence."""
    found = find_figures(text, lang, NEWEST_RULE)
    assert " ".join(f.value for f in found) == expected and all(f.text == text[f.start : f.end] for f in found)
    assert NEWEST_RULE in list_rules(lang) and find_figures(text, lang, 4) == find_figures(text, "gsw", NEWEST_RULE)


@pytest.mark.parametrize(
    ("text", "fourth", "fifth"),
    [
        ("大陸國務院，大陆人口14億", "6 6 1400000000", "1400000000"),
        ("陆家嘴，伍家有陸個人，拾人", "6 5 6 10", ""),
        ("大陸三人，大陸二十萬人", "6 3 6 200000", "3 200000"),
        ("陸拾捌萬元，伍佰元整，伍万元，壹佰陆拾元，柒公里", "680000 500 50000 160 7", "680000 500 50000 160 7"),
    ],
)
def test_formal_numerals_that_are_words_as_well_count_in_numbers_alone(text: str, fourth: str, fifth: str) -> None:
    """A text of Taiwan on the mainland (大陸) had a figure of 6 wherever a measure word followed."""
    assert [" ".join(f.value for f in find_figures(text, "zh", rule)) for rule in (4, 5)] == [fourth, fifth]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("zh", "长274m的桥，73.6kWh电池，100km/h的速度，30k的月薪，US$2.3B的合同，24h营业",
         "274 73.6 100 30000 2300000000 24"),
        ("zh", "5G网络，5A级景区，4K电视，500M的硬盘，1080P屏幕，SU7的", ""),
        ("ja", "全長274mの橋、3kgの米、5Gの電波、7x24の", "274 3"),
        ("ko", "총 연장 274m에 왕복, 5G를 3kg의", "274 3"),
        ("th", "ยาว 274mและ", "274"),
        ("he", "274mשל", "274"),
        ("en", "274mand 3mм 3má 73.6kWh", "73.6"),
    ],
)  # fmt: skip
def test_a_unit_ends_at_a_letter_of_a_script_without_capitals(lang: str, text: str, expected: str) -> None:
    """They were no figures: coverage asked for none of them, and no claim fitted its sentence."""
    assert " ".join(figure.value for figure in find_figures(text, lang, 5)) == expected
