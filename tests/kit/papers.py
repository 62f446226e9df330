"""Documents made for tests: PDFs with pages, tables, links, forms, files and passwords; Office files; RTF."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from kit.pictures import archive

INVOICE = (
    "Invoice 2026-118",
    "Lamp Shop Ltd, 12 Mill Lane, Leeds LS1 4DY",
    "Order 112-1234567-1234567 of 3 November 2026",
    "1 x Brass table lamp, E27          GBP 49.00",
    "2 x Linen shade, natural           GBP 18.00",
    "Delivery                           GBP  0.00",
    "VAT 20 % included                  GBP 14.17",
    "Total                              GBP 85.00",
    "Paid through Amazon on 3 November 2026. Thank you.",
)
WARRANTY = (
    "Warranty",
    "This lamp is guaranteed for 24 months from the day of delivery against faults in",
    "material and workmanship. Keep the invoice. The bulb is not covered.",
    "If the lamp fails within that time, write to us through Your Orders and tell us",
    "the serial number on the base. We repair or replace it free of charge.",
    "Garantie: 24 Monate ab Lieferung. Bitte heben Sie die Rechnung auf.",
)
COUPON = (
    "Thank you for your order!",
    "Leave us a 5 star review and get a $10 gift card.",
)


@dataclass(frozen=True)
class Page:
    """What is on one page of a PDF."""

    lines: Sequence[str] = ()
    table: int = 0  # rows of ruled lines
    image: bytes = b""
    size: tuple[int, int] = (0, 0)  # points that the picture takes
    link: str = ""
    button: str = ""  # where a form's button leads
    note: str = ""  # an annotation
    curves: str = ""  # operators of the content stream


class _Pdf:
    """The objects of a PDF as they are numbered."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = [b"", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]

    def add(self, body: bytes) -> int:
        self.bodies.append(body)
        return len(self.bodies)

    def stream(self, content: bytes, head: bytes = b"") -> int:
        return self.add(b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(content), content))

    def written(self, trailer: bytes = b"") -> bytes:
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(self.bodies, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(self.bodies) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        size = len(self.bodies) + 1
        out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
        return bytes(out)


def paper(
    pages: Sequence[Page], *, files: Mapping[str, bytes] | None = None, opens: str = "", script: str = ""
) -> bytes:
    """A PDF; `opens` is where it leads when it is opened, `script` what it runs."""
    made = _Pdf()
    kids = [_page(made, page) for page in pages]
    more = b""
    if files:
        names = b" ".join(_file(made, name, content) for name, content in files.items())
        more += b" /Names << /EmbeddedFiles << /Names [%s] >> >>" % names
    if opens:
        more += b" /OpenAction << /S /URI /URI (%s) >>" % opens.encode()
    if script:
        more += b" /OpenAction << /S /JavaScript /JS (%s) >>" % script.encode()
    made.bodies[0] = b"<< /Type /Catalog /Pages 2 0 R%s >>" % more
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    made.bodies[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids))
    return made.written()


def _file(made: _Pdf, name: str, content: bytes) -> bytes:
    stream = made.stream(content, b"/Type /EmbeddedFile")
    spec = made.add(b"<< /Type /Filespec /F (%s) /EF << /F %d 0 R >> >>" % (name.encode(), stream))
    return b"(%s) %d 0 R" % (name.encode(), spec)


