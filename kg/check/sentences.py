"""Evidence stands where it says: addresses and digests match the outline and, where it is at hand, the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.check.context import RuleContext
from kg.graph.coverage import figures_of_claims
from kg.model.nouns import ClaimedSentence, Name, Ref, Source
from kg.reading.articles import Article
from kg.text.diagnostic import Diagnostic, Mark, Related, list_known


def check_texts(context: RuleContext) -> Iterator[Diagnostic]:
    """Each source's text is the one that was curated; where it is not at hand, that is noted."""
    claimed = {sentence.source for sentence in context.seeds.sentences}
    for source in context.seeds.sources:
        article = context.articles.by_source.get(source.id)
        if article is None:
            yield _unverified(source, context)
            if not source.outline_given and source.id in claimed:
                yield _no_outline(source)
        else:
            yield from _compare_outline(source, article)


def _unverified(source: Source, context: RuleContext) -> Diagnostic:
    if source.file is None:
        why, hint = "its `file` is not named", "name the text's file, then give its folder with `--texts`"
    elif context.articles.folder is None:
        why, hint = "no folder of texts was given", "give the folder of the texts with `--texts`"
    else:
        why, hint = f"{source.file.text} is not in the folder of texts", "is the file's name right?"
    message = f"the evidence from `{source.id}` is unverified: {why}"
    return Diagnostic(code="unverified", mark=source.mark, message=message, hint=hint)


def _no_outline(source: Source) -> Diagnostic:
    message = f"the source `{source.id}` has no outline"
    hint = f"run `kg evidence outline {source.id}`: coverage counts by it where the text is absent"
    if source.file is None:
        message = f"the source `{source.id}` has no text and no outline: nothing proves that its sentences are there"
        hint = "name the text's `file`; where there is no text, accept this: `accept: {no-outline: an interview}`"
    return Diagnostic(code="no-outline", mark=source.mark, message=message, hint=hint)


def _compare_outline(source: Source, article: Article) -> Iterator[Diagnostic]:
    outline_hint = f"see what changed, then run `kg evidence rebase {source.id}` and `kg evidence outline {source.id}`"
    if source.sha256 is not None and source.sha256.text != article.sha256:
        message = f"the text of `{source.id}` is not the one that was curated"
        yield Diagnostic(code="text-changed", mark=source.sha256.mark, message=message, hint=outline_hint)
        return
    if not source.outline:
        if not source.outline_given:
            yield _no_outline(source)
        return
    for sentence in source.outline:
        found = article.sentences.get(sentence.address)
        if found is None or found.digest != sentence.digest:
            message = f"the outline's `{sentence.address}` is not that sentence of the text"
            yield Diagnostic(code="outline-stale", mark=sentence.mark, message=message, hint=outline_hint)
            return
        if article.figures(sentence.address) != sentence.figures:
            written = " ".join(article.figures(sentence.address)) or "none"
            message = f"the figures of `{sentence.address}` are {written} in the text"
            yield Diagnostic(code="outline-stale", mark=sentence.mark, message=message, hint=outline_hint)
            return
    moved = next((s for s in source.outline if article.page(s.address) != s.page), None)
    if moved is not None:
        page = article.page(moved.address)
        message = f"`{moved.address}` stands on page {page} of the text" if page else "the text has no pages"
        yield Diagnostic(code="outline-stale", mark=moved.mark, message=message, hint=outline_hint)
        return
    missing = [address for address in article.sentences if address not in source.sentences]
    if missing:
        message = f"the outline of `{source.id}` lacks {list_known(missing, 4)}"
        yield Diagnostic(code="outline-stale", mark=source.mark, message=message, hint=outline_hint)


def digests_of(source: Source, context: RuleContext) -> Mapping[str, str]:
    """Digests by address: of the text where it is at hand, else of the outline."""
    article = context.articles.by_source.get(source.id)
    return source.digests if article is None else article.digests


def check_addresses(context: RuleContext) -> Iterator[Diagnostic]:
    """Every sentence that a claims file names is there, with the digest that stands beside it."""
    seeds = context.seeds
    for claimed in seeds.sentences:
        source = seeds.source_by_id.get(claimed.source)
        digests = digests_of(source, context) if source else {}
        if claimed.digest is None and not claimed.spoilt and (digests or source is None or source.file is not None):
            message = f"the sentence `{claimed.address}` has no digest"
            hint = "`kg evidence skeleton` writes the keys of sentences, with their digests"
            yield Diagnostic(code="missing-digest", mark=claimed.mark, message=message, hint=hint)
        if not digests or source is None:
            continue
        if claimed.address not in digests:
            now, head = _place_of(claimed.digest, digests), _find_join(source, claimed, context)
            yield _no_sentence(source, claimed.address, claimed.mark, now, head)
        elif claimed.digest is not None and claimed.digest.text != digests[claimed.address]:
            now, head = _place_of(claimed.digest, digests), _find_join(source, claimed, context)
            if head:
                hint = _tell_join(source, head)
            elif now:
                hint = f"that sentence is now `{now}`: `kg evidence rebase {source.id}` moves the key"
            else:
                hint = f"the sentence there has the digest {digests[claimed.address]}: read it again, then mend the key"
            yield Diagnostic(
                code="digest-mismatch",
                mark=claimed.digest.mark,
                message=f"`{claimed.digest.text}` is not the digest of `{source.id}.{claimed.address}`",
                hint=hint,
            )


