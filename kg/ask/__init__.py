"""The graph asked: the embedded store, SPARQL, and named questions."""
