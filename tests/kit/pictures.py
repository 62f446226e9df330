"""Pictures and documents made for tests: logos, codes, PDFs, Office files, and bombs."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

import segno
from PIL import Image, ImageDraw, ImageFont


def picture(
    text: str,
    *,
    size: tuple[int, int] = (300, 80),
    font: int = 26,
    colours: tuple[str, str] = ("black", "white"),
    angle: float = 0,
    form: str = "PNG",
) -> bytes:
    """A picture with words on it."""
    image = Image.new("RGB", size, colours[1])
    ImageDraw.Draw(image).text(
        (12, size[1] // 2 - font // 2), text, fill=colours[0], font=ImageFont.load_default(font)
    )
    return _saved(image.rotate(angle, fillcolor=colours[1]) if angle else image, form)


def _saved(image: Image.Image, form: str, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def plain_photo(size: tuple[int, int] = (200, 150)) -> bytes:
    """A picture without words: soft colours."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    return _saved(image, "JPEG")


def code(content: str, *, scale: int = 4) -> bytes:
    """A QR code as PNG."""
    out = io.BytesIO()
    segno.make(content).save(out, kind="png", scale=scale, border=4)
    return out.getvalue()


def moving(texts: Sequence[str]) -> bytes:
    """A GIF with a frame for each text."""
    frames = []
    for text in texts:
        image = Image.new("RGB", (300, 80), "white")
        ImageDraw.Draw(image).text((12, 25), text, fill="black", font=ImageFont.load_default(26))
        frames.append(image)
    return _saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


def pdf(text: str = "", *, link: str = "", image: bytes = b"") -> bytes:
    """A PDF of one page with a line of text, a link annotation, a picture."""
    content = b"BT /F1 18 Tf 40 700 Td (" + text.encode("latin-1") + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    annots = b""
    if link:
        objects.append(
            b"<< /Type /Annot /Subtype /Link /Rect [40 690 300 720] /A << /S /URI /URI (%s) >> >>"
            % link.encode()
        )
        annots = b"/Annots [%d 0 R]" % len(objects)
    resources = b"/Font << /F1 5 0 R >>"
    if image:
        shown = Image.open(io.BytesIO(image)).convert("RGB")
        data = zlib.compress(shown.tobytes())
        head = b"/Type /XObject /Subtype /Image /Width %d /Height %d " % shown.size
        head += b"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode /Length %d" % len(data)
        objects.append(b"<< " + head + b" >>\nstream\n" + data + b"\nendstream")
        resources += b" /XObject << /I %d 0 R >>" % len(objects)
        drawn = content + b" q %d 0 0 %d 40 400 cm /I Do Q" % shown.size
        objects[3] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << %s >> %s >>"
    objects[2] = page % (resources, annots)
    return _assembled(objects)


def _assembled(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def docx(text: str, *, link: str = "", image: bytes = b"") -> bytes:
    """A Word file with a paragraph, a hyperlink, a picture."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
    document = f"<w:document {space}><w:body>{body}</w:body></w:document>"
    files = {"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode()}
    if link:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
        target = f'<Relationship Type="{kind}" Target="{link}" TargetMode="External"/>'
        files["word/_rels/document.xml.rels"] = f"<Relationships>{target}</Relationships>".encode()
    if image:
        files["word/media/image1.png"] = image
    return archive(files)


def archive(files: dict[str, bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            packed.writestr(name, content, compress_type=kind)
    return out.getvalue()


def huge_png(side: int = 60_000) -> bytes:
    """A PNG of few bytes that says it has `side` by `side` pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    out = b"\x89PNG\r\n\x1a\n"
    for name, data in chunks:
        out += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return out
