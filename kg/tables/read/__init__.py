"""Mappings → the nouns of `kg.tables.rml`, from Turtle and from YARRRML; and those nouns → RML."""
