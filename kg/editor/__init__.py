"""The language server: what `kg` knows of a project, told to an editor while somebody writes.

| file | what |
|---|---|
| `scan` | YAML as it stands while somebody types: keys and values with their ways, whatever is broken |
| `role` | what stands at a place: the id of an entity, a property, a key ... |
| `position` | places in the editor's units |
| `desk` | the project with the texts that are open, checked again and again; what was last known of it |
| `complete`, `card` | completions; explanations |
| `link` | definitions, references, the outline of a file |
| `change` | renaming, and the words that hints name |
| `wire` | all that in the protocol's words |
| `session`, `server` | what is asked and told; the protocol, by pygls |
"""
