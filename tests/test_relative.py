"""Dates that a sentence gives by the day on which its text was published, in the languages whose words are known."""

from __future__ import annotations

import pytest

from kg.text.edtf import parse_edtf
from kg.text.relative import explain_relative, find_relative, names_part, word_reason
from kg.text.tongues import list_tongues, read_tongue

SENTENCES = {
    "en": "In the second quarter of last year, on 3 March, three years ago, by the end of the year, yesterday, Monday.",
    "zh": "去年第二季度，3月3日，三年前，年底，昨天，周一。",
    "de": "Im zweiten Quartal des vergangenen Jahres, am 3. März, vor drei Jahren, bis Jahresende, gestern, am Montag.",
    "fr": "Au second trimestre de l'année dernière, le 3 mars, il y a trois ans, à la fin de l'année, hier, lundi.",
    "es": "En el segundo trimestre del año pasado, el 3 de marzo, hace tres años, a finales de año, ayer, el lunes.",
    "it": "Nel secondo trimestre dell'anno scorso, il 3 marzo, tre anni fa, entro fine anno, ieri, lunedì.",
    "pt": "No segundo trimestre do ano passado, a 3 de março, há três anos, ao fim do ano, ontem, na segunda-feira.",
    "nl": "In het tweede kwartaal van vorig jaar, op 3 maart, drie jaar geleden, eind van het jaar, gisteren, maandag.",
    "pl": "W drugim kwartale ubiegłego roku, 3 marca, trzy lata temu, do końca roku, wczoraj, w poniedziałek.",
    "ru": "Во втором квартале прошлого года, 3 марта, три года назад, до конца года, вчера, в понедельник.",
    "ja": "昨年の第2四半期、3月3日、三年前、年末、昨日、月曜日。",
    "ko": "지난해 2분기, 3월 3일, 3년 전, 연말, 어제, 월요일.",
}
"""One sentence in each language: a quarter of last year, a day of March, three years ago, the year's end, two days."""


def test_each_language_has_a_sentence() -> None:
    assert set(SENTENCES) == list_tongues()


@pytest.mark.parametrize("lang", sorted(SENTENCES))
def test_the_words_of_each_language_give_the_same_dates(lang: str) -> None:
    found = {date for _, date in find_relative(SENTENCES[lang], lang, parse_edtf("2022-07-06"))}
    assert found == {
        "2021", "2021-34", "2021-04/2021-06", "2022-03", "2022-03-03", "2019", "2022", "2022-12", "2022-12-31",
        "2022-07-05", "2022-07-04", "2022-07-11",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "lang", "dates"),
    [
        ("It grew in the first half of 2021 and in Q3 2022.", "en", set()),
        ("Sie wuchs im 2. Quartal 2021 und im März 2021.", "de", set()),
        ("2021年第三季度，2021年5月。", "zh", set()),
        ("上半年，去年下半年。", "zh", {"2021", "2022-40", "2022-01/2022-06", "2021-41", "2021-07/2021-12"}),
        ("3日下午發生地震，5月31號，3日間。", "zh", {"2022-07-03", "2022-06-03", "2022-05-31", "2022-05"}),
        ("31日に開いた。", "ja", {"2022-07-31"}),
        ("3일 열렸다. 3월 5일.", "ko", {"2022-07-03", "2022-06-03", "2022-03-05", "2022-03"}),
        ("It grew in the first half of next year.", "en", {"2023", "2023-40", "2023-01/2023-06"}),
        ("It is of the year before last.", "en", {"2020"}),
        ("It may march on, and 5 march with it.", "en", {"2022-03-05", "2022-03"}),
        ("It may open, and Will may march.", "en", set()),
        ("The second quarterback fell.", "en", set()),
        ("Det växte förra året.", "sv", set()),
        ("2025年底，2025 年 3 月 5 日，2025年的第一季度。", "zh", set()),
        ("去年年底。", "zh", {"2021", "2021-12", "2021-12-31"}),
        ("À la fin de l'année dernière.", "fr", {"2021", "2021-12", "2021-12-31"}),
        ("By the end of the year 2024, in 2025 Q1, FY2025 Q1, the first quarter of fiscal 2025.", "en", set()),
        ("They sold 2000 in March.", "en", {"2022-03"}),
        ("Half a year on, two and a half years ago.", "en", set()),
        ("半年前，三年前和五年后。", "zh", {"2019", "2027"}),
        ("В конце года.", "ru", {"2022", "2022-12", "2022-12-31"}),
    ],
)
def test_what_has_its_year_or_is_another_word_gives_none(sentence: str, lang: str, dates: set[str]) -> None:
    assert {date for _, date in find_relative(sentence, lang, parse_edtf("2022-07-06"))} == dates


