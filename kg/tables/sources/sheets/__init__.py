"""Workbooks of Excel and OpenDocument: their sheets as tables, and the cells that their reader reads wrong."""
