"""Phrases that a command writes into the seeds, in the data set's language: what has no language tag is in that one."""

from __future__ import annotations

from collections.abc import Mapping

from kg.text.language import choose_language

AUTHOR_OF: Mapping[str, str] = {
    "en": "the author of “{}”", "zh": "《{}》的作者", "de": "Verfasser von „{}“", "fr": "l’auteur de « {} »",
    "es": "el autor de «{}»", "it": "l’autore di «{}»", "pt": "o autor de «{}»", "nl": "de auteur van “{}”",
    "pl": "autor tekstu „{}”", "ru": "автор текста «{}»", "ja": "「{}」の著者", "ko": "‘{}’의 필자",
}  # fmt: skip
MADE_THEN: Mapping[str, str] = {
    "en": "the file was made on that day: {}", "zh": "文件在当日生成：{}", "zh-Hant": "檔案在當日產生：{}",
    "de": "die Datei wurde an diesem Tag erzeugt: {}", "fr": "le fichier a été créé ce jour-là : {}",
    "es": "el archivo se creó ese día: {}",
    "it": "il file è stato creato quel giorno: {}", "pt": "o arquivo foi criado nesse dia: {}",
    "nl": "het bestand is op die dag gemaakt: {}", "pl": "plik powstał tego dnia: {}",
    "ru": "файл создан в этот день: {}", "ja": "ファイルの作成日：{}", "ko": "파일이 만들어진 날: {}",
}  # fmt: skip


def fill_phrase(phrases: Mapping[str, str], lang: str, value: str) -> tuple[str, str]:
    """A phrase with *value* in it, and its language: *lang*, or English where nobody has put it into that one.

    >>> fill_phrase(MADE_THEN, "zh-TW", "x")
    ('檔案在當日產生：x', 'zh-TW')
    >>> fill_phrase(AUTHOR_OF, "de-AT", "Die Werft"), fill_phrase(AUTHOR_OF, "sv", "Varvet")
    (('Verfasser von „Die Werft“', 'de-AT'), ('the author of “Varvet”', 'en'))
    """
    chosen = choose_language(lang, tuple(phrases))
    return (phrases["en"].format(value), "en") if chosen is None else (phrases[chosen].format(value), lang)
