"""Figures of a sentence: its digits, number words and shares, each with its value. Coverage counts them.

What is a figure is a rule, not a judgement, so that every program counts alike. Each figure as it is
written counts once for each place where it stands. What the rule counts and nobody claims (a name such as
"model 3", an idiom, the numbering of a list, which looks like any number) is set aside by a reason in the
source's `figures`.

**Values** are plain decimals without separators and without needless zeros: `75,600` is "75600", `73.60`
is "73.6", `04` is "4". A value that no decimal can write is a fraction in lowest terms: "2/3".

**Digits, in every language**

- `75,600`, `215 900` (no-break or thin space) and `73.6` are one figure each. Full-width digits count
  alike.
- A minus counts after white space, an opening bracket or nothing: `-5` is "-5", but `15-20` is "15" and
  "20".
- Dates and times count as their parts, and so do versions and fractions in digits: `2024-04-28` and
  `28.04.2024` are three figures, `04:07` and `1/2` two.
- Digits that belong to a name are none: those that a letter follows (`5G`, `1st`, `1990s`), and those
  that one precedes, directly or with `+`, `-` or `_` between (`SU7`, `GMT+8`, `F-150`). These letters
  make no name: a measure after the digits (`73.6kWh`), a currency before them (`RMB500`), and `mid-
  early- late- pre- post- sub- under- over-`. More than 60 characters in a row are none.
- `k`, `mn`, `bn`, `tn` directly after the digits multiply (`30k` is "30000"), after a currency and digits
  also `m`, `M`, `b`, `B`, `K`.
- `%` and `per cent` change nothing: `50%` is "50". `3½` is "3.5".

**English words**

- `two` to `nineteen`, the tens, and what they make with `hundred`, `thousand`, `million`, `billion`,
  `trillion` and `and`: `two hundred and fifty thousand` is "250000". Multipliers also after digits: `3.5
  million`.
- A multiplier needs a number, `a`, `half` or `half a` before it: `a hundred` is "100"; `hundreds` and
  `several million` are none. `dozen` alone is "12", but not after `few`, `several`, `many`, `some`.
- The bare word `one` is none, since it is mostly a pronoun ("the one", "one of those"); `one hundred`,
  `one third`, `one and a half` and `one per cent` count. Ordinals are none (`third`, `twenty-first`).
- Shares are per cent where that is exact, else fractions: `half` is "50", `three quarters` "75", `an
  eighth` "12.5", `two thirds` "2/3". `a third` to `a tenth` may be ordinals; they count where no word
  follows or `of`, `more`, `less`, `the` ("a third of them", not "a third store"). `quarter` needs a
  number or `a`.
- `two and a half` is "2.5", `half a million` "500000", `half a per cent` "0.5".

**Chinese words**

- Numbers of two signs or more: `二十五`, `七万五千六百`, `二〇二四`, `两千五` (2500), `三点五`; units
  also after digits: `3.5亿`, `10多万`.
- One sign alone only before a measure word: `三年`, `五辆`. `一` alone only before 月 日 号 倍; else it
  says "a", as `one` does in English.
- A number that begins with 百 千 万 亿 only before a measure word (`千万辆`, not `千万别`); one that
  begins with a unit is none after 数 几 多 (`数十万`).
- Two digits side by side are two figures: `两三年` is "2" and "3". Ordinals are none (`第三`, `第3季度`).
- Shares as in English: `百分之五十` is "50", `四分之三` "75", `三分之一` "1/3", `三成五` "35"; `一半`,
  `过半` and 半 before 数 年 个 天 月 日 小时 价 are "50". `两年半` is "2.5".

**The second rule**

What is above is the first rule. It is never changed, since outlines were written by it; what it misses, the second
rule counts. A source says `figure-rule: 2` where its outline is by the second one; `kg evidence outline` writes the
newest one into sources which have no outline yet.

- `-to- -or- -and- -by- -of- -in- -on- -plus- -minus- -through- -thru- -vs- -versus-` make no name: `35-to-50` is "35"
  and "50".
- `T` after a currency and digits is a trillion (`$2.3T`). `K`, `M`, `B` after two characters of digits or more multiply
  without a currency too (`40K`, `1.2M`; `4K` and `3M` are names).
- A sign of a fraction alone is a share: `⅔` is "2/3", `½` is "50", `½ million` "500000".
- Digits with the suffix of an ordinal after a space are none: `5 th`.
- 千 directly after digits and before a unit is kilo: `70千瓦时` is "70".
- Further measure words of Chinese, in simplified and in traditional characters: `六英里`, `六個`, `三艘`.

**The third rule**

It counts as the second one does, and reads a whole number of up to three digits with the part behind it as one figure:
`3 ½` and `3 1/2` are "3.5", `2-3/4 inches` is "2.75".

**The fourth rule**

It counts as the third one does, and reads digits as the language of the source writes them:

- Where a comma stands before decimals (German, French, Spanish and 34 further languages), `2,4` is "2.4", `1.310` and
  `1.234,5` are "1310" and "1234.5", and groups of three digits may have a space between them: `142 000`. A point before
  other numbers of digits stays one. German and Italian in Switzerland and Spanish from Mexico to Peru have points: of
  the comma, there `2,4` alone is read so.
- There, `2,4 Millionen`, `3,5 Mio.`, `3,5 mil millones`, `12 milliards` and `300mila` multiply, by the words of 14
  languages (`kg.text.figure.commas`). Other number words are none.
- In all languages `1'310` is "1310", and so is `1,00,000` "100000".

**The fifth rule**

It counts as the fourth one does, and reads number words of ten further languages: German, French, Spanish, Italian,
Portuguese, Dutch, Polish, Russian, Japanese and Korean (`kg/text/tongues/`).

- What teens, tens, hundreds and powers of thousand make: `einundzwanzig` is "21", `quatre-vingt-dix-sept` "97",
  `treinta y uno` "31", `trecentomila` "300000", `двадцать пять тысяч` "25000". Ordinals are none.
- The words for one alone are none (`ein`, `une`), nor is a power that needs a number before it (`Millionen`,
  `tysięcy`), nor one behind a vague word (`mehrere hundert`), nor words that mostly mean something else (`neuf`,
  `sei`).
- Japanese as Chinese, with the measure words of its own: `二十五隻` is "25", `二人` "2", `3万5000人` "35000".
  Shares and halves are none, and `百一` is "101", which in Chinese is "110".
- Korean numbers count before a counter (`스물다섯 명`, `이십오 년`, `삼백만원`), and digits take powers: `3만 5천 명`
  is "35000".
- In these and in English, words that are only a piece of the number that is meant are none: halves (`zweieinhalb`,
  `deux millions et demi`, `two hours and a half`), decimals (`drei Komma fünf`, `三・五倍`), fractions that no rule
  before reads (`deux tiers`), the `cento` of `por cento`, thousands behind a comma (`dois milhões, trezentos mil`),
  and Japanese names with numerals, as far as `kg/text/tongues/ja.toml` has them (`四万十`).
- Halves of a game or a year are none (`the second half`, `half-time`, `下半场`), nor are multipliers that stand in the
  head of a table or column for its unit (`（亿元）`, `单位：万元`, `（百万円）`).
- A letter of a script without capitals may stand directly behind a measure, a multiplier or an amount of money:
  `274m的桥`, `3kg의`, `US$2.3B的` are "274", "3" and "2300000000". `5G网络` and `5A级` are names, as before.
- Formal numerals of Chinese that are words as well (陆 陸 伍 肆 拾) count beside another formal one, or before 万 or
  亿: `伍佰` is "500", `大陸國` none.
- In languages whose script has digits of its own, these count: `١٬٢٣٤٫٥` is "1234.5", `१२०` and `๑๒๐` are "120".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kg.text.figure.chinese import find_chinese, find_japanese
from kg.text.figure.commas import COMMA_LANGUAGES, find_by_language, writes_commas
from kg.text.figure.digits import Numeral, find_digits, fold_own_digits
from kg.text.figure.english import find_english
from kg.text.figure.spelled import add_spelled
from kg.text.figure.unclear import drop_unclear


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure: its canonical *value*, and the *text* it is written as, `sentence[start:end]`."""

    value: str
    text: str
    start: int
    end: int


