"""Dates that a sentence gives by the day on which its text was published: `last year`, `in three years`, `去年`.

They are worked out, never believed: `when: 2025` of `last year` is right where the text is of 2026. The words stand in
the tables `dates` of `kg.text.tongues`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache

from kg.text.edtf import Edtf
from kg.text.figure import NEWEST_RULE, find_figures
from kg.text.language import choose_language
from kg.text.sentence import fold_words
from kg.text.tongues import DateWords, SignalWords, read_tongue, write_word
from kg.text.tongues.wordlist import UNSPACED

_HALF = 183  # days: a date without a year is of the year of publication, or no farther away than this
_ORDINAL = r"(?:st|nd|rd|th|er|[.ºª°])?"
_OF = r"(?:of|de|del|des|di|dell['’]|d['’]|van) ?"
_DAY = (
    r"(?<![\d月월])(?P<day>\d{1,2}) ?[日号號일](?![間间内內])"  # a day of the month, which news of East Asia leave out
)
_SHARES = ("half", "半")  # figures of 50 in a hundred: `半年前` is no fifty years ago
_YEAR_BEFORE = r"(?<!\w)(?:fy ?)?(?:1[5-9]|20)\d\d(?:['’]s)? "  # `2025 Q1`, `2025's first quarter`
_YEAR_BEHIND = rf"(?:{_OF})?(?:the )?(?:(?:fiscal|financial) )?(?:year )?(?:fy ?)?\d{{4}}(?!\d)"
_YEAR_UNSPACED = r"\d ?[年년]? ?[的の의]?"  # `2025年底`, `2025 年的 3 月`
_NUMBERED = r"(?<!\d)(?P<number>\d{1,2}) ?[月월](?: ?(?P<day>\d{1,2}) ?[日号號일])?"

_REASONS = {  # of the words and the day
    "en": "“{}”, of the date of the source, {}",
    "zh": "“{}”，从来源的日期 {} 算起", "zh-Hant": "「{}」，從來源的日期 {} 算起",
    "de": "„{}“, vom Datum der Quelle aus, {}",
    "fr": "« {} », à compter de la date de la source, {}", "es": "«{}», a partir de la fecha de la fuente, {}",
    "it": "«{}», dalla data della fonte, {}", "pt": "«{}», a partir da data da fonte, {}",
    "nl": "“{}”, vanaf de datum van de bron, {}", "pl": "„{}”, licząc od daty źródła, {}",
    "ru": "«{}», от даты источника, {}",
    "ja": "「{}」、出典の日付 {} から", "ko": "“{}”, 출처의 날짜 {} 기준", "": "“{}” ({})",
}  # fmt: skip


def find_relative(sentence: str, lang: str, published: Edtf | None) -> Iterator[tuple[str, str]]:
    """The dates that words of a sentence give, seen from the day of publication: pairs of the words and an EDTF date.

    >>> from kg.text.edtf import parse_edtf
    >>> list(find_relative("It grew last year and opens in three years.", "en", parse_edtf("2026-04-06")))
    [('last year', '2025'), ('in three years', '2029')]
    >>> list(find_relative("Im zweiten Quartal wuchs sie.", "de", parse_edtf("2026-07-06")))
    [('zweiten Quartal', '2026-34'), ('zweiten Quartal', '2026-04/2026-06')]
    """
    known = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", published.text) if published is not None else None
    tongue = read_tongue(lang)
    if known is None or tongue is None or tongue.dates is None:
        return
    year, month, day = (int(part or 0) for part in known.groups())
    if not 1000 < year < 9000:
        return  # so that no date is before year 0 or after year 9999
    month = month if month <= 12 else 0  # a season is counted from as its year is
    words = fold_words(sentence)
    for phrase, date in _find_all(words, lang, tongue, tongue.dates, year, month, day):
        written = re.search(re.escape(phrase), sentence, re.IGNORECASE)
        yield (written[0] if written is not None else phrase), date


def explain_relative(text: str, sentence: str, lang: str, published: Edtf | None) -> str | None:
    """The words of a sentence that give the EDTF date *text* by the day of publication; None where none do.

    Of an interval each end is given by words, or is open; what is approximate or uncertain is as if it were not.

    >>> from kg.text.edtf import parse_edtf
    >>> day, sentence = parse_edtf("2022-07-04"), "It sold 5 from April to last month, and opens next year."
    >>> [explain_relative(text, sentence, "en", day) for text in ("2022-04/2022-06", "../2023", "2022~", "2024")]
    ['April … last month', 'next year', None, None]
    """
    known: dict[str, str] = {}
    for phrase, date in find_relative(sentence, lang, published):
        known.setdefault(date, phrase)
    bare = re.sub(r"[?~%]", "", text)
    if bare in known:
        return known[bare]
    ends = [end for end in bare.split("/") if end not in {"", ".."}]
    if "/" not in bare or not ends or not all(end in known for end in ends):
        return None
    return " … ".join(dict.fromkeys(known[end] for end in ends))


def word_reason(words: str, published: str, lang: str) -> str:
    """How a date is known that *words* give by the day of publication, in the data set's language.

    >>> word_reason("last year", "2026-04-06", "en"), word_reason("i fjor", "2026-04-06", "nb")
    ('“last year”, of the date of the source, 2026-04-06', '“i fjor” (2026-04-06)')
    """
    return _REASONS[choose_language(lang, _REASONS) or ""].format(words, published)


def names_part(month: int, words: str, tongue: SignalWords) -> bool:
    """Whether folded *words* name a quarter or a half of a year that begins or ends with a month.

    >>> english = read_tongue("en")
    >>> [names_part(month, "it grew in the second quarter", english) for month in (4, 5, 6, 12)]
    [True, False, True, False]
    """
    spans = _list_spans(tongue.dates) if tongue.dates is not None else ()
    return any(month in (first, last) and pattern.search(words) for pattern, _, first, last in spans)


def _find_all(
    words: str, lang: str, tongue: SignalWords, dates: DateWords, year: int, month: int, day: int
) -> Iterator[tuple[str, str]]:
    """As `find_relative`, of folded words and the parts of the day of publication, 0 where one is not known."""
    for phrase, by in _find_phrases(words, dates.years):
        yield phrase, f"{year + by:04}"
    named = {f.value for f in find_figures(words, lang, NEWEST_RULE) if re.fullmatch(r"(?:19|20)\d\d", f.value)}
    earlier = next(_find_phrases(words, {-1: dates.earlier}, beside=dates.years), None)
    if earlier is not None and len(named) < 2:
        yield earlier[0], f"{int(next(iter(named), year)) - 1:04}"
    for found in _any_of(dates.ends).finditer(words):
        if not _has_year(words, found):
            yield from _end_year(found[0], year + next(_told(words, found, dates), 0))
    for form in dates.ends_of:
        start, _, end = (re.escape(part) for part in form.partition("#"))
        for by, phrases in dates.years.items():
            for found in re.finditer(rf"{start}(?:{_any_of(phrases).pattern}){end}", words):
                yield from _end_year(found[0], year + by)
    for patterns, sign in ((dates.ahead, 1), (dates.ago, -1)):
        for phrase, number in _find_away(words, lang, patterns):
            yield phrase, f"{year + sign * number:04}"
    if not month:
        return
    for phrase, by in _find_phrases(words, dates.months):
        whole = year * 12 + month - 1 + by
        yield phrase, f"{whole // 12:04}-{whole % 12 + 1:02}"
    around = datetime.date(year, month, day or 15)
    yield from _find_undated(words, tongue, dates, around)
    for pattern, part, first, last in _list_spans(dates):
        for found in pattern.finditer(words):
            for one in _choose_years(words, found, dates, around, (first + last + 1) // 2):
                yield found[0], f"{one:04}-{part}"
                yield found[0], f"{one:04}-{first:02}/{one:04}-{last:02}"
    if day:
        for phrase, by in _find_phrases(words, dates.days):
            yield phrase, (around + datetime.timedelta(days=by)).isoformat()
        yield from _find_weekdays(words, dates, around)


def _end_year(phrase: str, year: int) -> Iterator[tuple[str, str]]:
    """The dates that the end of a year may be written as."""
    yield from ((phrase, date) for date in (f"{year:04}", f"{year:04}-12", f"{year:04}-12-31"))


def _find_phrases(
    words: str, phrases: Mapping[int, tuple[str, ...]], *, beside: Mapping[int, tuple[str, ...]] | None = None
) -> Iterator[tuple[str, int]]:
    """The phrases that stand in *words*, with their numbers: none that is part of a longer one, or of one *beside*."""
    counted = {phrase: number for number, forms in phrases.items() for phrase in forms}
    others = {phrase for forms in (beside or {}).values() for phrase in forms}
    for found in _any_of(frozenset((*counted, *others))).finditer(words):
        if found[0] in counted:
            yield found[0], counted[found[0]]


def _find_away(words: str, lang: str, patterns: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Phrases such as `in three years`, of patterns with `#` for the number, each with its number."""
    figures = {figure.end: figure for figure in find_figures(words, lang, NEWEST_RULE)}
    for pattern in patterns:
        start, _, end = (re.escape(part) for part in pattern.partition("#"))
        number = r"[^\s,;:()]+(?: [^\s,;:()]+)?" if " " in pattern else r"[^\s,;:()、。]{1,4}"
        edge = r"(?!\w)" if end[-1:].isascii() or " " in pattern else ""
        begin = rf"(?<!\w){start}" if start else ""
        for found in re.finditer(rf"{begin}({number}){end}{edge}", words):
            figure = figures.get(found.end(1))
            if figure is None:
                at, value = _read_small(found[1], lang)
                at += found.start(1)
            else:
                at, value = max(figure.start, found.start(1)), figure.value
            is_share = figure is not None and figure.text.endswith(_SHARES)
            if value.isdigit() and len(value) < 4 and not is_share:
                yield words[found.start() if start else at : found.end()], int(value)


