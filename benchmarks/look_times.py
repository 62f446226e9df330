"""What it costs to look at pictures and documents, by size: `make look-times`.

Processor seconds of one thread, the lower of two looks, as the child process that looks spends them; the
recogniser is loaded before. On a machine with nothing else to do it takes as long by the clock.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from gatepost.vision.looking import look
from gatepost.vision.pictures import warm
from kit import papers, pictures
from kit.lettering import PLAIN, Style, lettered, photo, saved, shown
from kit.papers import INVOICE, WARRANTY, Page, paper

SIZES = ((120, 40), (300, 80), (640, 480), (1_280, 960), (1_600, 1_200), (4_000, 3_000))


def cases() -> Iterator[tuple[str, bytes]]:
    for width, height in SIZES:
        plain = photo((width, height))
        yield f"{width} x {height}, a photo without words", saved(plain, "JPEG")
        label = lettered(["Lamp Shop", "www.lampshop.com"], Style(size=max(min(height // 8, 40), 9)))
        plain.paste(label, (4, 4))
        yield f"{width} x {height}, a photo with two lines", saved(plain, "JPEG")
    yield "300 x 80, a logo", shown(["www.lampshop.com"], Style(size=26))
    yield "1,240 x 1,754, a scanned page of 40 lines", shown(WARRANTY[1:5] * 10, Style(size=24))
    yield "QR code", pictures.code("https://lampshop.com/welcome")
    yield "GIF of 12 different frames", pictures.moving([f"Lamp number {at}" for at in range(12)])
    logo = shown(["Lamp Shop"], PLAIN)
    for pages in (1, 5, 20):
        yield f"PDF, {pages} page(s) of text and tables", paper([Page(INVOICE, table=9)] * pages)
    yield "PDF, an invoice with a logo", paper([Page(INVOICE, table=9, image=logo, size=(120, 40))])
    yield "PDF, 5 pages with a logo on each", paper([Page(INVOICE, image=logo, size=(120, 40))] * 5)
    yield (
        "PDF, a scanned page of 9 lines",
        paper([Page(image=shown(INVOICE, Style(size=30)), size=(560, 400))]),
    )
    yield "Word file with text and a logo", papers.word(WARRANTY, image=logo)
    yield "Excel file of 2,000 rows", papers.sheet([f"LAMP-{at};1;49.00" for at in range(2_000)])


def main() -> int:
    start = time.process_time()
    warm()
    print(f"loading the recogniser: {time.process_time() - start:.1f} s")
    print()
    print("| file | bytes | seconds |")
    print("| --- | ---: | ---: |")
    for name, content in cases():
        took = []
        for _ in range(2):
            start = time.process_time()
            look("x", content)
            took.append(time.process_time() - start)
        print(f"| {name} | {len(content):,} | {min(took):.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
