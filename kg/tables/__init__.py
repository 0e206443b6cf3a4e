"""Tables: RML and R2RML mappings compiled to SQL that gives N-Quads lines, run by DuckDB.

The way of a mapping: nouns of RML (`rml`) → plain statements (`normal`) → relations over tables (`plan`) → cheaper
ones, given facts of the data (`rewrite`) → SQL (`sql`) → lines (`run`).

`read.turtle.read_mapping` reads a mapping and tells its mistakes; `run.open_run` opens its sources, checks their
data and plans the queries; `target.write_output`, `target.make_targets`, `target.stage_targets` and
`target.put_targets` write the quads; `frames.map_frames` does all of it for data frames in memory. The whole room can
be removed without harm to the rest of `kg`.
"""
