"""The nouns of curation: entities, claims, sources, values, and the ontology's words."""
