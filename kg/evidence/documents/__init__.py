"""Texts as people have them (plain, HTML, PDF, DOCX): paragraphs, pages, and what the file says of itself.

`read_document_text` looks at the bytes to see which of them a file is. No network is asked, no entity of XML is
resolved, and a PDF is read in a process of its own that can be ended.
"""
