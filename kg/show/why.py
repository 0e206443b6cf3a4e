"""`kg why`: the claims, sentences and lines of files behind a statement."""

from __future__ import annotations

from kg.ask.term import read_quoted
from kg.ask.wanted import read_number
from kg.build.pipeline import Checked
from kg.graph.decision import find_decision, find_decisions
from kg.graph.describe import ClaimWords
from kg.graph.direct import explain_absence
from kg.model.names import read_id
from kg.model.nouns import Claim, Source
from kg.model.state import State
from kg.model.values import Address, ClaimRef, EntityRef, Text, Value
from kg.model.values.text import is_plain
from kg.rdf.iri import local_name
from kg.show.parts import describe_decision, explain_word, find_entity, speaks_of
from kg.show.stated import show_stated
from kg.text.diagnostic import UsageError, did_you_mean


def show_why(checked: Checked, terms: tuple[str, ...], lang: str) -> str:
    """The claims, sentences and YAML lines behind an entity, a claim, or a triple S P O; of tables, the rows.

    Raises UsageError when nothing of that name is there.
    """
    seeds = checked.seeds
    if len(terms) == 1:
        id_ = read_id(terms[0], "claim", seeds.dataset.base)
        matches = [c for c in seeds.claims if c.id == id_ or c.id.partition(".")[2] == id_]
        if not matches:
            try:
                entity = find_entity(seeds, terms[0])
            except UsageError:
                if stated := [*show_stated(checked, terms[0], "_", "_"), *show_stated(checked, "_", "_", terms[0])]:
                    return "\n".join(dict.fromkeys(stated))
                ids = {c.id for c in seeds.claims} | {e.key for e in seeds.entities}
                later = sorted(c.id for c in checked.read.reading.seeds.claims if id_ in (c.id, c.id.partition(".")[2]))
                if later and seeds.dataset.known_by is not None:
                    day = seeds.dataset.known_by.text
                    raise UsageError(f"`{later[0]}` was not known by {day}: no source had said it") from None
                if checked.tables:
                    from kg.show.rows import show_rows

                    key = read_id(terms[0], "entity", seeds.dataset.base)
                    if rows := [*show_rows(checked, key, "_", "_", lang=lang)]:
                        return "\n".join(rows)
                if (otherwise := explain_word(checked, terms[0])) is not None:
                    raise UsageError(f"no entity and no claim `{terms[0]}`: {otherwise}") from None
                hint = did_you_mean(id_, ids) or "give an entity, a claim, or a triple S P O"
                raise UsageError(f"no entity and no claim `{terms[0]}`: {hint}") from None
            matches = [c for c in seeds.claims if speaks_of(c, entity.key)]
            head = f"{checked.story.words(lang).entity(entity.key)} is declared in {entity.mark}\n"
            texts = [head, *(show_claim(checked, c, lang) for c in matches)]
            if checked.tables:
                from kg.show.rows import show_rows

                texts += show_rows(checked, entity.key, "_", "_", lang=lang)
            texts += [*show_stated(checked, entity.key, "_", "_"), *show_stated(checked, "_", "_", entity.key)]
            return "\n".join(texts)
        return "\n".join(show_claim(checked, c, lang) for c in matches)
    if len(terms) != 3:
        raise UsageError("give an entity, a claim, or the three terms of a triple")
    matches = find_claims(checked, *terms)
    found = [show_claim(checked, c, lang) for c in matches]
    if checked.tables:
        from kg.show.rows import show_rows

        found += show_rows(checked, *terms, lang=lang)
    found += show_stated(checked, *terms)
    if not found:
        others = ["no table"] * bool(checked.tables) + ["no file of RDF"] * bool(checked.story.rdf)
        who = " and ".join(["no claim", *others]) + " says"
        raise UsageError(f"{who} `{' '.join(terms)}`: {_hint_at_triple(checked, terms)}")
    return "\n".join(found)