def _find_undated(
    words: str, tongue: SignalWords, dates: DateWords, published: datetime.date
) -> Iterator[tuple[str, str]]:
    """Days and months that are named without a year: of the year of publication, or near to it."""
    for number, forms in enumerate(tongue.months, 1):
        for found in re.finditer(_write_month(forms.words, dates), words):
            parts = found.groupdict()
            written = parts["early"] or parts.get("late")
            if written or not dates.before or parts.get("before"):
                yield from _date(words, found, dates, published, number, written)
    for found in re.finditer(_NUMBERED, words):
        yield from _date(words, found, dates, published, int(found["number"]), found["day"])
    for found in re.finditer(_DAY, words):
        if not re.search(r"[月월] ?$", words[: found.start()]):
            for back in (0, 1):
                month = published.year * 12 + published.month - 1 - back
                with suppress(ValueError):  # the 31st of April
                    yield found[0], datetime.date(month // 12, month % 12 + 1, int(found["day"])).isoformat()


def _write_month(forms: Iterable[str], dates: DateWords) -> str:
    month = "|".join(map(write_word, forms))
    before = rf"(?P<before>(?<!\w)(?:{'|'.join(dates.before)}) )?" if dates.before else ""
    late = rf"(?: (?P<late>\d{{1,2}}){_ORDINAL}(?![\w%]))?" if dates.before else ""
    return rf"(?:(?<![\w.,])(?P<early>\d{{1,2}}){_ORDINAL} (?:{_OF})?|{before})(?P<month>{month}){late}"


def _date(
    words: str, found: re.Match[str], dates: DateWords, published: datetime.date, month: int, written: str | None
) -> Iterator[tuple[str, str]]:
    for year in _choose_years(words, found, dates, published, month, int(written or 15)):
        if written:
            yield found[0].strip(), datetime.date(year, month, int(written)).isoformat()
        yield found.groupdict().get("month") or found[0], f"{year:04}-{month:02}"


def _choose_years(
    words: str, found: re.Match[str], dates: DateWords, published: datetime.date, month: int, day: int = 15
) -> Iterator[int]:
    """The years that a month, quarter or half without one may be of: the told one (`last year`), else the near ones."""
    if _has_year(words, found):
        return
    told = next(_told(words, found, dates), None)
    for year in [published.year + told] if told is not None else range(published.year - 1, published.year + 2):
        try:
            middle = datetime.date(year, month, day)
        except ValueError:
            continue  # the 45th of March
        if told is not None or year == published.year or abs((middle - published).days) <= _HALF:
            yield year


def _has_year(words: str, found: re.Match[str]) -> bool:
    """Whether the year of a month, quarter or year's end stands beside it in digits."""
    if _find_beside(words, found, _YEAR_BEHIND, _YEAR_UNSPACED):
        return True
    start = found.start("month") if "month" in found.groupdict() else found.start()
    return re.search(rf"{_YEAR_BEFORE}$", words[max(start - 12, 0) : start]) is not None


def _told(words: str, found: re.Match[str], dates: DateWords) -> Iterator[int]:
    """How far the year lies that is told with a month, quarter or end: `March last year`, `去年3月`."""
    for by, phrases in dates.years.items():
        told = _any_of(phrases)
        across = (year for year in told.finditer(words) if year.start() < found.end() and found.start() < year.end())
        beside = rf"(?:{_OF})?(?:{told.pattern})", rf"(?:{told.pattern})[的の의]?"
        if next(across, None) is not None or _find_beside(words, found, *beside):
            yield by


def _find_beside(words: str, found: re.Match[str], behind: str, before: str) -> bool:
    """Whether a pattern stands right behind what was found; in Chinese, Japanese and Korean another one before it."""
    if UNSPACED.search(found[0]):
        return re.search(rf"(?:{before}) ?$", words[: found.start()]) is not None
    return re.match(rf",? (?:{behind})", words[found.end() :]) is not None


def _find_weekdays(words: str, dates: DateWords, published: datetime.date) -> Iterator[tuple[str, str]]:
    """Days of the week: the last one by the day of publication, and the next one after it."""
    for number, forms in enumerate(dates.weekdays):
        back = (published.weekday() - number) % 7
        for found in _any_of(forms).finditer(words):
            for days in (-back, 7 - back):
                yield found[0], (published + datetime.timedelta(days=days)).isoformat()


def _list_spans(dates: DateWords) -> Iterator[tuple[re.Pattern[str], int, int, int]]:
    """Quarters and halves of a year: what names them, their number in EDTF, their first and last month."""
    for number, forms in enumerate(dates.quarters):
        yield _any_of(forms), 33 + number, 3 * number + 1, 3 * number + 3
    for number, forms in enumerate(dates.halves):
        yield _any_of(forms), 40 + number, 6 * number + 1, 6 * number + 6


@cache
def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """What finds one of the phrases, the longest where several begin."""
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(map(write_word, longest)) or "(?!)")


def _read_small(text: str, lang: str) -> tuple[int, str]:
    """A small number at the end of a text that is no figure of its sentence, and where it begins; else no value."""
    if lang.startswith("zh") and text[-1:] in "一二三四五六七八九十":
        return len(text) - 1, str("零一二三四五六七八九十".find(text[-1]))
    tongue = read_tongue(lang)
    small = enumerate(tongue.numbers) if tongue is not None else ()
    return 0, next((str(number) for number, forms in small if number and text in forms.words), "")
