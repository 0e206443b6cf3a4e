"""YARRRML, the YAML form of RML, → the nouns of `kg.tables.rml` (https://rml.io/yarrrml/spec/)."""
