"""Numbers in words of ten languages: what is read in them, and what is no figure."""

from __future__ import annotations

import pytest

from kg.check.figures import _has_number, _of_text
from kg.text.figure import NEWEST_RULE, find_figures, list_rules

NUMBERS = (14, 17, 21, 42, 71, 80, 97, 100, 101, 116, 200, 347, 555, 999, 1000, 1234, 21000, 345678, 2300000)
SPELLED = {  # as num2words 0.5.14 writes them, which knows nothing of these rules
    "de": """
        vierzehn / siebzehn / einundzwanzig / zweiundvierzig / einundsiebzig / achtzig / siebenundneunzig /
        einhundert / einhunderteins / einhundertsechzehn / zweihundert / dreihundertsiebenundvierzig /
        fünfhundertfünfundfünfzig / neunhundertneunundneunzig / eintausend / eintausendzweihundertvierunddreißig /
        einundzwanzigtausend / dreihundertfünfundvierzigtausendsechshundertachtundsiebzig / zwei Millionen
        dreihunderttausend
    """,
    "fr": """
        quatorze / dix-sept / vingt et un / quarante-deux / soixante et onze / quatre-vingts / quatre-vingt-dix-sept
        / cent / cent un / cent seize / deux cents / trois cent quarante-sept / cinq cent cinquante-cinq / neuf cent
        quatre-vingt-dix-neuf / mille / mille deux cent trente-quatre / vingt et un mille / trois cent quarante-cinq
        mille six cent soixante-dix-huit / deux millions trois cent mille
    """,
    "es": """
        catorce / diecisiete / veintiuno / cuarenta y dos / setenta y uno / ochenta / noventa y siete / cien /
        ciento uno / ciento dieciséis / doscientos / trescientos cuarenta y siete / quinientos cincuenta y cinco /
        novecientos noventa y nueve / mil / mil doscientos treinta y cuatro / veintiuno mil / trescientos cuarenta y
        cinco mil seiscientos setenta y ocho / dos millones trescientos mil
    """,
    "it": """
        quattordici / diciassette / ventuno / quarantadue / settantuno / ottanta / novantasette / cento / centouno /
        centosedici / duecento / trecentoquarantasette / cinquecentocinquantacinque / novecentonovantanove / mille /
        milleduecentotrentaquattro / ventunomila / trecentoquarantacinquemilaseicentosettantotto / due milioni e
        trecentomila
    """,
    "pt": """
        catorze / dezassete / vinte e um / quarenta e dois / setenta e um / oitenta / noventa e sete / cem / cento e
        um / cento e dezasseis / duzentos / trezentos e quarenta e sete / quinhentos e cinquenta e cinco /
        novecentos e noventa e nove / mil / mil duzentos e trinta e quatro / vinte e um mil / trezentos e quarenta e
        cinco mil seiscentos e setenta e oito / dois milhões e trezentos mil
    """,
    "nl": """
        veertien / zeventien / eenentwintig / tweeënveertig / eenenzeventig / tachtig / zevenennegentig / honderd /
        honderdéén / honderdzestien / tweehonderd / driehonderdzevenenveertig / vijfhonderdvijfenvijftig /
        negenhonderdnegenennegentig / duizend / duizendtweehonderdvierendertig / eenentwintigduizend /
        driehonderdvijfenveertigduizendzeshonderdachtenzeventig / twee miljoen driehonderdduizend
    """,
    "pl": """
        czternaście / siedemnaście / dwadzieścia jeden / czterdzieści dwa / siedemdziesiąt jeden / osiemdziesiąt /
        dziewięćdziesiąt siedem / sto / sto jeden / sto szesnaście / dwieście / trzysta czterdzieści siedem /
        pięćset pięćdziesiąt pięć / dziewięćset dziewięćdziesiąt dziewięć / tysiąc / tysiąc dwieście trzydzieści
        cztery / dwadzieścia jeden tysięcy / trzysta czterdzieści pięć tysięcy sześćset siedemdziesiąt osiem / dwa
        miliony trzysta tysięcy
    """,
    "ru": """
        четырнадцать / семнадцать / двадцать один / сорок два / семьдесят один / восемьдесят / девяносто семь / сто
        / сто один / сто шестнадцать / двести / триста сорок семь / пятьсот пятьдесят пять / девятьсот девяносто
        девять / одна тысяча / одна тысяча двести тридцать четыре / двадцать одна тысяча / триста сорок пять тысяч
        шестьсот семьдесят восемь / два миллиона триста тысяч
    """,
    "ja": """
        十四 / 十七 / 二十一 / 四十二 / 七十一 / 八十 / 九十七 / 百 / 百一 /
        百十六 / 二百 / 三百四十七 / 五百五十五 / 九百九十九 / 千 / 千二百三十四 /
        二万千 / 三十四万五千六百七十八 / 二百三十万
    """,
    "ko": """
        십사 / 십칠 / 이십일 / 사십이 / 칠십일 / 팔십 / 구십칠 / 백 / 백일 /
        백십육 / 이백 / 삼백사십칠 / 오백오십오 / 구백구십구 / 천 / 천이백삼십사 /
        이만 천 / 삼십사만 오천육백칠십팔 / 이백삼십만
    """,
}
BEHIND = {"ko": " 명", "ja": "人"}  # what is counted, where a number needs that


