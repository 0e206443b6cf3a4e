"""Tools for agents, by the Model Context Protocol: they search, read, ask, see what is to do, and propose.

| file | what |
|---|---|
| `window` | the project as it is on disk now, and its graph, to be asked |
| `told` | claims, sentences and sources as JSON; answers of a bounded size, in pages |
| `reading` | the tools that read: search, entities, claims, sources, disputes, what is to do |
| `asking` | the tools that ask: questions, SPARQL |
| `proposing` | the tool that proposes claims, into `seeds/drafts/`: the only one that writes |
| `tools` | the table of tools with the forms of their arguments |
| `server` | the protocol, by the package `mcp` |

An answer is data: whatever stands in a text or a label is a value of JSON, with what could move a cursor made visible.
"""