def _place_of(digest: Ref | None, digests: Mapping[str, str]) -> str | None:
    if digest is None:
        return None
    return next((address for address, d in digests.items() if d == digest.text), None)


def _find_join(source: Source, claimed: ClaimedSentence, context: RuleContext) -> str | None:
    """The first of the sentences to which one was joined after it was claimed, if it still reads so in the text."""
    article = context.articles.by_source.get(source.id)
    cut = article.cut.get(claimed.address) if article is not None else None
    if cut is None or claimed.digest is None or cut.digest != claimed.digest.text:
        return None
    return next((join.address for join in source.joins if claimed.address in join.parts), None)


def _tell_join(source: Source, head: str) -> str:
    return f"it is joined to `{head}` now: `kg evidence rebase {source.id}` moves the key"


def _no_sentence(
    source: Source, address: str, mark: Mark, now: str | None = None, head: str | None = None
) -> Diagnostic:
    hint = _tell_join(source, head) if head else None
    if now and not head:
        hint = f"that sentence is now `{now}`: `kg evidence rebase {source.id}` moves the key"
    return Diagnostic(
        code="no-such-sentence",
        mark=mark,
        message=f"the source `{source.id}` has no sentence `{address}`",
        hint=hint or f"`kg coverage {source.id}` lists its sentences",
    )


def check_joins(context: RuleContext) -> Iterator[Diagnostic]:
    """Sentences that are joined are there, in one paragraph, and the outline has them joined."""
    for source in context.seeds.sources:
        article = context.articles.by_source.get(source.id)
        known = article.cut if article is not None else source.sentences
        for join in source.joins if known else ():
            if join.address not in known:
                yield _no_sentence(source, join.address, join.mark)
                continue
            start, parts = join.address.partition("s")[0], join.parts[1:]
            if article is not None and parts[-1] not in known:
                last = sum(sentence.startswith(f"{start}s") for sentence in known)
                message = f"`{join.address}` joins {join.count} sentences, and its paragraph ends at `{start}s{last}`"
                yield Diagnostic(code="bad-join", mark=join.mark, message=message)
            elif article is None and (apart := [part for part in parts if part in known]):
                message = f"the outline has `{apart[0]}`, which is joined to `{join.address}`"
                hint = f"run `kg evidence outline {source.id}`"
                yield Diagnostic(code="outline-stale", mark=join.mark, message=message, hint=hint)


def check_set_aside(context: RuleContext) -> Iterator[Diagnostic]:
    """What is set aside exists, is not claimed as well, and figures set aside are in their sentence."""
    seeds = context.seeds
    claimed = {(s.source, s.address): s for s in seeds.sentences}
    for source in seeds.sources:
        digests = digests_of(source, context)
        for skip in source.skips:
            if digests and skip.address not in digests:
                yield _no_sentence(source, skip.address, skip.mark)
            other = claimed.get((source.id, skip.address))
            if other is not None:
                yield Diagnostic(
                    code="claimed-and-skipped",
                    mark=skip.mark,
                    message=f"`{source.id}.{skip.address}` is set aside here and claimed elsewhere",
                    hint="a sentence is either claimed or set aside",
                    related=(Related(mark=other.mark, message="claimed here"),),
                )
        claimed_figures = figures_of_claims(seeds, source.id, {figure.address for figure in source.figures})
        for figure in source.figures:
            sentence = source.sentences.get(figure.address)
            if digests and figure.address not in digests:
                yield _no_sentence(source, figure.address, figure.mark)
            elif sentence is not None and figure.figure not in sentence.figures:
                message = f"there is no figure {figure.figure} in `{source.id}.{figure.address}`"
                hint = f"its figures: {', '.join(sentence.figures) or 'none'}"
                yield Diagnostic(code="needless-figure", mark=figure.mark, message=message, hint=hint)
            elif sentence is not None and _all_claimed(
                figure.figure, sentence.figures, claimed_figures.get(figure.address, ())
            ):
                message = f"the figure {figure.figure} of `{source.id}.{figure.address}` is claimed, and set aside here"
                yield Diagnostic(code="needless-figure", mark=figure.mark, message=message, hint="take this line out")


def _all_claimed(figure: str | None, written: tuple[str, ...], claimed: tuple[str, ...]) -> bool:
    return figure is not None and claimed.count(figure) >= written.count(figure)


def check_places_of_names(context: RuleContext) -> Iterator[Diagnostic]:
    """A name's place is a sentence of a known source and, where the text is at hand, the name stands in it."""
    for entity in context.seeds.entities:
        for name in entity.names:
            for place in name.places:
                yield from _check_place(name, place, context)


def _check_place(name: Name, place: Ref, context: RuleContext) -> Iterator[Diagnostic]:
    source_id, _, address = place.text.partition(".")
    source = context.seeds.source_by_id.get(source_id)
    if source is None:
        if context.sources_complete:
            known = list_known(context.seeds.source_by_id)
            yield Diagnostic(code="unknown-source", mark=place.mark, message=f"no source `{source_id}`",
                             hint=f"known: {known}" if known else None)  # fmt: skip
        return
    digests = digests_of(source, context)
    if digests and address not in digests:
        yield _no_sentence(source, address, place.mark)
        return
    article = context.articles.by_source.get(source_id)
    if article is not None and name.text.casefold() not in article.sentences[address].text.casefold():
        message = f"`{name.text}` does not stand in `{place.text}`"
        yield Diagnostic(code="name-not-there", mark=place.mark, message=message, hint="read the sentence again")
