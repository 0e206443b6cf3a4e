"""Where quads go: files in every syntax and packing, parts of them, pipes."""
