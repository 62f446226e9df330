"""Mails that are small on the wire and large, deep or odd for whoever opens them."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable

MEBIBYTE = 1 << 20


def attached(content: bytes, kind: str, name: str) -> bytes:
    """A mail with a file."""
    lines = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return (
        b"From: <help@shop.example>\r\nSubject: Order 112-1234567-1234567\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nYour invoice.\r\n"
        b'--b\r\nContent-Type: %s; name="%s"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n'
        % (kind.encode(), name.encode(), lines)
    )


def headed(*headers: bytes, body: bytes = b"Your order 112-1234567-1234567.") -> bytes:
    """A mail of one part with these headers."""
    return b"\r\n".join([b"From: <help@shop.example>", *headers, b"", body])


def zip_bomb() -> bytes:
    """A gigabyte of zeros, zipped to one megabyte, and that zip zipped again."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("0", "w") as file:
        for _ in range(256):
            file.write(bytes(MEBIBYTE))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(16):
            archive.writestr(f"{number}.zip", inner.getvalue())
    return attached(outer.getvalue(), "application/zip", "invoice.zip")


def gzip_bomb() -> bytes:
    """256 MiB of zeros, compressed."""
    return attached(gzip.compress(bytes(256 * MEBIBYTE), 9), "application/gzip", "invoice.gz")


def image_bomb() -> bytes:
    """A picture of 60,000 by 60,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + checksum

    size = (60_000).to_bytes(4, "big") * 2
    rows = zlib.compressobj(9)
    body = b"".join(rows.compress(bytes(7_501)) for _ in range(60_000)) + rows.flush()
    picture = chunk(b"IHDR", size + b"\x01\0\0\0\0") + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return attached(b"\x89PNG\r\n\x1a\n" + picture, "image/png", "logo.png")


def svg_bomb() -> bytes:
    """Entities that name entities that name entities."""
    names = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    svg = f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e0 "lol">{names}]><svg><text>&e11;</text></svg>'
    return attached(svg.encode(), "image/svg+xml", "logo.svg")


def nested() -> bytes:
    """Five thousand multiparts, each in the one before."""
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(5_000)
    )


def many_parts() -> bytes:
    """A hundred thousand parts."""
    return headed(b"Content-Type: multipart/mixed; boundary=b", body=b"--b\r\n\r\nx\r\n" * 100_000)


def many_headers() -> bytes:
    """Two hundred thousand header fields."""
    return b"X: y\r\n" * 200_000 + b"\r\nYour order 112-1234567-1234567."


def long_header() -> bytes:
    """A Subject of 4 MiB, folded."""
    return headed(b"Subject: " + b"word word word word\r\n " * 200_000)


def encoded_words() -> bytes:
    """Half a million encoded words in one Subject."""
    return headed(b"Subject: " + b"=?utf-8?b?QQ==?=\r\n " * 200_000)


def empty_base64() -> bytes:
    """Base64 of nothing, megabytes of it."""
    return headed(b"Content-Transfer-Encoding: base64", body=b"====\r\n" * 1_000_000)


def deep_html() -> bytes:
    """A hundred thousand elements, each in the one before."""
    return headed(b"Content-Type: text/html", body=b"<div>\r\n" * 100_000)


def big_html() -> bytes:
    """Eight megabytes of table."""
    cells = b"<tr><td><a href='https://www.example.com/x'>x</a></td></tr>\r\n"
    return headed(b"Content-Type: text/html", body=b"<table>" + cells * 140_000)


def rfc2231() -> bytes:
    """A parameter in fifty thousand pieces, out of order."""
    pieces = b"".join(b";\r\n filename*%d*=%%41" % (number % 1_000) for number in range(50_000))
    return headed(b"Content-Disposition: attachment" + pieces)


CHARSETS = {
    "utf-7": (b"utf-7", "http://shop.example/x".encode("utf-7")),
    "utf-16 without a mark": (b"utf-16", "see shop.example".encode("utf-16-be")),
    "unknown": (b"x-no-such-charset", b"see shop.example"),
    "iso-2022-jp": (b"iso-2022-jp", "見る shop.example".encode("iso-2022-jp")),
    "iso-2022-kr": (b"iso-2022-kr", b"\x1b$)C\x0esee"),
    "zlib": (b"zlib", zlib.compress(bytes(64 * MEBIBYTE))),
    "idna": (b"idna", b"xn--" * 100_000),
}


def charset(name: str) -> Callable[[], bytes]:
    """A text whose charset is a trick."""
    label, body = CHARSETS[name]

    def make() -> bytes:
        lines = base64.encodebytes(body).replace(b"\n", b"\r\n")
        kind = b"Content-Type: text/plain; charset=" + label
        return headed(kind, b"Content-Transfer-Encoding: base64", body=lines)

    return make
