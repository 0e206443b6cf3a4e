"""A SPARQL endpoint that no query brings down: HTTP in front of processes that can be ended.

The processes are in `kg.server.processes`; `kg.server.app` answers requests, and `kg.server.run` opens the port.
"""
