"""Sentences: cutting, addresses and digests of the format `claims/1`."""

from __future__ import annotations

import csv
import hashlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.reading.articles import Article
from kg.text.cuts import find_cuts
from kg.text.sentence import Sentence, digest_sentence, join_sentences, normalise, split_sentences


def cut(text: str) -> list[str]:
    return [s.text for s in split_sentences(text)]


def addresses(text: str) -> list[str]:
    return [s.address for s in split_sentences(text)]


WESTERN = [
    ("A hen. A cow.", ["A hen.", "A cow."]),
    ("Is it? Yes! Good.", ["Is it?", "Yes!", "Good."]),
    ("It cost 3. 20 came.", ["It cost 3.", "20 came."]),  # a digit begins a sentence
    ("It cost 3.20 each.", ["It cost 3.20 each."]),  # no white space
    ("He met approx. ten.", ["He met approx. ten."]),  # no capital
    ("Dr. Hay left.", ["Dr.", "Hay left."]),  # no list of abbreviations
    ("Wait... What?! No.", ["Wait...", "What?!", "No."]),
    ("“Stay.” She stayed.", ["“Stay.”", "She stayed."]),
    ("“Stay.” she said.", ["“Stay.” she said."]),
    ("She left. “Stay.”", ["She left.", "“Stay.”"]),
    ('"Stay." "Why?"', ['"Stay."', '"Why?"']),
    ("She said “stay.”. He stayed.", ["She said “stay.”.", "He stayed."]),  # the stray full stop
    ("‘“Stay.”’. He stayed.", ["‘“Stay.”’.", "He stayed."]),
    ("Stay.Go.", ["Stay.Go."]),
    ("(He left.) She stayed.", ["(He left.) She stayed."]),  # brackets are not quotes
    ("He left. (She stayed.)", ["He left. (She stayed.)"]),
    ("Left.\u00a0Right.", ["Left.", "Right."]),  # a no-break space is white space
    ("Élan. Éclat.", ["Élan.", "Éclat."]),
    ("Stop. ǅep.", ["Stop.", "ǅep."]),  # title case
    ("No end", ["No end"]),
    ("Out  . In", ["Out  .", "In"]),
]


