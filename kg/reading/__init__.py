"""Node trees → nouns: `seeds/*.yaml` read into the dataclasses of `kg.model.nouns`.

What is malformed becomes a Diagnostic; whether references lead somewhere is `kg.check`'s matter.
"""
