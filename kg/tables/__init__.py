"""Tables: RML and R2RML mappings compiled to SQL that gives N-Quads lines, run by DuckDB.

`read.turtle.read_mapping` reads a mapping and tells its mistakes; `engine.open_run` opens its sources, checks their
data and plans the queries; `target.write_output` and `target.write_targets` write the quads; `frames.map_frames` does
all of it for data frames in memory. The whole room can be removed without harm to the rest of `kg`.
"""