def _page(made: _Pdf, page: Page) -> int:
    drawn = [b"BT /F1 12 Tf 14 TL 60 760 Td"]
    drawn += [b"(%s) '" % _escaped(line) for line in page.lines]
    drawn.append(b"ET")
    for row in range(page.table):
        drawn.append(b"0.5 w 50 %d m 550 %d l S 50 %d 500 14 re S" % ((740 - 14 * row,) * 3))
    resources = b"/Font << /F1 3 0 R >>"
    if page.image:
        shown = Image.open(io.BytesIO(page.image)).convert("RGB")
        head = b"/Type /XObject /Subtype /Image /Width %d /Height %d " % shown.size
        head += b"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
        resources += b" /XObject << /I %d 0 R >>" % made.stream(zlib.compress(shown.tobytes()), head)
        width, height = page.size if any(page.size) else (shown.width * 3 // 4, shown.height * 3 // 4)
        drawn.append(b"q %d 0 0 %d 40 60 cm /I Do Q" % (width, height))
    drawn.append(page.curves.encode())
    contents = made.stream(zlib.compress(b"\n".join(drawn)), b"/Filter /FlateDecode")
    notes = b" ".join(b"%d 0 R" % made.add(each) for each in _annotations(page))
    body = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
    body += b"/Resources << %s >> /Annots [%s] >>"
    return made.add(body % (contents, resources, notes))


def _annotations(page: Page) -> list[bytes]:
    place = b"/Rect [40 690 300 720]"
    made = []
    if page.link:
        made.append(
            b"<< /Type /Annot /Subtype /Link %s /A << /S /URI /URI (%s) >> >>" % (place, page.link.encode())
        )
    if page.button:
        action = b"/A << /S /SubmitForm /F << /FS /URL /F (%s) >> >>" % page.button.encode()
        made.append(b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (b) %s %s >>" % (place, action))
    if page.note:
        made.append(
            b"<< /Type /Annot /Subtype /FreeText %s /DA (/F1 9 Tf) /Contents (%s) >>"
            % (place, _escaped(page.note))
        )
    return made


def _escaped(text: str) -> bytes:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")


_PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def locked_pdf(text: str, *, password: str) -> bytes:
    """An encrypted PDF (RC4, 40 bits; ISO 32000-1, 7.6.3); with an empty password anyone can open it."""
    identity = bytes(16)
    user, owner = ((each.encode() + _PAD)[:32] for each in (password, "owner"))
    owner_entry = _rc4(hashlib.md5(owner).digest()[:5], user)
    permissions = (-44).to_bytes(4, "little", signed=True)
    key = hashlib.md5(user + owner_entry + permissions + identity).digest()[:5]
    made = _Pdf()
    made.bodies[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    made.bodies[1] = b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>"
    plain = b"BT /F1 18 Tf 40 700 Td (%s) Tj ET" % _escaped(text)
    made.stream(_rc4(hashlib.md5(key + (4).to_bytes(3, "little") + bytes(2)).digest()[:10], plain))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
    made.add(page + b"/Resources << /Font << /F1 3 0 R >> >> >>")
    entries = (owner_entry.hex().encode(), _rc4(key, _PAD).hex().encode(), identity.hex().encode())
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -44 >> /ID [<%s> <%s>]"
    return made.written(lock % (*entries, entries[2]))


def _rc4(key: bytes, data: bytes) -> bytes:
    box, at = list(range(256)), 0
    for step in range(256):
        at = (at + box[step] + key[step % len(key)]) % 256
        box[step], box[at] = box[at], box[step]
    out, first, second = bytearray(), 0, 0
    for byte in data:
        first = (first + 1) % 256
        second = (second + box[first]) % 256
        box[first], box[second] = box[second], box[first]
        out.append(byte ^ box[(box[first] + box[second]) % 256])
    return bytes(out)


_LINKED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def _relations(link: str) -> bytes:
    target = f'<Relationship Type="{_LINKED}" Target="{link}" TargetMode="External"/>'
    return f"<Relationships>{target}</Relationships>".encode()


def _paragraphs(lines: Sequence[str], before: str, after: str) -> str:
    return "".join(f"{before}{line.replace('&', '&amp;').replace('<', '&lt;')}{after}" for line in lines)


def word(lines: Sequence[str], *, link: str = "", image: bytes = b"", header: str = "") -> bytes:
    """A Word file."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = _paragraphs(lines, "<w:p><w:r><w:t>", "</w:t></w:r></w:p>")
    files = {
        "[Content_Types].xml": b"<Types/>",
        "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>".encode(),
    }
    if header:
        shown = f"<w:p><w:r><w:t>{header}</w:t></w:r></w:p>"
        files["word/header1.xml"] = f"<w:hdr {space}>{shown}</w:hdr>".encode()
    if link:
        files["word/_rels/document.xml.rels"] = _relations(link)
    if image:
        files["word/media/image1.png"] = image
    return archive(files)


def sheet(rows: Sequence[str], *, link: str = "", image: bytes = b"") -> bytes:
    """An Excel file."""
    strings = _paragraphs(rows, "<si><t>", "</t></si>")
    files = {
        "[Content_Types].xml": b"<Types/>",
        "xl/sharedStrings.xml": f"<sst>{strings}</sst>".encode(),
        "xl/worksheets/sheet1.xml": b"<worksheet><sheetData/></worksheet>",
    }
    if link:
        files["xl/worksheets/_rels/sheet1.xml.rels"] = _relations(link)
    if image:
        files["xl/media/image1.png"] = image
    return archive(files)


def slides(lines: Sequence[str], *, link: str = "", image: bytes = b"") -> bytes:
    """A PowerPoint file, the same picture on two slides."""
    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    body = _paragraphs(lines, "<a:p><a:r><a:t>", "</a:t></a:r></a:p>")
    files = {"[Content_Types].xml": b"<Types/>", "ppt/slides/slide1.xml": f"<p {space}>{body}</p>".encode()}
    if link:
        files["ppt/slides/_rels/slide1.xml.rels"] = _relations(link)
    if image:
        files |= {"ppt/media/image1.png": image, "ppt/media/image2.png": image}
    return archive(files)


def open_document(lines: Sequence[str], *, link: str = "", image: bytes = b"", locked: bool = False) -> bytes:
    """An OpenDocument text."""
    spaces = 'xmlns:text="urn:t" xmlns:xlink="http://www.w3.org/1999/xlink"'
    body = _paragraphs(lines, "<text:p>", "</text:p>")
    if link:
        body += f'<text:p><text:a xlink:href="{link}">here</text:a></text:p>'
    content = f"<office {spaces}>{body}</office>".encode()
    manifest = "<manifest><file>" + ("<encryption-data/>" if locked else "") + "</file></manifest>"
    files = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": zlib.compress(content) if locked else content,
        "META-INF/manifest.xml": manifest.encode(),
    }
    if image:
        files["Pictures/1.png"] = image
    return archive(files)


def rich_text(lines: Sequence[str], *, link: str = "", image: bytes = b"") -> bytes:
    """An RTF document."""
    out = r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}" + "".join(f"{line}\\par " for line in lines)
    if link:
        out += r'{\field{\*\fldinst HYPERLINK "' + link + r'"}{\fldrslt here}}'
    if image:
        out += r"{\pict\pngblip\picw300\pich80 " + image.hex() + "}"
    return (out + "}").encode("cp1252", "replace")


def locked_zip(files: dict[str, bytes]) -> bytes:
    """A zip archive whose files say that they are encrypted (APPNOTE 4.4.4, bit 0)."""
    content = bytearray(archive(files))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(sign)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(sign, at + 1)
    return bytes(content)


def locked_office() -> bytes:
    """The beginning of an Office file with a password: an OLE storage (MS-OFFCRYPTO)."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(1_024)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(64)
    )
