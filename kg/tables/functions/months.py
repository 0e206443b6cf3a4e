"""Names of months in the languages that dates are read in, in small letters."""

from __future__ import annotations

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
_SHORT_MONTHS = {
    "en": "jan feb mar apr may jun jul aug sep oct nov dec",
    "nl": "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.",
    "de": "jan. feb. mär. apr. mai jun. jul. aug. sep. okt. nov. dez.",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "ene feb mar abr may jun jul ago sep oct nov dic",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "pt": "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
}
MONTHS = {language: names.split() for language, names in _MONTHS.items()}
SHORT_MONTHS = {language: names.split() for language, names in _SHORT_MONTHS.items()}


def read_language(text: str) -> str:
    """A language whose months are known, by its code; ValueError names those that are.

    >>> read_language("fr")
    'fr'
    """
    if text not in MONTHS:
        raise ValueError(f"no months in `{text}`: known are {', '.join(MONTHS)}")
    return text
