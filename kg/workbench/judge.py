"""What `kg check` says of a form before it is saved: at which field, and whether anything else would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg.build.pipeline import Checked, check_files, read_project
from kg.change.preview import find_new, sort_evidence
from kg.model.nouns import Claim
from kg.model.values import Date, describe_edtf
from kg.system.project import Project
from kg.text.diagnostic import Diagnostic, Severity, without_secrets
from kg.text.opened import hold_open
from kg.text.yamldoc import MappingNode, Node, read_document
from kg.workbench.form import ClaimForm, FormRow, find_row
from kg.workbench.plan import FormPlan, plan_form


@dataclass(frozen=True, kw_only=True)
class Message:
    """One diagnostic at a form: the *field* that it is about (empty: the whole claim), its place in the files.

    *reason* is how the value of the field is known, where the hint offers that.
    """

    field: str
    severity: Severity
    code: str
    message: str
    hint: str | None
    place: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What becomes of a form: its *messages*, what it *says* in words, what its dates *mean*, its own *lines*.

    *elsewhere* are those of the messages that other lines of the project would get. *changed* are ids of other claims
    and of entities that would say something else: none of them may.
    """

    plan: FormPlan
    messages: tuple[Message, ...]
    elsewhere: tuple[Message, ...]
    says: tuple[str, ...]
    means: Mapping[str, str]
    lines: tuple[str, ...]
    changed: tuple[str, ...]
    after: Checked = field(repr=False)

    @property
    def may_be_saved(self) -> bool:
        """Whether nothing worse than warnings and notes is wrong with the form."""
        told = (*self.messages, *self.elsewhere)
        return not self.changed and all(message.severity is not Severity.ERROR for message in told)


def judge_form(checked: Checked, form: ClaimForm) -> Judgement:
    """Check the project with the form in its file. It takes the time of `kg check`; nothing is written.

    Raises RewriteRefusedError and ConflictError as `plan_form` does, KgError when a file cannot be read.
    """
    plan = plan_form(checked, form)
    project = checked.project
    with hold_open(plan.texts):
        after = check_files(read_project(Project(project.root), checked.articles.folder, checked.read.drafts))
        document = read_document(plan.path, project.name_of(plan.path))
        row = find_row(document, form.address, plan.key)
        _ = after.diagnostics
    claims = _find_claims(after, f"{form.source}.{plan.key}")
    own = list(_find_own(after.diagnostics, row)) if row is not None else []
    new = [
        diagnostic
        for severity in (Severity.ERROR, Severity.WARNING)
        for diagnostic in find_new(checked, after, severity, _tell_apart)
        if diagnostic not in own
    ]
    words = after.story.words(after.seeds.dataset.language)
    return Judgement(
        plan=plan,
        messages=tuple(_tell(diagnostic, _find_field(diagnostic, row)) for diagnostic in own),
        elsewhere=tuple(_tell(diagnostic, "") for diagnostic in new),
        says=tuple(f"{words.statement(claim)} — {words.speakers(claim)}" for claim in claims),
        means=dict(_list_meanings(after, claims)),
        lines=row.lines if row is not None else (),
        changed=tuple(_find_changed(checked, after, {claim.id for claim in claims}, form)),
        after=after,
    )


def _tell_apart(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.code} {diagnostic.mark.file} {diagnostic.message}"


def _find_claims(checked: Checked, id_: str) -> list[Claim]:
    """The claims that an entry states: several where it has lists."""
    return [claim for claim in checked.seeds.claims if claim.id == id_ or claim.id.startswith(f"{id_}.")]


def _find_own(diagnostics: Iterable[Diagnostic], row: FormRow) -> Iterator[Diagnostic]:
    """The diagnostics at a claim's own lines, and those that relate to them."""
    mark, last = row.entry.key.mark, row.entry.last_line
    for diagnostic in dict.fromkeys(diagnostics):
        marks = (diagnostic.mark, *(related.mark for related in diagnostic.related))
        if any(m.file == mark.file and mark.line <= m.line <= last for m in marks):
            yield diagnostic


def list_messages(checked: Checked, row: FormRow) -> list[Message]:
    """What is wrong with a claim as it stands in its file."""
    return [_tell(diagnostic, _find_field(diagnostic, row)) for diagnostic in _find_own(checked.diagnostics, row)]


def _find_field(diagnostic: Diagnostic, row: FormRow | None) -> str:
    """The key of the claim at which a diagnostic stands; empty where it stands at none."""
    if diagnostic.code == "no-speaker":
        return "by"  # it stands at the claim, since the key is not there
    at = (diagnostic.mark.line, diagnostic.mark.column)
    if row is None or diagnostic.mark.file != row.entry.key.mark.file or row.repeats:
        return ""
    fields = row.entry.fields
    for key, node in fields.nodes.items():
        begin, end = fields.keys[key].mark, node.mark
        if (begin.line, begin.column) <= at < (end.end_line, end.end_column):
            inner = _find_inner(node, at) if key == "inferred" else ""
            return f"{key}.{inner}" if inner else key
    return ""


def _find_inner(node: Node, at: tuple[int, int]) -> str:
    """The key of a mapping whose value a place is; empty where it is none."""
    inner = node.nodes.items() if isinstance(node, MappingNode) else ()
    found = (key for key, value in inner if (value.mark.line, value.mark.column) == at)
    return next(found, "")


def _tell(diagnostic: Diagnostic, name: str) -> Message:
    shown = without_secrets(diagnostic)
    return Message(
        field=name,
        severity=diagnostic.severity,
        code=diagnostic.code,
        message=shown.message,
        hint=shown.hint,
        place=str(diagnostic.mark),
        reason=diagnostic.offered.text if diagnostic.offered is not None else None,
    )


def _list_meanings(checked: Checked, claims: Iterable[Claim]) -> Iterator[tuple[str, str]]:
    """What dates and objects mean, by the keys of their fields."""
    words = checked.story.words(checked.seeds.dataset.language)
    for claim in claims:
        for key, date in (("when", claim.when), ("asof", claim.as_of)):
            if date is not None:
                yield key, describe_edtf(date.edtf)
        if isinstance(claim.object, Date):
            yield "o", describe_edtf(claim.object.edtf)
        elif claim.object is not None:
            yield "o", words.object(claim)


def _find_changed(before: Checked, after: Checked, own: set[str], form: ClaimForm) -> Iterator[str]:
    """Other claims and entities that would say something else, or go."""
    own = own | {claim.id for claim in _find_claims(before, f"{form.source}.{form.key}")} if form.key else own
    wanted = {claim.id: sort_evidence(claim) for claim in before.seeds.claims if claim.id not in own}
    found = {claim.id: sort_evidence(claim) for claim in after.seeds.claims if claim.id not in own}
    yield from (id_ for id_ in sorted(wanted.keys() | found.keys()) if wanted.get(id_) != found.get(id_))
    new = {entity.key for entity in form.entities}
    entities = after.seeds.entity_by_key
    for key in sorted(before.seeds.entity_by_key.keys() | (entities.keys() - new)):
        if before.seeds.entity_by_key.get(key) != entities.get(key):
            yield f"e:{key}"