@pytest.mark.parametrize(("text", "expected"), WESTERN)
def test_western_sentences_end_before_a_capital_digit_or_quote(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


WITHOUT_CAPITALS = [
    ("다리는 길다. 2030년에 연다. 정말? 네.", ["다리는 길다.", "2030년에 연다.", "정말?", "네."]),
    ("الجسر طويل. هل يفتح؟ نعم.", ["الجسر طويل.", "هل يفتح؟", "نعم."]),
    ("הגשר ארוך. הוא ייפתח ב-2030. טוב.", ["הגשר ארוך.", "הוא ייפתח ב-2030.", "טוב."]),
    ("पुल लंबा है। यह 3.5 मील का है। सच?", ["पुल लंबा है।", "यह 3.5 मील का है।", "सच?"]),
    ("پل لمبا ہے۔ یہ کھلے گا۔", ["پل لمبا ہے۔", "یہ کھلے گا۔"]),
    ("ხიდი გრძელია. იხსნება.", ["ხიდი გრძელია.", "იხსნება."]),
    ("Կամուրջը երկար է։ Կբացվի։", ["Կամուրջը երկար է։", "Կբացվի։"]),
    ("(هل هو طويل؟) نعم.", ["(هل هو طويل؟)", "نعم."]),
    ("यह [लंबा है।] (सच।”) हाँ।", ["यह [लंबा है।]", "(सच।”)", "हाँ।"]),
    ("他说（好。) 好。", ["他说（好。", ") 好。"]),  # Han has brackets of its own
    ("ดีมาก", ["ดีมาก"]),  # Thai has no full stops
    ("Es largo. ¿Abre? ¡Sí! Fin.", ["Es largo.", "¿Abre?", "¡Sí!", "Fin."]),
    ("He met Dr. 李 and no. ª one.", ["He met Dr. 李 and no. ª one."]),  # Han, and a sign
    ("橋は長い. これは橋だ.", ["橋は長い. これは橋だ."]),  # kana have full stops of their own
]


@pytest.mark.parametrize(("text", "expected"), WITHOUT_CAPITALS)
def test_sentences_of_scripts_without_capitals_end_at_their_full_stops(text: str, expected: list[str]) -> None:
    """Such a paragraph was one sentence; a Spanish one went on through its questions."""
    assert cut(text) == expected


CHINESE = [
    ("马来了。牛走了！羊呢？", ["马来了。", "牛走了！", "羊呢？"]),
    ("他说：“马来了。”牛走了。", ["他说：“马来了。”", "牛走了。"]),
    ("「走吧！」他走了。", ["「走吧！」", "他走了。"]),
    ("（马来了。）牛走了。", ["（马来了。）", "牛走了。"]),
    ("什么？！真的。", ["什么？！", "真的。"]),
    ("马来了。“牛走了。”", ["马来了。", "“牛走了。”"]),  # an opening quote begins the next
    ("马来了. 牛走了.", ["马来了. 牛走了."]),  # 牛 is no capital
    ("3.5万匹马，2头牛。", ["3.5万匹马，2头牛。"]),
]


@pytest.mark.parametrize(("text", "expected"), CHINESE)
def test_chinese_sentences_end_at_their_full_stop(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_title_is_paragraph_0_and_blank_lines_do_not_count() -> None:
    assert addresses("\n \t\nTitle\n\n\u00a0\nOne. Two.\nThree.") == ["p0s1", "p1s1", "p1s2", "p2s1"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_ends_at_lf_crlf_or_cr(end: str) -> None:
    assert addresses(end.join(["T", "", "A. B.", "C."])) == ["p0s1", "p1s1", "p1s2", "p2s1"]


@pytest.mark.parametrize("space", ["\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c"])
def test_other_separators_are_white_space_within_a_line(space: str) -> None:
    text = f"A hen{space}ran. A cow.{space}B."
    assert addresses(text) == ["p0s1", "p0s2", "p0s3"]
    assert digest_sentence(f"A hen{space}ran.") == digest_sentence("A hen ran.")


def test_a_byte_order_mark_belongs_to_no_sentence() -> None:
    (sentence,) = split_sentences("\ufeffTitle")
    assert (sentence.text, sentence.start, sentence.end) == ("Title", 1, 6)
    assert split_sentences("\ufeff") == ()
    assert addresses("\ufeff\nTitle") == ["p0s1"]


def test_a_sentence_knows_its_place() -> None:
    text = "T\n  A hen.  🐄 came. Bo.  "
    assert split_sentences(text)[1:] == (
        Sentence(paragraph=1, number=1, text="A hen.  🐄 came.", start=4, end=19, digest="99500c14"),
        Sentence(paragraph=1, number=2, text="Bo.", start=20, end=23, digest="65073cd2"),
    )


NORMAL = [
    ("  A   hen\t\n ran ", "a hen ran"),
    ("‘a’ ‚b‛ “c” „d‟", "'a' 'b' \"c\" \"d\""),
    ("a—b–c‐d‑e−f", "a-b-c-d-e-f"),  # em dash, en dash, hyphen, no-break hyphen, minus
    ("a\u00a0b\u202fc\u2007d", "a b c d"),
    ("ＳＵ７ ﬁn ½", "su7 fin 1⁄2"),
    ("Straße İ", "strasse i̇"),  # full case folding
    ("e\u0301", "é"),
    ("马来了。", "马来了。"),
    ("«a»", "«a»"),  # only curly quotes are folded
]


@pytest.mark.parametrize(("text", "expected"), NORMAL)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_the_digest_is_the_beginning_of_sha_256() -> None:
    assert digest_sentence("A  HEN—ran.") == hashlib.sha256(b"a hen-ran.").hexdigest()[:8]


@given(st.text(alphabet=st.sampled_from("aB3 .?!。？”“\"'\n\r\t\u2028\ud800)）")))
def test_sentences_cover_all_but_white_space(text: str) -> None:
    sentences = split_sentences(text)
    rest, at = "", 0
    for s in sentences:
        assert s.text == text[s.start : s.end] == s.text.strip()
        assert s.digest == digest_sentence(s.text)
        assert not {"\n", "\r"} & set(s.text)
        rest, at = rest + text[at : s.start], s.end
    assert not (rest + text[at:]).strip()
    assert len({s.address for s in sentences}) == len(sentences)


@given(st.text(alphabet=st.sampled_from("aB3 .?!。？”“\"'）马")))
def test_a_sentence_is_cut_no_further(text: str) -> None:
    for sentence in cut(text):
        assert cut(sentence) == [sentence]


def test_long_runs_are_cut_in_linear_time() -> None:
    began = time.process_time()
    split_sentences("." * 200_000 + "\n" + '."' * 100_000 + "\n" + "." + " " * 200_000 + "a")
    assert time.process_time() - began < 5


def test_the_addresses_and_digests_of_the_articles() -> None:
    folder = os.environ.get("KG_TEXTS")
    if not folder:
        pytest.skip("KG_TEXTS does not name the folder of the source texts")
    with (Path(folder) / "addresses.tsv").open(encoding="utf-8", newline="") as file:
        expected = [(r["article"], r["address"], r["sha256_12"][:8]) for r in csv.DictReader(file, delimiter="\t")]
    found = [
        (name, s.address, s.digest)
        for name in dict.fromkeys(article for article, _, _ in expected)
        for s in split_sentences((Path(folder) / name).read_bytes().decode("utf-8"))
    ]
    assert len(expected) == 46
    assert found == expected


CUT = "Title\nDr. Li met Gov. Smith. They left.\nThe end."


def test_joined_sentences_are_one_and_the_others_keep_their_addresses() -> None:
    article = Article(source="a", lang="en", text=CUT, sha256="", joins={"p1s1": 3})
    assert {a: s.text for a, s in article.sentences.items()} == {
        "p0s1": "Title", "p1s1": "Dr. Li met Gov. Smith.", "p1s4": "They left.", "p2s1": "The end.",
    }  # fmt: skip
    assert article.digests["p1s1"] == digest_sentence("Dr. Li met Gov. Smith.")
    assert list(article.cut) == ["p0s1", "p1s1", "p1s2", "p1s3", "p1s4", "p2s1"]


@pytest.mark.parametrize("joins", [{"p1s4": 2}, {"p9s1": 2}, {"p2s1": 5}])
def test_a_join_that_cannot_be_joins_nothing(joins: dict[str, int]) -> None:
    article = Article(source="a", lang="en", text=CUT, sha256="", joins=joins)
    assert article.sentences == article.cut


CUTS = [  # what is one sentence, and below it what may well be two
    ("en", "He met Dr. Li", ["Dr. Li"]),
    ("en", "He left on Jan. 5", ["Jan. 5"]),
    ("en", "Ada K. Brook and George W. Bush", ["K. Brook", "W. Bush"]),
    ("en", "It was read by J. R. R. Brook, it said J.K. Lund", ["J. R.", "R. R.", "R. Brook", "J.K. Lund"]),
    ("en", "The U.S. Senate met", ["U.S. Senate"]),
    ("en", "A rule, e.g. Rule 5, and No. 7", ["e.g. Rule", "No. 7"]),
    ("en", "“Mr. Lund” (Mr. Voss) came", ["Mr. Lund", "Mr. Voss"]),
    ("de", "Am 3. März kam sie in den 2. Bezirk, z. B. Favoriten", ["3. März", "2. Bezirk", "z. B.", "B. Favoriten"]),
    ("de", "Nr. 5 kostet ca. 300 Euro", ["Nr. 5", "ca. 300"]),
    ("de-AT", "Am 3. Jänner sprach Dr. Voss", ["3. Jänner", "Dr. Voss"]),
    ("fr", "M. Dupont et Mme. Lund, art. 5", ["M. Dupont", "Mme. Lund", "art. 5"]),
    ("es", "El Sr. Lund y la Dra. Voss", ["Sr. Lund", "Dra. Voss"]),
    ("it", "Il dott. Lund, pag. 5", ["dott. Lund", "pag. 5"]),
    ("pt", "O Sr. Lund e a Dra. Voss", ["Sr. Lund", "Dra. Voss"]),
    ("nl", "Hij sprak met dhr. Lund, blz. 5", ["dhr. Lund", "blz. 5"]),
    ("pl", "Przy ul. Długiej, nr. 5", ["ul. Długiej", "nr. 5"]),
    ("ru", "А. С. Пушкин жил в г. Москва, ул. Ленина", ["А. С.", "С. Пушкин", "г. Москва", "ул. Ленина"]),
    ("en", "He took vitamin C. Doctors know. He left the U.S. Scientists agree.", []),
    ("en", "He lives in Main St. The street is old. It opened in May. He came in 5. Nobody saw it.", []),
    ("en", "He sold Lund S.A. Brook bought it. At 5 p.m. Nobody was there. He is a Dr. He knows. And C. The end.", []),
    ("de", "Sie wurde 3. Danach ging sie. Es waren 35. Hansen kam. Er ging am 3. Das war spät.", []),
    ("de", "Das Jahr war 2019. Januar und Mai waren kalt.", []),
    ("ru", "В 2025 г. Россия выросла.", []),
    ("es", "Compró Lund S.A. Brook lo dijo.", []),
    ("en", "“In St. Louis he is Rep. Li", ["St. Louis", "Rep. Li"]),
    ("de", "Im 19. und 20. Jahrhundert kamen u.a. Maler", ["20. Jahrhundert", "u.a. Maler"]),
    ("en", "It opened in January. 300 came. It closed in May. 12 left. Sales fell to 12. March was better.", []),
    ("en", "He lives on Elm St. Neighbours came. One more rep. Coach Lund saw it. It is art. 30 works hang.", []),
    ("en", "They won World War I. Russia did. It is a Series A. Investors paid. The F.B.I. Agents came.", []),
    ("en", "It is 300 m. J. Brook built it. She left Group A. J. Lund stayed.", ["J. Brook", "J. Lund"]),
    ("en", "She met U.S. President Lund at the U.S. House of Lords", ["U.S. President", "U.S. House"]),
    ("en", "He left the U.S. President Lund came. It is the U.S. House prices fell in the U.K. Food is dear.", []),
    ("fr", "Ce fut en 50 av. J.-C. Rome existait.", ["av. J."]),
    ("es", "Fue en 300 a. C. Roma era. Es Lund S. A. Crece. Vino J. L. Ruiz", ["a. C.", "S. A.", "J. L.", "L. Ruiz"]),
    ("de", "Er kam auf Platz 2. Mai wurde Dritte.", []),
    ("de", "Er tut, was er mag. Fachleute loben ihn. Es sind 2 bis 3. Kinder zahlen nichts. Er war 65. Mai kam.", []),
    ("de", "Dort sind Aal, Barsch u.a. Fischer kamen. Es war Gruppe A. Wien gewann. Er nahm Vitamin C. Ob es", []),
    ("fr", "Elle ouvre en mai. 300 sont là. Ce fut 12. Mars est loin. Napoléon I. Paris dort. Groupe A. Metz va.", []),
    ("es", "Abre en mayo. 300 van. Lo digo a Ud. Pedro va. Carlos V. Todos van. Es la Serie A. Roma juega.", []),
    ("pl", "Otwarto w maju. 300 osób. Zamknięto w lipcu. 12 osób.", []),
    ("ru", "Это было в марте. 300 человек. Там сыр, рыба и пр. Москва ест.", []),
    ("en", "Port St. Lucie, East St. Louis", ["St. Lucie", "St. Louis"]),
    ("en", "It was read by J.K. Lund and by A. Lee, Brig. Gen. Fox", ["J.K. Lund", "A. Lee", "Brig. Gen", "Gen. Fox"]),
    ("en", "See Voss v. Lund, vol. II, ch. IV, c. 1931", ["v. Lund", "vol. II", "ch. IV", "c. 1931"]),
    ("en", "No. I left. Charles V. France fell. He had an op. 5 days on he left. Of I.B.M. Shares fell.", []),
    ("en", "Lund S.A. Brook bought it. Lund N.V. Voss sold it.", []),
    ("de", "Am 6. Spieltag, um 300 v. Chr. Rom da war", ["6. Spieltag", "v. Chr"]),
    ("de", "Von J.K. Lund, nach Art. 20 GG, Kap. IV", ["J.K. Lund", "Art. 20", "Kap. IV"]),
    ("de", "Es war ihre Art. 20 Jahre danach. Die Wahl ist am 6. Wähler haben das Wort. Er sah Max. 20 kamen.", []),
    ("de", "Das dauert 5 Min. 3 Leute warten. Er ist in Frankfurt a.M. Anna blieb.", []),
    ("fr", "M. Le Pen, l'art. 5, l'ing. Lund", ["M. Le", "l'art. 5", "l'ing. Lund"]),
    ("fr", "Lu par J.K. Lund et par S. Voss, vol. II", ["J.K. Lund", "S. Voss", "vol. II"]),
    ("fr", "Il aime son prof. Paul aussi. Il est au F.M.I. Paul le sait. Il vit le Dr. Le reste suivit.", []),
    ("es", "El Excmo. Sr. De la Cruz, de EE. UU. en el s. III", ["Excmo. Sr", "Sr. De", "EE. UU", "s. III"]),
    ("es", "La Cía. Minera, por J. K. Lund y por A. Ruiz", ["Cía. Minera", "J. K.", "K. Lund", "A. Ruiz"]),
    ("es", "Duró 5 s. 3 salieron. La O.N.U. Varios votan. Vio al Dr. De nuevo llovía.", []),
    ("pt", "O Dep. Lund, a Profa. Dias, o Pe. Voss, séc. XX", ["Dep. Lund", "Profa. Dias", "Pe. Voss", "séc. XX"]),
    ("pt", "Estava a par. 20 vieram. São dez. 20 vieram. Foi a O.N.U. Vários votam.", []),
    ("it", "L'avv. Lund, l’art. 18, il Cav. Voss, nel sec. XV", ["L'avv. Lund", "l’art. 18", "Cav. Voss", "sec. XV"]),
    ("it", "Un libro di A. Voss, nel 5 genn. 2003", ["A. Voss", "genn. 2003"]),
    ("it", "Durò 5 min. 3 uomini risero. È nella C.G.I.L. Molti lo sanno. È il dott. Di nuovo piove.", []),
    ("nl", "Mevr. De Vries, door P. Lund, bijv. Breda, max. 5", ["Mevr. De", "P. Lund", "bijv. Breda", "max. 5"]),
    ("nl", "Hij zag Max. 20 kwamen. Dat past. Jan kocht het. Het duurde 5 min. 3 gingen. Lund bv. Jan ging.", []),
    ("pl", "Pisze J.K. Lund, np. Kraków, bp. Voss, rozdz. IV", ["J.K. Lund", "np. Kraków", "bp. Voss", "rozdz. IV"]),
    ("pl", "Waży 5 t. 3 osoby to wiedzą. W P.R.L. Anna śpi. W 2020 r. Anna śpi.", []),
    ("ru", "Книга А.С. Пушкина, д. 5, кв. 6, т.е. Лунд", ["А.С. Пушкина", "д. 5", "кв. 6", "т.е. Лунд"]),
    ("ru", "Длина 5 см. Анна спит. Прошло 5 ч. 3 человека ждут. Витамин С. Анна спит.", []),
    ("zh", "他在 J. Li 家。好。", []),
    ("sv", "Hr. Lund kom.", []),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text", "words"), CUTS)
def test_what_the_rule_most_likely_cut_in_two(lang: str, text: str, words: list[str]) -> None:
    sentences = split_sentences(f"Title. One\n{text}\nDr.\nLi left.")
    found = find_cuts(sentences, lang)
    assert [word for cut in found for word in cut.words] == words
    joins = {cut.address: cut.count for cut in found}
    assert all(cut.count == len(cut.words) + 1 for cut in found)
    joined = join_sentences(f"Title. One\n{text}\nDr.\nLi left.", sentences, joins)
    assert len(joined) == len(sentences) - len(words)
