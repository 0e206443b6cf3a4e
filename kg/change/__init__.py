"""Changes of what curators wrote, in every file that it concerns: another id, one entity of two, a corrected text."""
