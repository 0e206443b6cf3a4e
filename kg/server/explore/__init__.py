"""The explorer: pages about things, search, disputes, questions and queries, for graphs of any size.

What a page needs is looked up in one go by the process that has the store open (`kg.server.explore.look`), within
bounds that do not depend on the size of the graph.
"""
