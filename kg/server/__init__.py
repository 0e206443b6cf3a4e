"""A SPARQL endpoint that no query brings down: HTTP in front of processes that can be ended.

`kg.server.child` runs in each of them, `kg.server.pool` holds them, `kg.server.app` answers requests, and
`kg.server.run` opens the port.
"""
