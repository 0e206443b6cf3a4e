"""The forms of the curated files: which keys each mapping takes, what stands under a key, and what must be there.

The readers know keys from here and from nowhere else, and so does the schema of `kg schema`: a key that one of them
knows, the other knows too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property


class Kind(Enum):
    """The kind of what a key holds. The value names the reader of `kg.reading` that reads it."""

    FORMAT = "the format's name"
    TEXT = "a text"
    WORDS = "a text, or one for each language"
    LABELS = "a name, or one for each language"
    NAMES = "names by language, with the places where they stand"
    LANGUAGE = "a language tag"
    TRUTH = "true or false"
    NUMBER = "a whole number"
    DATE = "a date of EDTF"
    DAY = "a year, a month or a day"
    WHEN = "a date of EDTF, or `unknown`"
    PUBLISHED = "a date of EDTF, or one that was worked out, with the reason"
    TIME = "a time of day with its offset"
    IRI = "an IRI or a CURIE"
    IRIS = "IRIs or CURIEs"
    FILE_NAME = "the name of a file, without its folder"
    SHA256 = "a SHA-256"
    IDS = "ids that an entity bore before"
    CLASSES = "classes of the ontology"
    PROPERTY = "a property of the ontology"
    ENTITY = "an entity"
    ENTITIES = "entities"
    SPEAKERS = "entities, or `source`"
    SOURCE = "a source"
    SUBJECT = "an entity or a claim, or a list of them"
    OBJECT = "an object, or a list of them"
    CLAIM = "a claim"
    CLAIMS = "claims"
    MODE = "a mode"
    VOICE = "a voice"
    CLARITY = "a clarity"
    UNLIKE = "differences by claim"
    ACCEPT = "reasons by code"
    FIGURE_RULE = "the number of a rule of figures"
    OUTLINE = "digest and figures by address"
    JOINS = "numbers of sentences by address"
    REASONS = "reasons by address"
    FIGURE_REASONS = "reasons by address and figure"
    PREFIXES = "IRIs by prefix"
    TABLES = "what becomes of a mapping's quads, by its name"
    ADDRESSES = "addresses of endpoints and databases"
    PARAMETERS = "terms by the name of a parameter"
    PUBLISHER = "the publisher"
    DECISION = "a decision"
    INFERRED = "a reason, or reasons by key"
    VOICES = "voices by stretch"
    SENTENCES = "claims by sentence"
    ENTRIES = "entities by id"
    PROPOSED = "who proposed it, when and with what, or `false`"
    REVIEWED = "who reviewed it and when, or `false`"
    AGENT = "an entity, or words"
    REJECTIONS = "rejections by digest"


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of a form: what stands under it, and what it says, in a few words."""

    name: str
    kind: Kind
    says: str
    required: bool = False


