"""Prints what reading a mail costs by step, in microseconds of processor time."""

from __future__ import annotations

import base64
import quopri
import time
from collections.abc import Callable

from gatepost_policies.facts import read
from gatepost_policies.facts.bare import find_bare
from gatepost_policies.facts.finding import find_facts
from gatepost_policies.facts.reading import read_mail
from gatepost_policies.facts.sections import stretches
from gatepost_policies.html import read_html
from gatepost_policies.mime import split

ROUNDS = 15
TIMES = 20
BLOCK = (
    '<tr><td style="padding:8px 16px;font-family:Arial,sans-serif;font-size:14px;color:#333">'
    "<h2>Your lamp</h2><p>Thank you for waiting. The lamp that you ordered was packed this morning, and "
    "the carrier has taken it. We have put the bulb beside it, and a sheet that says how to mount it on a "
    "wall of brick or of wood.</p>"
    '<a href="https://www.ups.com/track?tracknum=1Z5R89390357567127" style="color:#06c">Track the parcel</a> '
    '<img src="https://img.lamps.example/p.png" width="120" height="40" alt=""></td></tr>'
)
TEXT = (
    "Thank you for waiting. The lamp that you ordered was packed this morning, and is on its way.\n"
    "We have put the bulb beside it, and a sheet that says how to mount it on a wall.\n\n"
)


def page(blocks: int) -> str:
    """An HTML part of so many blocks."""
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><style>td{margin:0}.x{display:none}</style></head>'
        f'<body><table width="600">{BLOCK * blocks}</table>'
        "<p>Gr\u00fc\u00dfe, <b>Service</b> &amp; Team</p></body></html>"
    )


def mail(blocks: int, texts: int, file_bytes: int) -> bytes:
    """A multipart mail: text and HTML, and a file of so many bytes."""

    def encoded(text: str) -> str:
        return quopri.encodestring(text.encode()).decode()

    body = f"Order 112-1234567-1234567, UPS 1Z5R89390357567127, delivery 23 November 2026.\n\n{TEXT * texts}"
    printable = "charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    parts = [
        f"Content-Type: text/plain; {printable}{encoded(body)}",
        f"Content-Type: text/html; {printable}{encoded(page(blocks))}",
    ]
    if file_bytes:
        content = base64.encodebytes(b"%PDF-1.7" + b"x" * file_bytes).decode()
        parts.append(
            f'Content-Type: application/pdf; name="i.pdf"\nContent-Transfer-Encoding: base64\n\n{content}'
        )
    head = (
        "From: =?utf-8?q?Lampen_B=C3=BCro?= <service@lamps.example>\nTo: a1@marketplace.amazon.com\n"
        "Subject: Your order 112-1234567-1234567\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n"
    )
    whole = head + "".join(f"--b\n{one}\n" for one in parts) + "--b--\n"
    return whole.replace("\n", "\r\n").encode()


def cost(work: Callable[[], object]) -> float:
    """The least processor time of one call, in microseconds, over some rounds."""
    work()
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(TIMES):
            work()
        best = min(best, (time.process_time() - start) / TIMES)
    return best * 1e6


def steps(raw: bytes) -> dict[str, float]:
    """The cost of each step of reading `raw`; the last is the whole."""
    message = split(raw)
    source = next(leaf.content.decode() for leaf in message.leaves if leaf.content_type == "text/html")
    read_once = read_mail(raw)
    texts = [passage.text for passage in read_once.passages]
    return {
        "split the parts": cost(lambda: split(raw)),
        "decode headers": cost(lambda: message.headers.decoded()),
        "HTML as seen": cost(lambda: read_html(source)),
        "stretches": cost(lambda: [stretches(text) for text in texts]),
        "bare addresses": cost(lambda: [find_bare(text) for text in texts]),
        "facts": cost(lambda: find_facts(read_once)),
        "read, whole": cost(lambda: read(raw)),
    }


def main() -> None:
    """Print the table."""
    mails = {"4 KB": mail(3, 4, 0), "100 KB": mail(35, 40, 50_000)}
    columns = {name: steps(raw) for name, raw in mails.items()}
    print(f"{'step (microseconds)':32}" + "".join(f"{name:>10}" for name in mails))
    print(f"{'bytes':32}" + "".join(f"{len(raw):>10}" for raw in mails.values()))
    for step in next(iter(columns.values())):
        print(f"{step:32}" + "".join(f"{columns[name][step]:>10.0f}" for name in mails))


if __name__ == "__main__":
    main()
