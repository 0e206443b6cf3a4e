"""The picture of the graph: where dots, lines and labels stand; drawn as SVG at build time, and live by a script."""
