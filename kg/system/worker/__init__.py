"""A process of its own that holds quads and answers SPARQL, so that a query can be ended, and can end nobody else.

The embedded store cannot be interrupted, and dies of some queries. `kg.system.worker.worker.Worker` is our side of it,
`kg.system.worker.child` the process, `kg.system.worker.wire` what goes between them, `kg.system.worker.limits` what a
query may take.
"""
