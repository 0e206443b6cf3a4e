"""YARRRML: read into nouns, each with its mark, and written as RML."""