def find_claims(checked: Checked, subject: str, predicate: str, value: str) -> list[Claim]:
    """The claims with this subject, property and object; `_` stands for any.

    Terms are written as curators, SPARQL and the graph write them: keys, names, CURIEs (`e:su7`), numbers in the unit
    that was said or in the property's, and for an end of a range its own property.
    """
    words = checked.story.words("en")
    quoted = read_quoted(value)
    wanted = value if quoted is None else quoted[0]
    tag, datatype = (None, None) if quoted is None else quoted[1:]
    about, prop_name, thing = (_find_name(text, checked) for text in (subject, predicate, wanted))
    if subject != "_" and about not in checked.seeds.entity_by_key and not about.startswith("c:"):
        named = {e.key for e in checked.seeds.entities for n in e.names if n.text.casefold() == subject.casefold()}
        about = named.pop() if len(named) == 1 else about

    def matches(claim: Claim) -> bool:
        if about not in ("_", claim.subject.text):
            return False
        if tag is not None and (not isinstance(claim.object, Text) or claim.object.lang.casefold() != tag.casefold()):
            return False
        prop = checked.vocabulary.properties.get(claim.predicate.text)
        if datatype is not None and isinstance(claim.object, Text) and (prop is None or not is_plain(prop)):
            return False  # it has a language
        wide = local_name(prop.narrows) if prop is not None and prop.narrows is not None else None
        objects = {words.object(claim), words.object(claim).strip("“”")}
        if isinstance(claim.object, EntityRef):
            objects |= {claim.object.key}
        elif isinstance(claim.object, ClaimRef | Address):
            objects |= {claim.object.text if isinstance(claim.object, ClaimRef) else claim.object.iri}
        number = getattr(claim.object, "number", None)
        objects |= {number} if number else set()
        if prop_name in {"_", claim.predicate.text, wide} and _is_one_of(thing, wanted, objects):
            return True
        return any(
            prop_name in {"_", local_name(iri)} and _is_one_of(thing, wanted, {words_of(direct)})
            for iri, direct in (claim.object.direct(prop, checked.vocabulary) if claim.object and prop else ())
        )

    def words_of(direct: Value) -> str:
        return direct.write(words.entity)

    return [c for c in checked.seeds.claims if matches(c)]


def _find_name(text: str, checked: Checked) -> str:
    """The word for a term as claims have it: `e:su7`, `<BASE/entity/su7>` and `su7` mean the same, and so do `r:price`
    and `price`; `c:eqo.orders` names a claim. An IRI of somebody else's stays what it is.
    """
    prefix, colon, local = text.partition(":")
    prefixes = checked.seeds.dataset.prefixes.namespaces
    iri = text.strip("<>") if "://" in text else f"{prefixes[prefix]}{local}" if colon and prefix in prefixes else None
    if iri is None:
        return text
    if iri in checked.vocabulary.property_by_iri:
        return checked.vocabulary.property_by_iri[iri].name
    for path, before in (("entity/", ""), ("relation/", ""), ("claim/", "c:")):
        start = f"{checked.seeds.dataset.base}{path}"
        if iri.startswith(start):
            return f"{before}{iri.removeprefix(start)}"
    return iri


def _is_one_of(thing: str, wanted: str, objects: set[str]) -> bool:
    """Whether what is *wanted* is any of the *objects*; a number however it is written."""
    if "_" in (thing, wanted) or not objects.isdisjoint({thing, wanted}):
        return True
    number = read_number(thing)
    return number is not None and any(read_number(o) == number for o in objects)


