"""SPARQL servers elsewhere: asked, filled with the build, and compared with it.

Nothing is asked but the addresses that the user names, and what answers there is not trusted: its answers have bounds,
must be whole, and of the type that was asked for.
"""
