"""Proposals: statements that somebody or something brings, with the quote that each rests on, judged against the texts.

| file | what it holds |
|---|---|
| `proposal` | the nouns: `Proposal`, what a row says; `Judged`, what became of it |
| `formats` | rows of other programs' files → proposals, a file each |
| `quotes` | a quote → the sentences that it stands in |
| `naming` | names → entities; which entities a sentence names |
| `terms` | names of properties, and values, as the ontology writes them |
| `speech` | who speaks in a sentence |
| `fit` | what a proposal must meet beyond the rules of `kg check` |
| `judge` | the verdicts |
| `lines` | a claim as a line of YAML |
| `drafts` | judged rows → files of `seeds/drafts/` |

Nobody who proposes is trusted with a reason of their own: a claim goes through the rules of `kg.check` as a curator's
would, and what is a note there (a hedge that was lost, a name that does not stand in the sentence) rejects it here.
"""