@pytest.mark.parametrize("lang", SPELLED)
def test_numbers_in_words_are_figures(lang: str) -> None:
    words = [" ".join(spelled.split()) for spelled in SPELLED[lang].split("/")]
    text = ", ".join(word + BEHIND.get(lang, "") for word in words)
    assert [f.value for f in find_figures(text, lang, NEWEST_RULE)] == [str(number) for number in NUMBERS]
    assert find_figures(text, lang, 4) == ()  # outlines by the rules before stay as they are


@pytest.mark.parametrize("lang", SPELLED)
def test_a_claim_finds_its_number_in_words(lang: str) -> None:
    words = [" ".join(spelled.split()) for spelled in SPELLED[lang].split("/")]
    for number, word in zip(NUMBERS, words, strict=True):
        sentence = _of_text(f"{word}{BEHIND.get(lang, '')}.", f"{lang}-001")
        assert _has_number(str(number), sentence), word
        assert not _has_number(str(number + 3), sentence), word


OTHERS = [  # a language, a text, its figures
    ("de", "mehrere hundert, Tausende, einige tausend; die eine und zwanzig andere; dreimal, zwanzigste", "20"),
    (
        "de",
        "zwischen zwanzig und dreißig; zwei Millionen und dreihunderttausend, 2,4 Millionen",
        "20 30 2300000 2400000",
    ),
    ("de", "SIEBZIG, Dreissig, eine Million, Millionen Leute", "70 30 1000000"),
    ("fr", "un véhicule neuf, quelques centaines, des millions, vingt et unième, vingt-deuxième", ""),
    ("fr", "neuf cents, vingt et un mille, septante-deux, nonante et un, quatre cent mille", "900 21000 72 91 400000"),
    ("es", "entre veinte y treinta, varios mil, entre mil y dos mil, dos mil millones", "20 30 1000 2000 2000000000"),
    ("es", "mil doscientos millones, quinientas once, un millón, veintiún", "1200000000 511 1000000 21"),
    (
        "fr",
        "deux millions et demi, trois et demie, mil neuf cent, mille et des poussières, deux cents",
        "1900 1000 200",
    ),
    ("es", "dos millones y medio, cuatro y media, seis y mediante, treinta y dos", "6 32"),
    ("de", "zweieinhalb, zwei und eine halbe Million, zwei und drei", "2 3"),
    ("it", "due milioni e mezzo, otto e mezza, sette e otto", "7 8"),
    ("pt", "dois milhões e meio, três e meia, vinte e dois", "22"),
    ("nl", "twee en een half miljoen, tien", "10"),
    ("pl", "dwa i pół miliona, dwa i trzy", "2 3"),
    ("ru", "два с половиной миллиона, два с тремя", "2 3"),
    ("it", "sei, ventuno, ventitré, due milioni e trecentomila, centinaia, tre o quattro", "21 23 2300000 3 4"),
    ("pt", "entre mil e dois mil, dezesseis, cento e vinte e três mil, vinte e trinta", "1000 2000 16 123000 20 30"),
    ("nl", "tweeëntwintig, duizenden, enkele honderd, achten, drieënveertig miljoen, een", "22 43000000"),
    ("en", "In the second half, at half-time and in the first-half results; half of the half-marathon runners", "50"),
    ("en", "the first half million cars, a second half-dozen, a first half billion", "500000 6 500000000"),
    (
        "zh",
        "上半年、下半场、单位：亿元、收入（亿元）、(万元)、半年报；半年、逾亿元、（3亿元）",
        "50 100000000 300000000",
    ),
    ("ja", "単位：億円、売上高（百万円）、(万人)、（3億円）", "300000000"),
    ("pl", "kilka tysięcy, dwudziestu jeden, sto pierwszy, pięciuset, dziesiątki tysięcy", "21 500"),
    ("ru", "две тысячи двадцать четвёртом, двадцати пяти тысяч, несколько тысяч, семью", "25000"),
    ("ja", "三菱は二十五隻、四国で三つの社、数百人、何千人、一方、十分、六本木、三重県", "25 3"),
    ("ja", "二〇二四年三月、百円、第三、3万5000人、2億円、二兆円", "2024 3 100 35000 200000000 2000000000000"),
    ("ko", "이 명령은 이 대통령의 사회, 사장, 사건, 구조대, 이번, 이층, 수백 명, 한 대학", ""),
    ("ko", "스물다섯 명, 두 대, 3만 5천 명, 70만 대, 5천만원, 3만큼, 만 3년", "25 2 35000 700000 50000000 3 3"),
]


