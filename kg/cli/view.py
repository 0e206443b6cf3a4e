"""`kg show`, `kg why`, `kg disputes`, `kg coverage`: the graph as a person reads it."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import BOUND, DONE
from kg.cli.common import SHARE, as_of_option, drafts_option, known_by_option, lang_option, load, say, texts_option


@click.command("show")
@click.argument("entity", required=False, metavar="[ENTITY | SOURCE]")
@as_of_option
@known_by_option
@texts_option
@lang_option
@drafts_option
@click.pass_context
def show_command(
    context: click.Context, entity: str | None, as_of: str | None, known_by: str | None, texts: Path | None,
    lang: str | None, drafts: bool,
) -> None:  # fmt: skip
    """Show an entity: names, facts, and what is planned, promised and said.

    Each with its source and place. Without ENTITY, list all entities. ENTITY is a key, an IRI, or a name in any
    language. The id of a SOURCE shows what it is, and its claims sentence by sentence; where an entity has that id,
    write s:SOURCE.
    """
    from kg.model.names import read_id
    from kg.show import show_entities, show_entity, show_source

    checked = load(context, texts, as_of=as_of, known_by=known_by, drafts=drafts)
    lang = lang or checked.seeds.dataset.language
    seeds = checked.seeds
    source = seeds.source_by_id.get(read_id(entity, "source", seeds.dataset.base)) if entity else None
    if entity and source is not None and entity not in seeds.entity_by_key:
        say(show_source(checked, source, lang), nl=False)
        return
    say(show_entity(checked, entity, lang) if entity else show_entities(checked, lang), nl=False)


@click.command("why")
@click.argument("terms", nargs=-1, required=True, metavar="ENTITY | CLAIM | S P O")
@as_of_option
@known_by_option
@texts_option
@lang_option
@drafts_option
@click.pass_context
def why_command(
    context: click.Context, terms: tuple[str, ...], as_of: str | None, known_by: str | None, texts: Path | None,
    lang: str | None, drafts: bool,
) -> None:  # fmt: skip
    """Show the claims, sentences and YAML lines behind something.

    An entity, a claim, or a triple, in which `_` stands for anything. With the texts at hand, the sentences too.
    """
    from kg.show import show_why

    if len(terms) not in {1, 3}:
        raise click.UsageError("give an entity, a claim, or the three terms of a triple")
    if any(term.startswith("<<") for term in terms):
        raise click.UsageError(
            "a project's graph holds no quoted triples: ask for the triple itself, by its three terms"
        )
    checked = load(context, texts, as_of=as_of, known_by=known_by, drafts=drafts)
    say(show_why(checked, terms, lang or checked.seeds.dataset.language), nl=False)


@click.command("disputes")
@lang_option
@drafts_option
@click.pass_context
def disputes_command(context: click.Context, lang: str | None, drafts: bool) -> None:
    """Show conflicts, different answers by speaker, and developments.

    Also differences of kind (a promise here, a wish there) and of measure, what was declared compatible, and where
    files of RDF and rows of tables contradict facts.
    """
    from kg.show import show_disputes

    checked = load(context, drafts=drafts)
    say(show_disputes(checked, lang or checked.seeds.dataset.language), nl=False)


@click.command("coverage")
@click.argument("source", required=False)
@texts_option
@click.option("--fail-under", type=SHARE, metavar="PERCENT", help="Exit with 4 below this.")
@drafts_option
@click.pass_context
def coverage_command(
    context: click.Context, source: str | None, texts: Path | None, fail_under: float | None, drafts: bool
) -> int:
    """Show which sentences and figures are claimed, set aside or to do.

    With SOURCE, sentence by sentence.
    """
    from kg.evidence.outline import find_source
    from kg.graph.coverage import measure_coverage
    from kg.show import show_coverage

    checked = load(context, texts, rows=False, drafts=drafts)
    if source is not None:
        find_source(checked.seeds, source)
    coverage = measure_coverage(checked.seeds, checked.articles, source)
    say(show_coverage(coverage, every_sentence=source is not None, articles=checked.articles), nl=False)
    if fail_under is not None and coverage.percent < fail_under:
        say(f"kg: coverage of {coverage.percent:.1f} % is under {fail_under:g} %", err=True)
        return BOUND
    return DONE