NEWEST_RULE = 5
OWN_DIGITS = frozenset(  # languages whose script has digits of its own: Arabic, Devanagari, Bengali, Thai ...
    ("ar", "arz", "ary", "apc", "fa", "prs", "ur", "ps", "sd", "ckb", "ug", "ks", "hi", "mr", "ne", "sa", "mai",
     "kok", "bho", "doi", "bn", "as", "mni", "pa", "gu", "or", "ta", "te", "kn", "ml", "si", "th", "lo", "my", "shn",
     "km", "bo", "dz", "mn", "ff", "nqo", "sat")
)  # fmt: skip
_FINDERS: dict[str, Callable[[str, int], Iterator[Numeral]]] = {"en": find_english, "zh": find_chinese}


def find_figures(sentence: str, lang: str = "en", rule: int = 1) -> tuple[Figure, ...]:
    """All figures of a *sentence* in their order, by one of the rules. Never fails.

    *lang* is a language tag (BCP 47): `en` and `zh` have words, from the fifth rule on ten further languages. In others
    digits count, from the fourth rule on with their words for thousands and millions.

    >>> [f.value for f in find_figures("By 2030, two thirds of 1.5 million SU7 cars")]
    ['2030', '2/3', '1500000']
    >>> [(f.value, f.text) for f in find_figures("2024年交付10多万辆，占三成", lang="zh")]
    [('2024', '2024'), ('100000', '10多万'), ('30', '三成')]
    >>> [f.value for f in find_figures("35-to-50 of 40K miles", rule=2)]
    ['35', '50', '40000']
    >>> [f.value for f in find_figures("3 ½ of 12 1/4 miles, ½ of 3 ½ million", rule=3)]
    ['3.5', '12.25', '50', '3500000']
    >>> [f.value for f in find_figures("2,4 Millionen von 1.310 Euro", lang="de", rule=4)]
    ['2400000', '1310']
    >>> [f.value for f in find_figures("quatre-vingt-dix-sept des deux cents", lang="fr", rule=5)]
    ['97', '200']
    >>> [(f.value, f.text) for f in find_figures("طوله ١٢٠ مترا", lang="ar", rule=5)]
    [('120', '١٢٠')]
    """
    language = lang.split("-")[0].lower()
    written = sentence
    if rule > 4 and language in OWN_DIGITS:
        sentence = fold_own_digits(sentence)
    if rule > 3 and language in COMMA_LANGUAGES:
        numerals = find_by_language(sentence, rule, lang)
    else:
        finder = find_japanese if rule > 4 and language == "ja" else _FINDERS.get(language, find_digits)
        numerals = finder(sentence, rule)
    if rule > 4 and language not in _FINDERS:
        numerals = add_spelled(sentence, language, numerals)
    if rule > 4:
        numerals = drop_unclear(sentence, language, numerals)
    return tuple(Figure(value=n.value, text=written[n.start : n.end], start=n.start, end=n.end) for n in numerals)


def list_rules(lang: str) -> range:
    """The rules by which a claim may count the figures of a sentence in *lang*: those that read its digits rightly.

    >>> list_rules("en"), list_rules("de")
    (range(1, 6), range(4, 6))
    """
    return range(4 if writes_commas(lang) else 1, NEWEST_RULE + 1)