def _hint_at_triple(checked: Checked, terms: tuple[str, ...]) -> str:
    """What may be wrong with a triple that nothing says."""
    quoted = read_quoted(terms[2])
    if quoted is not None and quoted[1] is not None:
        others = {
            c.object.lang for c in find_claims(checked, terms[0], terms[1], quoted[0]) if isinstance(c.object, Text)
        }
        if others:
            return f"its text is there in `{'`, `'.join(sorted(others))}`, and not in `{quoted[1]}`"
    subject, predicate = _find_name(terms[0], checked), _find_name(terms[1], checked)
    if predicate != "_" and predicate not in checked.vocabulary.properties:
        near = did_you_mean(predicate, checked.vocabulary.properties)
        if near is not None:
            return f"no property `{predicate}`: {near}"
    if subject != "_" and subject not in checked.seeds.entity_by_key:
        near = did_you_mean(subject, checked.seeds.entity_by_key)
        if near is not None:
            return near
    known = subject in checked.seeds.entity_by_key
    return f"`kg show {subject}` shows what is said of it" if known else "`kg show` lists all entities"


def show_claim(checked: Checked, claim: Claim, lang: str) -> str:
    """Everything about one claim: statement, mode, time, speakers, every sentence, the line of the YAML."""
    words = checked.story.words(lang)
    direct = {t.claim.id for t in checked.story.direct_triples}
    qualifiers = words.qualifiers(claim)
    out = [f"{claim.id}   {words.statement(claim)}" + (f"   ({qualifiers})" if qualifiers else "")]
    out.append(f"  said by    {words.speakers(claim)}")
    out.append(f"  stated in  {claim.mark}")
    if claim.id in direct:
        out.append("  direct     yes: the graph says so itself")
    else:
        reason = explain_absence(claim, checked.seeds, checked.vocabulary)
        out.append(f"  direct     no, only as a claim: {reason}")
    out += _list_state(claim.state, words, " " * 2)
    for evidence in claim.evidence:
        source = checked.seeds.source_by_id.get(evidence.source)
        out.append(f"  evidence   {words.evidence(evidence)}   ({evidence.mark})")
        if source is not None:
            out.append(f"             {describe_source(source, words)}")
        article = checked.articles.by_source.get(evidence.source)
        if article is not None and evidence.address in article.sentences:
            out.append(f"             “{article.sentences[evidence.address].text}”")
        if evidence.note is not None:
            out.append(f"             note: {evidence.note.text}")
        out += _list_state(evidence.state, words, " " * 13)
    out += [f"  inferred   {inference.text}" for inference in claim.inferred]
    if claim.note is not None:
        out.append(f"  note       {claim.note.text}")
    decided = find_decision(claim, find_decisions(checked.seeds))
    if decided is not None:
        text = describe_decision(decided.decision).removeprefix("decided ")
        out.append(f"  decided    {text}" + (f"   ({decided.owner.id})" if decided.owner is not claim else ""))
    out += [f"  unlike     {unlike.claim} (in {unlike.difference})" for unlike in claim.unlike]
    out += [f"  compatible {ref.id}" for ref in claim.compatible]
    return "\n".join(out) + "\n"


def _list_state(state: State, words: ClaimWords, margin: str) -> list[str]:
    """Who proposed something, and who has reviewed it, a line each."""
    if state.proposed is None and state.reviewed is None and not state.is_draft:
        return []
    lines = [f"{margin}proposed   by {words.proposal(state.proposed)}"] if state.proposed is not None else []
    done = f"by {words.review(state.reviewed)}" if state.reviewed is not None else "by nobody"
    if state.is_draft:
        done = "no: it is a draft"
    return [*lines, f"{margin}reviewed   {done}"]


def describe_source(source: Source, words: ClaimWords) -> str:
    """Title, publisher and date; what is unknown is said to be unknown."""
    publisher = words.entity(source.publisher.text) if source.publisher else "publisher unknown"
    date = source.published.text if source.published else "date unknown"
    inferred = " (inferred)" if source.inferred is not None else ""
    if source.time is not None:
        date = f"{date} {source.time.text}"
    return f"{source.title.text if source.title else source.id}, {publisher}, {date}{inferred}"
