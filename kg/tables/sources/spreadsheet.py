ENDINGS = frozenset()
