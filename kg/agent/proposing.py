"""The tool that proposes claims: they are judged against the texts, and what is accepted goes to `seeds/drafts/`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from kg.agent.told import Told, make_plain, tell_sources
from kg.agent.window import ToolRefusedError, Window
from kg.build.pipeline import check_files, read_project
from kg.drafts.proposal.drafts import Origin, save_drafts, write_drafts
from kg.drafts.proposal.formats import ProposalFile, read_rows
from kg.drafts.proposal.judge import judge_proposals
from kg.drafts.proposal.proposal import Verdict
from kg.drafts.proposal.report import describe_row
from kg.drafts.review.plan import today
from kg.system.files import hold_curated
from kg.system.project import Drafts
from kg.text.diagnostic import Severity

MOST_ROWS = 50


def propose(
    window: Window,
    claims: Sequence[Mapping[str, object]],
    by: str = "agent",
    tool: str | None = None,
    dry_run: bool = False,
) -> Told:
    """A verdict for each claim; those that are accepted are written to drafts, unless *dry_run*."""
    if window.texts is None:
        hint = "start `kg mcp` with `--texts DIR`, the folder of the source texts"
        raise ToolRefusedError("the texts are not at hand, and proposals are judged against them", hint)
    raw = "".join(json.dumps(claim, ensure_ascii=False) + "\n" for claim in claims)
    file = ProposalFile(name="proposals", raw=raw.encode("utf-8", "surrogatepass"))
    project = window.project
    with hold_curated(project.root, project.work, "mcp"):
        checked = check_files(read_project(project, window.texts, Drafts.BUILT_IN))
        errors = tuple(d for d in checked.diagnostics if d.severity is Severity.ERROR)
        if errors:
            raise ToolRefusedError("the project has errors, drafts included", "mend them first", errors[:3])
        judged = list(judge_proposals(checked, read_rows("jsonl", [file])))
        kept = [one for one in judged if one.stated is not None]
        written: Sequence[str] = ()
        if kept and not dry_run:
            files = write_drafts(kept, checked, by, Origin(by=by, on=today(), tool=tool))
            save_drafts(files, project)
            written = [made.name for made in files]
    counts = Counter(one.verdict for one in judged)
    rows = [{k: v for k, v in describe_row(one).items() if v not in (None, [], "")} for one in judged]
    for row in rows:
        row.pop("file"), row.pop("line")
    return {
        "verdicts": make_plain(rows),
        "counts": {verdict.value: counts[verdict] for verdict in Verdict},
        "written": make_plain(list(written)),
        "next": "a person reviews what is written; until then it is left out of the graph"
        if written
        else "nothing is written",
        "sources": tell_sources(checked, (one.source for one in judged if one.source is not None)),
    }