@pytest.mark.parametrize(("lang", "text", "expected"), OTHERS)
def test_what_is_a_number_in_words_and_what_is_none(lang: str, text: str, expected: str) -> None:
    assert " ".join(f.value for f in find_figures(text, lang, NEWEST_RULE)) == expected


def test_a_figure_in_words_stands_where_its_words_stand() -> None:
    text = "Rund zweihundertfünfzig von 1.310 Fähren"
    found = find_figures(text, "de", NEWEST_RULE)
    assert [(text[f.start : f.end], f.value) for f in found] == [("zweihundertfünfzig", "250"), ("1.310", "1310")]


def test_the_fifth_rule_counts_in_every_language() -> None:
    assert all(5 in list_rules(lang) for lang in ("sv", "zh", "ja", "en"))


PIECES = [  # a language, texts whose number no word says, texts whose numbers are whole, and their figures
    (
        "en",
        "two hours and a half / a year and a half / three point five / three point one four million / half past / ten"
        " thousandths / zero point five / two million, three hundred thousand / two-point-five / a dozen and a half",
        "two and a half, two men and half a dozen; at this point five; In two thousand, thirty; two million and a half",
        "2.5 2 6 5 2000 30 2000000.5",
    ),
    (
        "de",
        "zwei Stunden und eine halbe / drei Komma fünf / drei Komma eins vier Millionen / zwei Drittel / null Komma"
        " fünf / Drei-Viertel-Mehrheit / drei und ein Viertel / fünfundzwanzig Komma zwei / zwei und drei Viertel",
        "zwei Kapitel, drei Titel; zwei Männer und eine halbe Million; halb drei, sieben",
        "2 3 2 3 7",
    ),
    (
        "fr",
        "deux heures et demie / trois virgule quatorze millions / deux tiers / deux cinquièmes / 2 millions et demi /"
        " zéro virgule cinq / trois millions et quart / trois cent mille et demi",
        "dix pour cent, cent pour cent, pour cent euros; 2 ans et demi; trois points",
        "10 100 100 2 3",
    ),
    (
        "es",
        "dos horas y media / tres coma cinco / dos terceras partes / tres cuartos / cinco coma ocho millones",
        "diez por ciento, por ciento veinte euros; dos hombres y media docena",
        "10 120 2",
    ),
    (
        "it",
        "due ore e mezza / tre virgola cinque / due terzi / tre e un quarto",
        "venti per cento, per cento",
        "20 100",
    ),
    (
        "pt",
        "duas horas e meia / três vírgula cinco / dois terços / dois milhões, trezentos mil / mil, duzentos"
        " / 2 mil, duzentos / dois milhões, trezentos e quarenta e cinco mil, seiscentos e setenta e oito",
        "sete por cento, por cento e vinte euros; dois mil, dezesseis",
        "7 120 2000 16",
    ),
    ("nl", "twee uur en een half / drie komma vijf / twee derde / drie kwart", "vijf punten, drie", "5 3"),
    ("pl", "dwie godziny i pół / dwa całe pięć dziesiątych / dwie trzecie / dwie i trzy czwarte", "trzy całe dni", "3"),
    ("ru", "два часа с половиной / три целых и пять десятых / две трети / сто целых две сотых", "два с тремя", "2 3"),
    (
        "ja",
        "三時間半 / 三・五倍 / 三割五分 / 四万十川 / 九十九里町 / 五十嵐さん / 八戸市 / 十勝",
        "三年半、二時半、三時間、三点五、八戸、四万十人",
        "3.5 2 3 3.5 8 40010",
    ),
    ("ko", "세 시간 반 / 두 명 반 / 이십오점 이 퍼센트", "두 점 차이, 스물다섯 명 반대", "2 25"),
]


@pytest.mark.parametrize(("lang", "pieces", "wholes", "expected"), PIECES)
def test_a_piece_of_a_number_in_words_is_no_figure(lang: str, pieces: str, wholes: str, expected: str) -> None:
    for piece in pieces.split(" / "):
        assert not [f.text for f in find_figures(piece, lang, NEWEST_RULE) if not f.text.isdigit()], piece
    assert " ".join(f.value for f in find_figures(wholes, lang, NEWEST_RULE)) == expected
