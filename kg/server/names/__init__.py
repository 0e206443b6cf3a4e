"""The names that things of a store bear, in memory or in files, and which of them a text may mean."""