def test_words_of_a_number_of_years_begin_with_the_number() -> None:
    sentences = {"zh": "他两年前和三年后", "en": "It was five to seven years ago, and is in about three years."}
    day = parse_edtf("2022-07-06")
    assert {lang: [words for words, _ in find_relative(text, lang, day)] for lang, text in sentences.items()} == {
        "zh": ["三年后", "两年前"], "en": ["in about three years", "seven years ago"],
    }  # fmt: skip


@pytest.mark.parametrize(("day", "dates"), [("0000-01-01", set()), ("9999-12-31", set()), ("2022-21", {"2021"})])
def test_no_date_is_outside_of_the_calendar(day: str, dates: set[str]) -> None:
    found = {date for _, date in find_relative("Since last year, yesterday, in March.", "en", parse_edtf(day))}
    assert found == dates


def test_without_a_day_only_years_are_counted_from() -> None:
    sentence = "It grew last year, in March, and on Monday."
    assert [{date for _, date in find_relative(sentence, "en", parse_edtf(day))} for day in ("2022", "2022-07")] == [
        {"2021"}, {"2021", "2022-03"},
    ]  # fmt: skip
    assert not list(find_relative(sentence, "en", None))
    assert not list(find_relative(sentence, "en", parse_edtf("2022-07-01/2022-07-09")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2022-04/2022-06", "April … last month"),
        ("2022-04", "April"),
        ("../2023", "next year"),
        ("2023/", "next year"),
        ("2022-06~", "last month"),
        ("2022-04/2024", None),
        ("..", None),
        ("2022-05", None),
    ],
)
def test_both_ends_of_an_interval_are_given_by_words(text: str, words: str | None) -> None:
    sentence = "It sold 5 from April to last month, and opens next year."
    assert explain_relative(text, sentence, "en", parse_edtf("2022-07-04")) == words


def test_words_are_those_of_the_sentence() -> None:
    day = parse_edtf("2022-07-04")
    assert explain_relative("2022-06-30", "On THURSDAY it rained.", "en", day) == "THURSDAY"


@pytest.mark.parametrize("lang", sorted(SENTENCES))
def test_a_quarter_has_two_months_at_its_ends_in_each_language(lang: str) -> None:
    tongue = read_tongue(lang)
    assert tongue is not None
    words = SENTENCES[lang].lower()
    assert [month for month in range(1, 13) if names_part(month, words, tongue)] == [4, 6]


def test_reasons_are_in_the_language_of_the_data_set() -> None:
    told = {lang: word_reason("去年", "2022-07-04", lang) for lang in ("de-AT", "zh-CN", "zh-TW", "sv")}
    assert told == {
        "de-AT": "„去年“, vom Datum der Quelle aus, 2022-07-04",
        "zh-CN": "“去年”，从来源的日期 2022-07-04 算起",
        "zh-TW": "「去年」，從來源的日期 2022-07-04 算起",
        "sv": "“去年” (2022-07-04)",
    }


@pytest.mark.parametrize(
    ("lang", "sentence", "words"),
    [
        ("en", "It opens by the end of next year.", "end of next year"),
        ("zh", "预计明年底开通。", "明年底"),
        ("zh", "预计明年年底开通。", "明年年底"),
        ("de", "Sie öffnet Ende nächsten Jahres.", "Ende nächsten Jahres"),
        ("fr", "Il ouvre à la fin de l'année prochaine.", "fin de l'année prochaine"),
        ("es", "Abre a finales del próximo año.", "finales del próximo año"),
        ("it", "Apre entro la fine del prossimo anno.", "fine del prossimo anno"),
        ("pt", "Abre no final do próximo ano.", "final do próximo ano"),
        ("nl", "Hij opent eind volgend jaar.", "eind volgend jaar"),
        ("pl", "Otworzą go do końca przyszłego roku.", "końca przyszłego roku"),
        ("ru", "Он откроется до конца следующего года.", "конца следующего года"),
        ("ja", "来年末に開く。", "来年末"),
        ("ko", "내년 말로 연기했다.", "내년 말"),
    ],
)
def test_the_end_of_another_year_is_its_december(lang: str, sentence: str, words: str) -> None:
    found = {date: phrase for phrase, date in find_relative(sentence, lang, parse_edtf("2022-07-06"))}
    assert (found.get("2023-12"), found.get("2023-12-31")) == (words, words)
