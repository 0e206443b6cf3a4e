"""The machine: files, folders, processes and memory."""
