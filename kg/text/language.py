"""Languages of texts: what a tag may be, and which of those at hand answers the one that a reader asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_WHOLE_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|en-gb-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)"
)
# ISO 639-1, and what is written for one of its codes
_LANGUAGE_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss "
    "st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_LANGUAGES = frozenset(_LANGUAGE_CODES.split())
_MEANT = {
    "cn": "zh", "chi": "zh", "zho": "zh", "jp": "ja", "jpn": "ja", "kor": "ko", "eng": "en", "ger": "de", "deu": "de",
    "fre": "fr", "fra": "fr", "spa": "es", "ita": "it", "rus": "ru", "por": "pt", "ara": "ar", "cz": "cs", "dk": "da",
    "gr": "el", "ua": "uk", "vn": "vi", "us": "en-US", "gb": "en-GB", "english": "en", "chinese": "zh", "german": "de",
    "french": "fr", "spanish": "es", "italian": "it", "russian": "ru", "japanese": "ja", "korean": "ko",
}  # fmt: skip
# ISO 3166-1, and the regions of BCP 47 that it reserves
_REGION_CODES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz "
    "ca cc cd cf cg ch ci ck cl cm cn co cp cr cu cv cw cx cy cz de dg dj dk dm do dz ea ec ee eg eh er es et eu ez fi "
    "fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu ic id ie il im in io iq "
    "ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml "
    "mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps "
    "pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz ta tc td tf tg th tj tk "
    "tl tm tn to tr tt tv tw tz ua ug um un us uy uz va vc ve vg vi vn vu wf ws xk ye yt za zm zw zz"
)
_REGIONS = frozenset(_REGION_CODES.split())
_SCRIPTS = {"tw": "hant", "hk": "hant", "mo": "hant", "cn": "hans", "sg": "hans", "my": "hans"}
_PRIVATE_REGION = re.compile("aa|q[m-z]|x[a-z]")


@lru_cache(maxsize=1 << 10)  # an ontology has a thousand labels, in two languages
def explain_tag(tag: str) -> str | None:
    """A hint at what may be meant by a *tag* that is no language tag; None where it is one.

    It is one if BCP 47, section 2.1 lets it be written so, and no code of two letters is unknown to ISO 639 or
    ISO 3166. Which codes of three letters there are, and which variants, is not known here.

    >>> explain_tag("zh-Hant-TW"), explain_tag("en_GB"), explain_tag("cn"), explain_tag("xx")
    (None, 'write `en-GB`', 'write `zh`', 'write `en`, `zh`, `pt-BR` ...')
    """
    found = _WHOLE_TAG.fullmatch(tag.lower())
    known = found is not None and _is_known(found["language"], found["region"])
    if known and tag.isascii():
        return None
    language, _, rest = tag.replace("_", "-").partition("-")
    if rest.lower() == "uk":
        rest = "GB"
    meant = "-".join(filter(None, (_MEANT.get(language.lower(), language), rest)))
    if meant != tag and meant.isascii() and explain_tag(meant) is None:
        return f"write `{meant}`"
    return "write `en`, `zh`, `pt-BR` ..."


def _is_known(language: str | None, region: str | None) -> bool:
    if language is not None and (language in _MEANT or (len(language) == 2 and language not in _LANGUAGES)):
        return False
    short = region is not None and region.isalpha()
    return not short or region in _REGIONS or _PRIVATE_REGION.fullmatch(str(region)) is not None


def choose_language(wanted: str, known: Iterable[str]) -> str | None:
    """The tag among those *known* that answers the one *wanted*; None where none does.

    Capitals do not count, and parts of the tag are left out from its end until one answers (RFC 4647, section 3.4).
    Where none does, a tag that says more than what is wanted is taken: the first of those known. Chinese of one script
    goes before Chinese of which none is told: who reads zh-TW or zh-HK reads zh-Hant.

    >>> choose_language("zh-Hant-TW", ["en", "zh"]), choose_language("EN", ["zh", "en"]), choose_language("fr", ["en"])
    ('zh', 'en', None)
    >>> choose_language("zh", ["en", "zh-Hans"]), choose_language("zh-TW", ["zh", "zh-Hant"])
    ('zh-Hans', 'zh-Hant')
    """
    return _choose(wanted, tuple(known))


def choose_text(wanted: str, texts: Mapping[str, str]) -> str | None:
    """The text in the language that answers the tag *wanted*, else the first of *texts* (by tag); None of none.

    >>> choose_text("zh-Hant-TW", {"en": "bridge", "zh": "桥"}), choose_text("fr", {"en": "bridge"})
    ('桥', 'bridge')
    """
    chosen = choose_language(wanted, texts)
    return texts[chosen] if chosen is not None else next(iter(texts.values()), None)


@lru_cache(maxsize=1024)
def _choose(wanted: str, known: tuple[str, ...]) -> str | None:
    by_tag: dict[str, str] = {}
    for tag in known:
        by_tag.setdefault(tag.lower(), tag)
    parts = wanted.lower().split("-")
    script = _find_script(wanted)
    while parts:
        found = by_tag.get("-".join(parts))
        if parts == ["zh"] and script is not None:
            found = next((tag for tag in known if _find_script(tag) == script), found)
        if found is not None:
            return found
        parts.pop()
        if parts and len(parts[-1]) == 1:
            parts.pop()  # what a single letter opens ends with it
    return next((tag for low, tag in by_tag.items() if low.startswith(f"{wanted.lower()}-")), None)


def _find_script(tag: str) -> str | None:
    """The script in which Chinese of a tag is written (CLDR, likely subtags); None where it tells none."""
    language, *more = tag.lower().split("-")
    told = [part for part in more if part in ("hans", "hant")] + [_SCRIPTS[part] for part in more if part in _SCRIPTS]
    return told[0] if language == "zh" and told else None


def has_chinese(text: str) -> bool:
    """Whether a Chinese character stands in a text.

    >>> has_chinese("小米 SU7"), has_chinese("Xiaomi’s SU7")
    (True, False)
    """
    return not text.isascii() and any("\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" for char in text)
