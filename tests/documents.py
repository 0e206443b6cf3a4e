"""Files as people have them, made for the tests: PDFs of a few lines a page, DOCX of paragraphs."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def make_pdf(pages: Sequence[Sequence[str]], *, info: Mapping[str, str] | None = None, encrypt: bool = False) -> bytes:
    """A PDF: each page has lines of Helvetica, 14 points apart; an empty line leaves a gap.

    `^{1}` is raised, `_{2}` lowered. *encrypt*: it asks for a password, which nobody knows.
    """
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for lines in pages:
        words = [b"BT /F1 12 Tf 14 TL 70 760 Td"]
        for line in lines:
            for part in re.split(r"([\^_]\{.*?\})", line):
                shift = {"^{": b"/F1 7 Tf 4 Ts", "_{": b"/F1 7 Tf -2 Ts"}.get(part[:2], b"/F1 12 Tf 0 Ts")
                plain = part[2:-1] if part[:2] in {"^{", "_{"} else part
                raw = plain.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
                words += [shift, b"(" + raw + b") Tj"] if raw else []
            words.append(b"T*")
        stream = b"\n".join([*words, b"ET"])
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % k for k in kids), len(kids))
    trailer = b"/Root 1 0 R /Size %d" % (len(objects) + 3)
    if info is not None:
        entries = b" ".join(b"/%s (%s)" % (k.encode(), v.encode("cp1252")) for k, v in info.items())
        objects.append(b"<< " + entries + b" >>")
        trailer += b" /Info %d 0 R" % len(objects)
    if encrypt:
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -44 >>" % (b"ab" * 32, b"cd" * 32))
        trailer += b" /Encrypt %d 0 R /ID [<00> <00>]" % len(objects)
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer << %s >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, start)


def make_docx(
    body: str, *, core: str = "", app: str = "", more: Mapping[str, bytes] | None = None, head: str = ""
) -> bytes:
    """A DOCX: *body* is WordprocessingML with the prefix `w`; *core* and *app* are its properties."""
    document = f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    parts = {"_rels/.rels": _RELATIONS.encode(), "word/document.xml": document.encode()}
    if core:
        names = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        parts["docProps/core.xml"] = f"<cp:core xmlns:cp='urn:x' {names}>{core}</cp:core>".encode()
    if app:
        parts["docProps/app.xml"] = f"<Properties>{app}</Properties>".encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in {**parts, **(more or {})}.items():
            # The same bytes at any time: they stand in the names of tests, which all processes must call alike.
            archive.writestr(zipfile.ZipInfo(name, (2024, 4, 28, 0, 0, 0)), raw, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def paragraph(*runs: str) -> str:
    """A paragraph of runs of plain words."""
    return f"<w:p>{''.join(f'<w:r><w:t>{escape(run)}</w:t></w:r>' for run in runs)}</w:p>"
