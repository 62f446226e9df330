"""The measured set: pictures, documents and files made by code, each with what a careful reviewer says of it.

The same bytes each time: nothing is random that has no fixed seed. Fonts come with Pillow and OpenCV.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import segno
from PIL import Image, ImageFilter

from gatepost.vision.looking import look
from gatepost_policies.facts import Words, read, unseen, with_words
from gatepost_policies.judging import judge
from gatepost_policies.model import Reading, Verdict
from gatepost_policies.rulebook import Rulebook
from kit import papers
from kit.bombs import attached
from kit.labelled import BESIDE, BUYER
from kit.lettering import PLAIN, STYLES, Style, lettered, photo, saved, shown, small
from kit.papers import COUPON, INVOICE, WARRANTY, Page, paper
from kit.pictures import archive, moving
from kit.winmail import winmail

LINK: Final = frozenset({"linked-logo", "external-link"})
STARS: Final = frozenset({"review-positive-only", "review-incentive", "review-influence", "review-gating"})
OFFER: Final = frozenset({"marketing", "cross-promotion", "external-link"})
GOOD: Final[frozenset[str]] = frozenset()

HOSTS: Final = (
    "www.lampshop.com", "lampshop.de", "nordlicht-leuchten.de", "www.brass-and-co.co.uk",
    "lampshop.com/welcome",
    "shop.aurelia.fr", "Visit lampshop.eu", "https://lampshop.io", "www.luce-casa.it", "lamparas-sol.es",
)  # fmt: skip
NAMES: Final = (
    ("Lamp Shop",), ("NORDLICHT", "Leuchten"), ("Brass & Co.", "Since 1987"), ("Aurelia", "Made in Germany"),
    ("Model X-200", "220-240 V ~ 50 Hz"), ("Luce Casa S.r.l.",), ("CE", "IP 44"), ("Lámparas Sol",),
)  # fmt: skip
PACKAGING: Final = (
    ("100% Baumwolle", "Gr. 38/40"),
    ("LED E27.60W", "2.700 K"),
    ("Art.Nr. 4711.50", "Rev.2.1"),
    ("Dr. Lamp", "No.5"),
    ("Energy A++", "5 year warranty"),
    ("Do not dispose", "of with household waste"),
    ("St.Gallen", "fabriqué en France"),
    ("Step 1. Switch off", "Step 2. Unscrew"),
    ("Net wt. 1.2 kg", "LOT 2026.11"),
    ("EN 60598-1", "Class II"),
    ("20 % less energy", "than halogen"),
    ("Open here", "Bitte hier öffnen"),
    ("Fragile", "Handle with care"),
)
SHOP: Final = "https://lampshop.com/welcome"
PARCEL: Final = "https://www.ups.com/track?tracknum=1Z999AA10123456784"


@dataclass(frozen=True)
class Exhibit:
    """One file: its kind, its bytes, and the categories one of which must be found; none for a good one."""

    kind: str
    name: str
    content: bytes
    breaches: frozenset[str] = GOOD


def gallery() -> Iterator[Exhibit]:
    """All of them."""
    for make in (_logos, _clean_logos, _packaging, _photos, _codes, _bars, _pdfs, _office, _texts, _wrapped):
        yield from make()


def _logos() -> Iterator[Exhibit]:
    for number, style in enumerate(STYLES):
        host = HOSTS[number % len(HOSTS)]
        name = NAMES[number % len(NAMES)][0]
        yield Exhibit("logo with an address", f"{number:02}.png", shown([name, host], style), LINK)
    for number, style in enumerate(STYLES[::4]):
        host = HOSTS[(number + 3) % len(HOSTS)]
        yield Exhibit("logo with an address", f"small-{number}.png", shown([host], small(style)), LINK)
    yield Exhibit("logo with an address", "moving.gif", moving(["Lamp Shop", "www.lampshop.com"]), LINK)
    yield Exhibit(
        "plea in a picture", "stars.png", shown(["Please leave us", "a 5 star review"], PLAIN), STARS
    )
    for number, style in enumerate(STYLES[::6]):
        words = (
            ["Get 20% off", "your next order"]
            if number % 2
            else ["Leave a 5 star review", "and get a gift card"]
        )
        yield Exhibit(
            "plea in a picture", f"card-{number}.png", shown(words, style), OFFER if number % 2 else STARS
        )


def _clean_logos() -> Iterator[Exhibit]:
    for number, style in enumerate(STYLES):
        yield Exhibit("ordinary logo", f"{number:02}.png", shown(NAMES[number % len(NAMES)], style))


def _packaging() -> Iterator[Exhibit]:
    """What stands on goods and their boxes, with dots, stars and per cents that mean nothing else."""
    for number, words in enumerate(PACKAGING):
        yield Exhibit("words on goods", f"{number}.png", shown(words, STYLES[number * 3 % len(STYLES)]))
        back = photo((480, 360), 100 + number)
        back.paste(lettered(words, Style(size=20, ground="beige")), (40, 160))
        yield Exhibit("words on goods", f"{number}.jpg", saved(back, "JPEG"))


def _photos() -> Iterator[Exhibit]:
    for seed in range(12):
        size = ((320, 240), (640, 480), (480, 640))[seed % 3]
        yield Exhibit("product photo", f"{seed}.jpg", saved(photo(size, seed), "JPEG"))
    for number, label in enumerate(
        (("Model X-200", "Serial 4711-0815"), ("MADE IN", "PORTUGAL"), ("40 W max", "E27"))
    ):
        back = photo((480, 360), 40 + number)
        back.paste(lettered(label, Style(size=18)), (60, 200))
        yield Exhibit("product photo", f"label-{number}.jpg", saved(back, "JPEG"))
    for number, host in enumerate(HOSTS):
        style = Style(ink="white", ground="black", treat="on a photo", size=20 + 4 * number, form="JPEG")
        yield Exhibit("photo with an address", f"{number}.jpg", shown([host], style), LINK)
        sticker = lettered(["Lamp Shop", host], Style(size=14 + 2 * number)).rotate(
            3 * number - 12, expand=True
        )
        back = photo((560, 420), 60 + number)
        back.paste(sticker, (70, 150), sticker.convert("L").point(lambda value: 255 if value else 0))
        yield Exhibit("photo with an address", f"sticker-{number}.jpg", saved(back, "JPEG", 60), LINK)


def _qr(content: str, scale: int = 4, dark: str = "black", light: str = "white") -> Image.Image:
    out = io.BytesIO()
    segno.make(content, micro=False).save(out, kind="png", scale=scale, border=4, dark=dark, light=light)
    return Image.open(out).convert("RGB")


def _codes() -> Iterator[Exhibit]:
    qr = partial(_qr, SHOP)
    back = photo((480, 360), 80)
    back.paste(qr(2), (200, 120))
    bad = {
        "plain": qr(), "small": qr(2), "large": qr(12), "dark": qr(4, "white", "black"),
        "blue": qr(4, "navy", "lightyellow"), "tilted": qr().rotate(12, expand=True, fillcolor="white"),
        "upside-down": qr().rotate(180), "soft": qr().filter(ImageFilter.GaussianBlur(1.5)),
        "on-a-photo": back,
        "mirrored": qr().transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    }  # fmt: skip
    for name, image in bad.items():
        yield Exhibit("QR code to a shop", f"{name}.png", saved(image), LINK)
    yield Exhibit("QR code to a shop", "coarse.jpg", saved(qr(3), "JPEG", 15), LINK)
    yield Exhibit("QR code to a shop", "short.png", saved(_qr("lampshop.com/w")), LINK)
    for number, content in enumerate(
        (PARCEL, "Model X-200, serial 4711", "WIFI:S:Lamp;T:nopass;;", "112-1234567-1234567")
    ):
        yield Exhibit("other QR code", f"{number}.png", saved(_qr(content)))


GOODS: Final = {
    "EAN13": "4006381333931",
    "UPCA": "036000291452",
    "ITF": "12345678901231",
    "Code39": "LAMP-X200",
    "Code128": "1Z999AA10123456784",
    "DataMatrix": "SN 4711-0815",
}


def _bar(kind: str, content: str, scale: int = 2) -> bytes:
    import zxingcpp

    made = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind))
    return saved(Image.fromarray(made.to_image(scale=scale)).convert("RGB"))


def _bars() -> Iterator[Exhibit]:
    for kind, content in GOODS.items():
        yield Exhibit("bar code of goods", f"{kind}.png", _bar(kind, content))
    for kind in ("Code128", "DataMatrix", "Aztec", "PDF417"):
        yield Exhibit("bar code to a shop", f"{kind}.png", _bar(kind, SHOP), LINK)


def _pdfs() -> Iterator[Exhibit]:
    logo, clean = shown(["www.lampshop.com"], PLAIN), shown(NAMES[0], PLAIN)
    invoice, warranty = Page(INVOICE, table=9), Page(WARRANTY)
    scan = shown(COUPON, Style(size=22))
    good = {
        "invoice": [invoice], "warranty": [warranty], "both": [invoice, warranty], "long": [warranty] * 12,
        "with-a-logo": [Page(INVOICE, table=9, image=clean, size=(120, 40))],
        "with-a-photo": [Page(WARRANTY, image=saved(photo((320, 240), 5), "JPEG"))],
        "tracked": [Page(INVOICE, link=PARCEL)], "noted": [Page(WARRANTY, note="Checked on 3 November")],
        "scanned-invoice": [Page(image=shown(INVOICE, Style(size=18)))],
        "label": [Page(INVOICE, image=_bar("Code128", "1Z999AA10123456784"))],
        "round": [Page(INVOICE, curves="20 20 m 40 20 50 30 50 50 c S")],
    }  # fmt: skip
    for name, pages in good.items():
        yield Exhibit("ordinary PDF", f"{name}.pdf", paper(pages))
    yield Exhibit("ordinary PDF", "with-a-file.pdf", paper([invoice], files={"invoice.xml": b"<Invoice/>"}))
    yield Exhibit("ordinary PDF", "owner.pdf", papers.locked_pdf(INVOICE[2], password=""))
    bad = {
        "text": ([Page(COUPON)], STARS), "offer": ([Page(["Get 20% off your next order"])], OFFER),
        "address": ([Page(["Visit www.lampshop.com"])], LINK), "link": ([Page(INVOICE, link=SHOP)], LINK),
        "button": ([Page(INVOICE, button=SHOP)], LINK), "note": ([Page(INVOICE, note=COUPON[1])], STARS),
        "logo": ([Page(INVOICE, table=9, image=logo, size=(120, 40))], LINK),
        "code": ([Page(INVOICE, table=9, image=saved(_qr(SHOP, 3)))], LINK),
        "scan": ([Page(image=scan)], STARS), "last-page": ([warranty] * 5 + [Page(COUPON)], STARS),
        "late-logo": ([invoice, warranty, Page(WARRANTY, image=logo)], LINK),
    }  # fmt: skip
    for name, (pages, breaches) in bad.items():
        yield Exhibit("PDF with a breach", f"{name}.pdf", paper(pages), breaches)
    more = {
        "opens": paper([invoice], opens=SHOP), "script": paper([invoice], script=f"app.launchURL('{SHOP}')"),
        "file": paper([invoice], files={"logo.png": logo}),
        "file-in-file": paper([invoice], files={"a.pdf": paper([Page(["www.lampshop.com"])])}),
    }  # fmt: skip
    for name, content in more.items():
        yield Exhibit("PDF with a breach", f"{name}.pdf", content, LINK)


def _office() -> Iterator[Exhibit]:
    logo, clean = shown(["www.lampshop.com"], PLAIN), shown(NAMES[0], PLAIN)
    makers: dict[str, Callable[..., bytes]] = {
        "docx": papers.word, "xlsx": papers.sheet, "pptx": papers.slides,
        "odt": papers.open_document, "rtf": papers.rich_text,
    }  # fmt: skip
    for ending, make in makers.items():
        yield Exhibit("ordinary Office file", f"invoice.{ending}", make(INVOICE))
        yield Exhibit("ordinary Office file", f"warranty.{ending}", make(WARRANTY, image=clean))
        yield Exhibit("Office file with a breach", f"text.{ending}", make(COUPON), STARS)
        yield Exhibit("Office file with a breach", f"link.{ending}", make(WARRANTY, link=SHOP), LINK)
        yield Exhibit("Office file with a breach", f"logo.{ending}", make(INVOICE, image=logo), LINK)
    yield Exhibit(
        "Office file with a breach", "header.docx", papers.word(INVOICE, header="www.lampshop.com"), LINK
    )


def _texts() -> Iterator[Exhibit]:
    plain, plea = "\r\n".join(INVOICE), "\r\n".join(COUPON)
    good = {
        "a.txt": plain, "a.csv": "sku;count;price\r\nLAMP-1;1;49.00\r\n",
        "a.html": f"<html><body><pre>{plain}</pre>",
        "a.svg": '<svg xmlns="http://www.w3.org/2000/svg"><text>Lamp Shop</text></svg>',
        "a.ics": "BEGIN:VCALENDAR\r\nSUMMARY:Delivery of the lamp\r\nEND:VCALENDAR\r\n",
    }  # fmt: skip
    bad = {
        "b.txt": (plea, STARS), "b.csv": (f"sku;note\r\nLAMP-1;{COUPON[1]}\r\n", STARS),
        "b.html": (f"<html><body><p>Hello</p><a href='{SHOP}'>here</a>", LINK),
        "b.svg": (f'<svg><a href="{SHOP}"><text>Shop</text></a></svg>', LINK),
        "c.svg": ('<svg xmlns="http://www.w3.org/2000/svg"><text>www.lampshop.com</text></svg>', LINK),
        "b.ics": (f"BEGIN:VCALENDAR\r\nSUMMARY:{COUPON[1]}\r\nEND:VCALENDAR\r\n", STARS),
        "b.vcf": ("BEGIN:VCARD\r\nFN:Lamp Shop\r\nURL:https://lampshop.com\r\nEND:VCARD\r\n", LINK),
    }  # fmt: skip
    for name, text in good.items():
        yield Exhibit("ordinary text", name, text.encode())
    for name, (text, breaches) in bad.items():
        yield Exhibit("text with a breach", name, text.encode(), breaches)


def _wrapped() -> Iterator[Exhibit]:
    logo, clean = shown(["www.lampshop.com"], PLAIN), shown(NAMES[0], PLAIN)
    said = base64.encodebytes("\r\n".join(COUPON).encode()).decode()
    head = "From: <a@shop.example>\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    eml = f"{head}{said}".encode()
    card = paper([Page(COUPON)])
    yield Exhibit(
        "ordinary archive", "a.zip", archive({"invoice.pdf": paper([Page(INVOICE)]), "logo.png": clean})
    )
    yield Exhibit("ordinary archive", "winmail.dat", winmail(body="Your invoice", files={"logo.png": clean}))
    yield Exhibit("archive with a breach", "b.zip", archive({"invoice.pdf": card}), STARS)
    yield Exhibit("archive with a breach", "c.zip", archive({"a.zip": archive({"logo.png": logo})}), LINK)
    yield Exhibit("archive with a breach", "winmail.dat", winmail(files={"logo.png": logo}), LINK)
    yield Exhibit("archive with a breach", "text.dat", winmail(body=COUPON[1]), STARS)
    yield Exhibit("archive with a breach", "a.eml", eml, STARS)
    yield Exhibit("archive with a breach", "b.zip", archive({"a.eml": eml}), STARS)


@dataclass(frozen=True)
class Assessed:
    """One exhibit with its verdict."""

    exhibit: Exhibit
    verdict: Verdict

    @property
    def found(self) -> set[str]:
        """The categories found, but for those that say nothing of the content."""
        acting = {f.category for f in self.verdict.findings if f.acts and f.action > 0}
        return acting - BESIDE - {"attachment"}

    @property
    def right(self) -> bool:
        """Refused for a right reason, or let pass."""
        return bool(self.found & self.exhibit.breaches) if self.exhibit.breaches else not self.found


def assess(exhibit: Exhibit, rulebook: Rulebook) -> Assessed:
    """The exhibit as it goes with an ordinary mail, read without a limit of time."""
    name = exhibit.name if "." in exhibit.name else "file"
    reading = read(attached(exhibit.content, "application/octet-stream", name))
    verdict = judge(seen(reading), rulebook, recipients=(BUYER,))
    return Assessed(exhibit, verdict)


def seen(reading: Reading) -> Reading:
    """The reading with what its files say, looked at here and now."""
    words: list[Words] = []
    for file in unseen(reading.mail):
        said = look(file.name, file.content)
        words.append(
            Words(file.name, file.path, said.words, said.in_pictures, said.links, said.codes, said.unread)
        )
    return with_words(reading, words)


def assessed(exhibits: Sequence[Exhibit], rulebook: Rulebook) -> Iterator[Assessed]:
    """Each of them."""
    for exhibit in exhibits:
        yield assess(exhibit, rulebook)
