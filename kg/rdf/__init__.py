"""RDF: IRIs, terms, quads, datatypes, and texts of RDF with the mark of every term."""
