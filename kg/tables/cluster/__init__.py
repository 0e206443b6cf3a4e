"""The plan of a mapping, run in parts on a Dask cluster, which does scheduling, data movement and failure.

`split` cuts files into parts, `stage` reads each part once, `jobs` cuts the plan, `tasks` is what workers do, `run` has
the whole on one screen. Nothing here says a row's text anew: the relations, their SQL and the readers of sources are
those of one machine.
"""
