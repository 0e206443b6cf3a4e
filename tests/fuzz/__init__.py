"""Hostile input for every reader and writer: a traceback, a crash, a hang or a broken promise is a fault of ours.

    python tests/fuzz --cases 100000 --seed 1            # all targets in turn, each by its share
    python tests/fuzz --only edtf --cases 1000000        # one target
    python tests/fuzz --only edtf --case 1:4711          # one case again, with its traceback
    python tests/fuzz --only edtf --input case.bin       # bytes of a file as a case
    python tests/fuzz --guided --only edtf --cases 50000 # guided by coverage (needs `pip install atheris`)
    python tests/fuzz --list                             # the targets

A target is a function of bytes on one reader or writer. Readers of a language take the bytes as its text; where a case
has a structure (terms to be written, a workbook, a request), the bytes are the choices by which it is made
(`Chance`). A case is named by its target, seed and number, and is the same everywhere.
"""
