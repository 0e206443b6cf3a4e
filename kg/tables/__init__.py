"""Tables: RML and R2RML mappings compiled to SQL that gives N-Quads lines, run by DuckDB.

`read_mapping` reads a mapping and tells its mistakes; `open_run` opens its sources, checks their data and
plans the queries; `write_output` and `write_targets` write the quads; `map_frames` does all of it for data
frames in memory. The whole room can be removed without harm to the rest of `kg`.
"""

from kg.tables.reading import read_mapping
from kg.tables.rml import MappingDocument, TriplesMap

__all__ = ["MappingDocument", "TriplesMap", "read_mapping"]
