"""Proposals: statements that somebody or something brings, with the quote that each rests on, judged against the texts.

| file | what it holds |
|---|---|
| `proposal` | the nouns: `Proposal`, what a row says; `Judged`, what became of it |
| `formats` | rows of other programs' files → proposals, a file each |
| `quotes` | a quote → the sentences that it stands in |
| `locate` | where a row stands: the text, the sentences |
| `naming` | names → entities; which entities a sentence names |
| `terms` | names of properties, and values, as the ontology writes them |
| `speech` | who speaks in a sentence |
| `resolve` | what a row means in the words of a project |
| `speakers` | the speaker of a row, and whether the sentence lets them speak |
| `relative` | `last year`, by the day of publication |
| `fit` | what a proposal must meet beyond the rules of `kg check` |
| `setting`, `measures` | a claim in its sentence; figures, bounds and units of it |
| `judge` | the verdicts |
| `known` | what is claimed already: doubles, contradictions, what was rejected |
| `report` | judged rows for people and programs |
| `lines` | a claim as a line of YAML |
| `drafts` | judged rows → files of `seeds/drafts/` |

A claim goes through the rules of `kg.check` as a curator's would, and what is a note there (a hedge that was lost, a
name that does not stand in the sentence) rejects it here. A reason that is brought along (`inferred`) is told.
"""