@dataclass(frozen=True)
class Form:
    """A mapping of a curated file: its keys, in the order in which messages list them."""

    keys: tuple[Key, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all keys."""
        return tuple(key.name for key in self.keys)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The keys that must be there; `kg`, without which nothing is read, is asked for before."""
        return tuple(key.name for key in self.keys if key.required and key.kind is not Kind.FORMAT)

    def __add__(self, other: Form) -> Form:
        return Form((*self.keys, *other.keys))


def _form(*keys: tuple[str, Kind, str] | tuple[str, Kind, str, bool]) -> Form:
    return Form(tuple(Key(name=k[0], kind=k[1], says=k[2], required=len(k) > 3) for k in keys))


_MUST = True
_NOTE = ("note", Kind.TEXT, "a remark of the curator")
_ACCEPT = ("accept", Kind.ACCEPT, "warnings that are accepted here, each with the reason")
_KG = ("kg", Kind.FORMAT, "the format of the file", _MUST)

PUBLISHER = _form(
    ("name", Kind.TEXT, "the publisher's name"),
    ("url", Kind.IRI, "the publisher's address"),
)
DATASET = _form(
    _KG,
    ("title", Kind.WORDS, "the data set's title", _MUST),
    ("description", Kind.WORDS, "what the data set is about"),
    ("base", Kind.IRI, "the IRI under which the graph's own IRIs live; it ends with `/`", _MUST),
    ("language", Kind.LANGUAGE, "the language of texts that name none; default `en`"),
    ("licence", Kind.IRI, "the IRI of the licence, or a CURIE"),
    ("publisher", Kind.PUBLISHER, "name and address of the publisher"),
    ("version", Kind.TEXT, "the data set's version"),
    ("asof", Kind.DAY, "the year, month or day at whose end the direct triples hold"),
    ("prefixes", Kind.PREFIXES, "further prefixes for IRIs in all files"),
    ("tables", Kind.TABLES, "what becomes of a mapping's quads"),
    ("network", Kind.ADDRESSES, "the endpoints and servers of databases that mappings may ask"),
)
INFERRED_DATE = _form(
    ("inferred", Kind.DATE, "the date that was worked out", _MUST),
    ("because", Kind.WORDS, "how it was worked out", _MUST),
)
SOURCE = _form(
    _KG,
    ("is", Kind.CLASSES, "its classes; default `schema:NewsArticle`"),
    ("title", Kind.TEXT, "the text's title, in the language of the text", _MUST),
    ("publisher", Kind.ENTITY, "the entity that published it"),
    ("author", Kind.ENTITIES, "the entity, or list of entities, that wrote it: the source's own voice"),
    ("published", Kind.PUBLISHED, "when it was published"),
    ("time", Kind.TIME, "the hour of publication with its offset, beside a known day"),
    ("section", Kind.TEXT, "the part of the publication in which it stood"),
    ("url", Kind.IRI, "its web address"),
    ("lang", Kind.LANGUAGE, "its language; default the data set's"),
    ("file", Kind.FILE_NAME, "the name of the text's file, without a folder"),
    ("sha256", Kind.SHA256, "the SHA-256 of that file; `kg evidence outline` writes it"),
    ("figure-rule", Kind.FIGURE_RULE, "the rule by which the outline's figures were counted"),
    ("outline", Kind.OUTLINE, "each sentence's address, digest and figures; `kg evidence outline` writes it"),
    ("joins", Kind.JOINS, "sentences that are one, and that the rule cuts"),
    ("skip", Kind.REASONS, "sentences without claims, each with the reason"),
    ("figures", Kind.FIGURE_REASONS, "figures that no claim holds, each with the reason"),
    _NOTE,
    _ACCEPT,
)  # fmt: skip
ENTITIES_FILE = _form(
    _KG,
    ("entities", Kind.ENTRIES, "the entities, by id", _MUST),
)
ENTITY = _form(
    ("is", Kind.CLASSES, "a class of the ontology by its local name, or a list of classes", _MUST),
    ("label", Kind.LABELS, "its name, one for each language", _MUST),
    ("alias", Kind.NAMES, "further right names"),
    ("typo", Kind.NAMES, "misspelt forms that stand in sources"),
    ("misnomer", Kind.NAMES, "wrong names that stand in sources, such as mistranslations"),
    ("description", Kind.WORDS, "a sentence that tells the reader what it is"),
    ("when", Kind.DATE, "the date of an event"),
    ("same", Kind.IRIS, "ids elsewhere: CURIEs or IRIs"),
    ("replaces", Kind.IDS, "ids that it bore before, the last one first"),
    _NOTE,
    _ACCEPT,
)
_PROPOSED = ("proposed", Kind.PROPOSED, "who brought it, on which day, with which tool; `false`: nobody")
_REVIEWED = ("reviewed", Kind.REVIEWED, "who has compared it with its sentence, on which day; `false`: nobody")
PROPOSED = _form(
    ("by", Kind.AGENT, "who proposed it: the id of an entity, or words", _MUST),
    ("on", Kind.DAY, "the day on which they did", _MUST),
    ("with", Kind.AGENT, "the tool: the id of an entity, or words"),
)
REVIEWED = _form(
    ("by", Kind.AGENT, "who reviewed it: the id of an entity, or words", _MUST),
    ("on", Kind.DAY, "the day on which they did", _MUST),
)
REJECTION = _form(
    ("claim", Kind.TEXT, "the claim in words, for people", _MUST),
    ("reason", Kind.TEXT, "why it was turned down", _MUST),
    ("by", Kind.AGENT, "who turned it down", _MUST),
    ("on", Kind.DAY, "the day on which they did", _MUST),
)
REJECTED_FILE = _form(
    _KG,
    ("rejected", Kind.REJECTIONS, "the proposals, by the digest of what they say", _MUST),
)
CLAIMS_FILE = _form(
    _KG,
    ("source", Kind.SOURCE, "the id of the source", _MUST),
    ("voices", Kind.VOICES, "who speaks in which stretch; stretches do not overlap"),
    ("claims", Kind.SENTENCES, "the sentences, each `ADDRESS DIGEST`, with the claims they make", _MUST),
    _PROPOSED,
    _REVIEWED,
)
_WHERE = ("where", Kind.ENTITY, "the event or the work in which it was said")
_VIA = ("via", Kind.ENTITIES, "the entity, or list of entities, that passes it on")
_VOICE = ("voice", Kind.VOICE, "how the words reach the reader")
_ON = ("on", Kind.DATE, "when it was said")
_SURE = ("sure", Kind.CLARITY, "how clearly the text says it; default `clear`")
VOICE = _form(("by", Kind.SPEAKERS, "the entity, or list of entities, that says it", _MUST),
              _WHERE, _VIA, _VOICE, _ON, _SURE)  # fmt: skip
EVIDENCE = _form(
    ("again", Kind.CLAIM, "the claim that is repeated here", _MUST), _WHERE, _VIA, _VOICE, _ON, _SURE, _NOTE,
    _PROPOSED, _REVIEWED,
)  # fmt: skip
CLAIM = _form(
    ("s", Kind.SUBJECT, "the subject: an entity, or `c:ID` for a claim, or a list", _MUST),
    ("p", Kind.PROPERTY, "the property, by its local name in the ontology", _MUST),
    ("o", Kind.OBJECT, "the object, read as the property's range says, or a list", _MUST),
    ("mode", Kind.MODE, "how it is meant; default `fact`"),
    ("by", Kind.SPEAKERS, "who says it, where that is not the sentence's voice"),
    ("when", Kind.WHEN, "the period or deadline of what is said"),
    ("asof", Kind.DATE, "the date of a count; default, of a fact, the source's date"),
    _WHERE, _VIA, _ON, _VOICE, _SURE,
    ("not", Kind.TRUTH, "`true` where the speaker says that it is not so"),
    ("unlike", Kind.UNLIKE, "declared differences, by claim"),
    ("compatible", Kind.CLAIMS, "claims that look like a contradiction and are none"),
    ("decided", Kind.DECISION, "which of the facts that disagree the curator takes, and why"),
    ("inferred", Kind.INFERRED, "how you know what the sentence does not say, by key or of all"),
    _ACCEPT,
    _NOTE,
    _PROPOSED,
    _REVIEWED,
)  # fmt: skip
DECISION = _form(
    ("for", Kind.CLAIMS, "the claims that are taken", _MUST),
    ("because", Kind.TEXT, "the reason", _MUST),
)
INFERRED = _form(
    ("s", Kind.TEXT, "how the subject was worked out"),
    ("o", Kind.TEXT, "how the object was worked out"),
    ("when", Kind.TEXT, "how the time was worked out"),
    ("asof", Kind.TEXT, "how the date of the count was worked out"),
)
OBJECT_TEXT = _form(
    ("text", Kind.TEXT, "the text", _MUST),
    ("lang", Kind.LANGUAGE, "its language"),
)
QUESTION = _form(
    ("question", Kind.WORDS, "its words", _MUST),
    ("group", Kind.WORDS, "the heading that it is shown under"),
    ("order", Kind.NUMBER, "its place among all questions"),
    ("params", Kind.PARAMETERS, "its parameters with their default terms"),
    ("ordered", Kind.TRUTH, "`true` where the order of the rows counts"),
    ("timeout", Kind.NUMBER, "how many seconds it may take; default 60"),
)
