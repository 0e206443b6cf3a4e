"""An ontology as it is asked: its statements, ranges, units, misspelt terms, and the `Vocabulary` made of them."""
