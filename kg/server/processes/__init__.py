"""The processes of a server: what each does, how it is started, asked and ended, and what becomes of it."""
