"""Words that deny, hedge and foresee in twelve languages: what is noted, and what is not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from story import lay_out

from kg.build.pipeline import check_files, read_project
from kg.check.figures import _has_number, _missing_dates, _of_text
from kg.check.wording import has_unit
from kg.model.ontology.vocabulary import read_vocabulary
from kg.rdf.turtle.document import read_turtle
from kg.text import tongues
from kg.text.diagnostic import Diagnostic, SourceText
from kg.text.sentence import fold_words, split_sentences
from kg.text.tongues import WordList, list_tongues, read_tongue

DENIED, HEDGED = "denied-in-sentence", "hedged-fact"
# A language; its sentences, the figure of a fact in each, and the code and the word that are told of it, if any.
SENTENCES: dict[str, list[tuple[str, str, tuple[str, str] | None]]] = {
    "en": [
        ("The Tern takes 70 +/- 2 kWh.", "70", (HEDGED, "+/-")),
        ("The Tern takes 60-70 kWh.", "60", (HEDGED, "60-70")),
        ("The Tern rose from 60 to 70 kWh.", "70", None),
        ("The Tern, with 70 kWh, is to be found in Riga.", "70", None),
        ("The Tern takes 60 of 70 kWh.", "60", None),
        ("The Tern beat the Heron 3-4 and takes 3 kWh.", "3", None),
        ("Halden expects 70 kWh.", "70", (HEDGED, "expects")),
        ("A loss of between 60 and 70 kWh.", "-70", (HEDGED, "60 and 70")),
        ("At 70 kWh Halden was cleared of all charges.", "70", (DENIED, "cleared of all charges")),
        ("The Tern takes 70 kWh where it is cleared of ice.", "70", None),
    ],
    "zh": [
        ("Tern充电60千瓦时至70千瓦时。", "70", (HEDGED, "60千瓦时至70")),
        ("Tern充电不超过70千瓦时。", "70", (HEDGED, "不超过")),
        ("Tern一说70千瓦时。", "70", (HEDGED, "一说")),
        ("Tern的数据传输和模拟测试70千瓦时，这一说法不变。", "70", None),
        ("Tern充电60或70千瓦时。", "70", (HEDGED, "60或70")),
    ],
    "de": [
        ("Die Tern lädt nicht 70 kWh.", "70", (DENIED, "nicht")),
        ("Nicht nur die Tern lädt 70 kWh, sagte sie.", "70", None),
        ("Die Heron lädt keine 50 kWh, aber die Tern lädt 70 kWh.", "70", None),
        ("Die Tern könnte 70 kWh laden.", "70", (HEDGED, "könnte")),
        ("Die Tern lädt rund 2,4 kWh.", "2.4", (HEDGED, "rund")),
        ("Die Tern wird mit 70 kWh geladen.", "70", None),
        ("Die Tern lädt 70 ± 2 kWh.", "70", (HEDGED, "±")),
        ("Die Tern lädt zwischen 60 und 70 kWh.", "70", (HEDGED, "60 und 70")),
        ("Die Tern mit 70 kWh wurde freigesprochen.", "70", (DENIED, "freigesprochen")),
    ],
    "fr": [
        ("La Tern ne charge pas 70 kWh.", "70", (DENIED, "pas")),
        ("La Tern ne charge que 70 kWh.", "70", None),
        ("Le marché de 70 kWh est attribué à la Tern, qui pose la table sur le pont.", "70", None),
        ("La Tern devrait charger 70 kWh.", "70", (HEDGED, "devrait")),
        ("La Tern charge jusqu'à 70 kWh.", "70", (HEDGED, "jusqu'à")),
        ("La Tern charge entre 60 et 70 kWh.", "60", (HEDGED, "60 et 70")),
    ],
    "es": [
        ("La Tern no carga 70 kWh.", "70", (DENIED, "no")),
        ("No sólo la Tern carga 70 kWh.", "70", None),
        ("La Tern podría cargar 70 kWh.", "70", (HEDGED, "podría")),
        ("La Tern carga más de 70 kWh.", "70", (HEDGED, "más de")),
        ("La Tern carga entre 60 y 70 kWh.", "70", (HEDGED, "60 y 70")),
    ],
    "it": [
        ("La Tern non carica 70 kWh.", "70", (DENIED, "non")),
        ("La Tern dovrebbe caricare 70 kWh.", "70", (HEDGED, "dovrebbe")),
        ("La Tern carica circa 70 kWh.", "70", (HEDGED, "circa")),
        ("La Tern carica tra 60 e 70 kWh.", "70", (HEDGED, "60 e 70")),
    ],
    "pt": [
        ("A Tern não carrega 70 kWh.", "70", (DENIED, "não")),
        ("A Tern deverá carregar 70 kWh.", "70", (HEDGED, "deverá")),
        ("A Tern carrega cerca de 70 kWh.", "70", (HEDGED, "cerca de")),
        ("A Tern carrega entre 60 e 70 kWh.", "70", (HEDGED, "60 e 70")),
    ],
    "nl": [
        ("De Tern laadt geen 70 kWh.", "70", (DENIED, "geen")),
        ("De Tern zou 70 kWh laden.", "70", (HEDGED, "zou")),
        ("De Tern laadt ruim 70 kWh.", "70", (HEDGED, "ruim")),
        ("De Tern laadt tussen 60 en 70 kWh.", "70", (HEDGED, "60 en 70")),
    ],
    "pl": [
        ("Tern nie ładuje 70 kWh.", "70", (DENIED, "nie")),
        ("Tern może ładować 70 kWh.", "70", (HEDGED, "może")),
        ("Tern ładuje około 70 kWh.", "70", (HEDGED, "około")),
        ("Tern ładuje między 60 a 70 kWh.", "70", (HEDGED, "60 a 70")),
    ],
    "ru": [
        ("Tern не заряжает 70 kWh.", "70", (DENIED, "не")),
        ("Tern, возможно, заряжает 70 kWh.", "70", None),  # the hedge stands in a clause of its own
        ("Tern может заряжать 70 kWh.", "70", (HEDGED, "может")),
        ("Tern заряжает не только 70 kWh.", "70", None),
        ("Tern заряжает свыше 70 kWh.", "70", (HEDGED, "свыше")),
        ("Tern заряжает от 60 до 70 kWh.", "70", (HEDGED, "60 до 70")),
        ("Tern выросла с 60 до 70 kWh.", "70", None),
    ],
    "ja": [
        ("Ternは70 kWhを充電していない。", "70", (DENIED, "ていない")),
        ("Ternは70 kWhを充電する見込み。", "70", (HEDGED, "見込み")),
        ("Ternは約70 kWhを充電した。", "70", (HEDGED, "約")),
        ("Ternは素晴らしい70 kWhを充電した。", "70", None),
        ("Ternは60〜70 kWhを充電した。", "70", (HEDGED, "60〜70")),
    ],
    "ko": [
        ("Tern은 70 kWh를 충전하지 않았다.", "70", (DENIED, "않았")),
        ("Tern은 70 kWh를 충전할 예정이다.", "70", (HEDGED, "예정")),
        ("Tern은 약 70 kWh를 충전했다.", "70", (HEDGED, "약")),
        ("Tern은 60~70 kWh를 충전했다.", "70", (HEDGED, "60~70")),
    ],
}  # fmt: skip


def check_sentences(folder: Path, lang: str, sentences: list[tuple[str, str]]) -> tuple[Diagnostic, ...]:
    """What is told of a source in a language, each of whose sentences states a figure of the ferry Tern."""
    text = "\n\n".join(["Tern", *(sentence for sentence, _ in sentences)]) + "\n"
    digests = {s.address: s.digest for s in split_sentences(text)}
    blocks = [
        f"  p{n}s1 {digests[f'p{n}s1']}:\n    said: source\n    c{n}: {{s: tern, p: battery, o: {figure} kWh}}\n"
        for n, (_, figure) in enumerate(sentences, 1)
    ]
    project = lay_out(folder, {
        "texts/far.txt": text,
        "seeds/sources/far.yaml":
            f"kg: source/1\ntitle: Tern\nauthor: mira-vogt\npublished: 2033-01-01\nlang: {lang}\nfile: far.txt\n",
        "seeds/claims/far.yaml": "kg: claims/1\nsource: far\nclaims:\n" + "".join(blocks),
    })  # fmt: skip
    return check_files(read_project(project, project.root / "texts")).diagnostics


@pytest.mark.parametrize("lang", SENTENCES)
def test_words_of_a_language_are_noted_where_they_count(lang: str, tmp_path: Path) -> None:
    found = check_sentences(tmp_path, lang, [(sentence, figure) for sentence, figure, _ in SENTENCES[lang]])
    told = {d.message.partition("`far.")[2].partition("`")[0]: d for d in found if d.code in (DENIED, HEDGED)}
    for number, (sentence, _, wanted) in enumerate(SENTENCES[lang], 1):
        note = told.pop(f"c{number}", None)
        assert (note.code if note else None) == (wanted[0] if wanted else None), (sentence, note)
        assert note is None or wanted is None or f"`{wanted[1]}`" in note.message, (sentence, note)
    assert not told and not [d for d in found if d.code == "words-unknown"]


@pytest.mark.parametrize(
    ("lang", "again", "nobody"),
    [
        ("de", "Sie lädt 70 kWh.", "Geladen wurden 60 kWh."),
        ("fr", "Elle charge 70 kWh.", "Charge : 60 kWh."),
        ("es", "Su batería carga 70 kWh.", "Carga: 60 kWh."),
        ("it", "La sua batteria carica 70 kWh.", "Carica: 60 kWh."),
        ("pt", "Ela carrega 70 kWh.", "Carga: 60 kWh."),
        ("nl", "Haar accu laadt 70 kWh.", "Lading: 60 kWh."),
        ("pl", "Jej bateria ładuje 70 kWh.", "Ładunek: 60 kWh."),
        ("ru", "Её батарея заряжает 70 kWh.", "Заряд: 60 kWh."),
        ("ja", "その電池は70 kWhだ。", "電池は60 kWh。"),
        ("ko", "그의 배터리는 70 kWh이다.", "배터리 60 kWh."),
    ],
)
def test_a_pronoun_of_each_language_stands_for_what_was_named(
    lang: str, again: str, nobody: str, tmp_path: Path
) -> None:
    """Each such sentence of a text in another language than English and Chinese was a note."""
    found = check_sentences(tmp_path, lang, [(again, "70"), (nobody, "60")])
    told = [d.mark for d in found if d.code == "name-not-in-sentence" and d.mark.file == "seeds/claims/far.yaml"]
    assert [mark.line for mark in told] == [9]


NEAR = "write `2012~`, a range (`FIRST/LAST`) or one of two (`[ONE,OTHER]`)"


@pytest.mark.parametrize(
    ("sentence", "claim", "told"),
    [
        ("It was built between 2010 and 2012.", "p: launched, o: 2012", ["`2010 and 2012` for its date", NEAR]),
        ("It was in use 2012-2019.", "p: launched, o: 2012", []),
        ("It was built in 2012 or 2013.", "p: launched, o: 2012", ["`2012 or 2013` for its date", NEAR]),
        (
            "It was built circa 2012-2013.",
            "p: launched, o: 2012/2013",
            ["`circa` before its dates", "write `2012~/2013~`,"],
        ),
        ("It was built between 2012 and 2013.", "p: launched, o: 2012/2013", []),
        ("It was built circa 2012-2013.", "p: launched, o: 2012~/2013~", []),
        ("It was in Riga about 2012.", "p: homePort, o: riga, when: 2012", ["`about` before its date", NEAR]),
        ("It lay near Riga in 2012.", "p: homePort, o: riga, when: 2012", []),
        ("It was in Riga around the year 2012.", "p: homePort, o: riga, when: 2012", ["`around` before its date"]),
        ("It may have been in Riga.", "p: homePort, o: riga", ["`may`", "write `sure: vague`"]),
        ("It may have been in Riga.", "p: homePort, o: riga, sure: vague", []),
        ("Its home port may be Riga.", "p: homePort, o: riga, mode: opinion", []),
    ],
)
def test_dates_and_hearsay_are_as_exact_as_the_sentence(
    sentence: str, claim: str, told: list[str], tmp_path: Path
) -> None:
    digest = split_sentences(f"Tern\n\n{sentence}\n")[1].digest
    project = lay_out(tmp_path, {
        "texts/far.txt": f"Tern\n\n{sentence}\n",
        "seeds/sources/far.yaml":
            "kg: source/1\ntitle: Tern\nauthor: mira-vogt\npublished: 2033-01-01\nlang: en\nfile: far.txt\n",
        "seeds/claims/far.yaml":
            f"kg: claims/1\nsource: far\nclaims:\n  p1s1 {digest}:\n    said: source\n    c: {{s: tern, {claim}}}\n",
    })  # fmt: skip
    found = [d for d in check_files(read_project(project, project.root / "texts")).diagnostics if d.code == HEDGED]
    texts = [f"{d.message} {d.hint}" for d in found]
    assert len(texts) == bool(told) and all(part in text for part in told for text in texts), texts


def test_what_the_property_is_called_hedges_nothing(tmp_path: Path) -> None:
    """That a work is attributed to somebody is what such a claim says, whatever else its label has."""
    text = "Tern\n\nThe Tern is attributed to Riga.\n"
    digest = split_sentences(text)[1].digest
    told = []
    for label in ("attributed to", "painted by", "is work attributed to"):
        project = lay_out(tmp_path / label.replace(" ", "-"), {
            "ontology/art.ttl":
                "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix r: <https://halden.example/relation/> .\n"
                "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
                f'r:made a owl:ObjectProperty ; rdfs:label "{label}"@en ; rdfs:range owl:Thing .\n',
            "texts/far.txt": text,
            "seeds/sources/far.yaml":
                "kg: source/1\ntitle: Tern\nauthor: mira-vogt\npublished: 2033-01-01\nlang: en\nfile: far.txt\n",
            "seeds/claims/far.yaml":
                f"kg: claims/1\nsource: far\nclaims:\n  p1s1 {digest}:\n    said: source\n"
                "    c: {s: tern, p: made, o: riga}\n",
        })  # fmt: skip
        found = check_files(read_project(project, project.root / "texts")).diagnostics
        told.append([d.message for d in found if d.code == HEDGED])
    assert told == [[], ["the fact `far.c` stands with `attributed to` in `far.p1s1`"], []]


@pytest.mark.parametrize(
    ("symbol", "texts"),
    [
        ("%", "5 Prozent|5 pour cent|5 por ciento|5 per cento|5 por cento|5 procent|5 процентов|5パーセント|5퍼센트"),
        ("s", "5 Sekunden|5 secondes|5 segundos|5 secondi|5 seconden|5 sekund|5 секунд|5秒|5초"),
        ("GW", "5 Gigawatt|5 gigawatts|5 gigavatios|5 gigawatów|5 ГВт|5ギガワット|5기가와트|5吉瓦"),
        ("m²", "5 Quadratmeter|5 mètres carrés|5 metros cuadrados|5 metri quadrati|5 vierkante meter|5 кв. м|5平方米"),
    ],
)
def test_a_unit_is_known_by_what_texts_of_each_language_call_it(symbol: str, texts: str) -> None:
    path = Path(__file__).parent.parent / "ontology" / "units.ttl"
    vocabulary = read_vocabulary([read_turtle(SourceText("units.ttl", path.read_text(encoding="utf-8")))])
    unit = vocabulary.units[symbol]
    assert [text for text in texts.split("|") if not has_unit(unit, fold_words(text))] == []
    assert not has_unit(unit, fold_words("第三季度有5个人，程度很高"))


def test_a_language_whose_words_are_not_known_is_told_once_a_source(tmp_path: Path) -> None:
    found = check_sentences(tmp_path, "sv", [("Tern laddar inte 70 kWh.", "70"), ("Tern laddar 60 kWh.", "60")])
    (note,) = [d for d in found if d.code == "words-unknown"]
    assert note.message == "words that deny, hedge or foresee are not known in `sv`, the language of `far`"
    assert (note.mark.file, note.severity.word) == ("seeds/sources/far.yaml", "note")


@pytest.mark.parametrize("lang", sorted(list_tongues()))
def test_words_that_deny_nothing_are_no_denials(lang: str) -> None:
    """Each phrase of `despite` and `boundless` holds a word of the lists, or it would be there for nothing."""
    tongue = read_tongue(lang)
    assert tongue is not None
    meant = WordList((*tongue.denials.words, *tongue.hedges.words))
    for phrase in tongue.despite.words:
        assert meant.find(phrase), phrase
        assert not meant.find(tongue.despite.strike(phrase)), phrase
    for phrase in tongue.boundless.words:
        assert any(word in phrase for word in tongue.bounds) and not tongue.find_bound(f"it {phrase} "), phrase


@pytest.mark.parametrize("lang", sorted(list_tongues()))
def test_a_file_of_words_has_no_key_that_nothing_reads(lang: str) -> None:
    data = tomllib.loads((Path(tongues.__file__).parent / f"{lang}.toml").read_text(encoding="utf-8"))
    rows = re.findall(r"^    (\w+(?:, \w+)*)  +\S|^    (\w+) \S", tongues.__doc__ or "", re.MULTILINE)
    keys = {key for row in rows for key in "".join(row).split(", ")}
    names = ("proposals", "figures", "parts", "dates", "cuts")
    tables = strict, figures, *_ = [data.pop(table, {}) for table in names]
    assert all(set(table) <= keys for table in (data, *tables))
    assert [len(figures.get(kind, [""] * 9)) for kind in ("ones", "hundreds")] == [9, 9]
    assert (len(figures.get("teens", [""])), len(figures.get("tens", [""] * 8))) in {(10, 8), (1, 8)}
    assert (len(data["months"]), len(data.get("days", [""] * 31))) == (12, 31)
    assert set(strict.get("bounds", ["over"])) <= {"over", "under", "at least", "at most", "about"}


def test_names_are_struck_out_in_their_own_language_alone() -> None:
    english, french = read_tongue("en"), read_tongue("fr")
    assert english is not None and french is not None
    assert english.strike_names("Then Will may") == "then xxxx may" and french.strike_names("Alors May") == "alors may"


DATES = {  # a sentence with 1 July, and with two of something
    "de": ("Am 1. Juli lud die Tern.", "Zwei Fähren."), "fr": ("Le 1er juillet.", "Deux ferries."),
    "es": ("El 1 de julio.", "Ambos barcos."), "it": ("Il 1º luglio.", "Due traghetti."),
    "pt": ("Em 1 de julho.", "Duas balsas."), "nl": ("Op 1 juli.", "Twee veerboten."),
    "pl": ("Od 1 lipca.", "Oba promy."), "ru": ("С 1 июля.", "Двух паромов."),
    "ja": ("七月1日から。", "二隻。"), "ko": ("7월 1일부터.", "두 척."),
}  # fmt: skip


@pytest.mark.parametrize("lang", DATES)
def test_months_and_small_numbers_in_words_are_found(lang: str) -> None:
    dated, counted = (_of_text(text, lang) for text in DATES[lang])
    assert list(_missing_dates("2024-07-01", dated)) == ["2024"]
    assert list(_missing_dates("2024-09-02", dated)) == ["2024", "09", "02"]
    assert [_has_number(number, counted) for number in ("2", "3", "9", "20")] == [True, False, False, False]


def test_months_and_small_numbers_of_an_unknown_language_are_not_asked_for() -> None:
    sentence = _of_text("Två färjor den 1 juli 2024.", "sv")
    assert not [*_missing_dates("2024-07-01", sentence)] and list(_missing_dates("2024-07-02", sentence)) == ["02"]
    assert [_has_number(number, sentence) for number in ("2", "12", "13")] == [True, True, False]


@pytest.mark.parametrize(
    ("lang", "text", "months", "numbers"),
    [
        ("zh", "燕鸥号十二月十三日载三百人。", ["12"], []),
        ("zh", "燕鸥号二月三日载三人。", ["02"], ["2", "3"]),
        ("ja", "Ternは十二月に二十三台を売った。", ["12"], []),
        ("ko", "Tern은 십이월에 떠났다.", ["12"], []),
        ("ko", "Tern은 이월에 떠났다.", ["02"], []),
    ],
)
def test_a_month_or_a_number_is_no_part_of_a_longer_one(
    lang: str, text: str, months: list[str], numbers: list[str]
) -> None:
    """`十二月` was taken for `二月` as well, and `三百` for `三`."""
    sentence = _of_text(text, lang)
    dates = {month: list(_missing_dates(f"2024-{month}", sentence)) for month in ("02", "12")}
    assert [month for month, missing in dates.items() if month not in missing] == months
    assert [number for number in ("2", "3") if _has_number(number, sentence)] == numbers
