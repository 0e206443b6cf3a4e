"""The workbench: a text beside what is claimed of each sentence, and claims as short forms that are checked and saved.

| file | what |
|---|---|
| `form` | a claim as somebody types it, and as its lines stand in a file |
| `plan` | the files as they would be with a form: the lines of that claim change, and no others |
| `judge` | what `kg check` says of a form before it is saved, field by field |
| `save` | a form written to its file, or refused; never over what somebody else has written meanwhile |
| `text` | a text with what is claimed of each sentence; a sentence with its claims and drafts |
| `offer` | completions of a field |
| `desk` | the project as it was read last, read again when its files change |
| `wire`, `serve` | all that as JSON; the process that answers |
"""
