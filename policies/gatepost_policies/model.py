"""The values of the engine: a mail that was read, what it says, and what was found. All frozen.

Offsets are code points. A span lies in the text of one passage, and that text is what a reader sees:
for `text/plain` the decoded part, for `text/html` the visible text. So for every finding
`passage.text[start:end] == evidence`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum

# --- a mail as it was read -----------------------------------------------------------------------


class Source(Enum):
    """Where a passage of text stands in the mail."""

    SUBJECT = "subject"
    PLAIN = "text/plain"
    HTML = "text/html"
    ALT = "image-alt"  # alt and title texts of pictures
    NAME = "attachment-name"
    HEADER = "header"
    CALENDAR = "text/calendar"
    VCARD = "text/vcard"
    PICTURE = "picture"  # text recognised in a picture
    DOCUMENT = "document"  # text of an attached or checked document


class Section(Enum):
    """Whose words a stretch of a passage is, and what for."""

    AUTHOR = "author"
    QUOTED = "quoted"  # the buyer's or an earlier mail's words: never count against the seller
    SIGNATURE = "signature"
    FOOTER = "footer"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range `[start, end)` of code points in `mail.passages[passage].text`."""

    passage: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range of one passage with one owner; the stretches of a passage cover it without gaps."""

    start: int
    end: int
    section: Section


@dataclass(frozen=True, slots=True)
class Passage:
    """Text as a reader sees it, from one place of the mail."""

    source: Source
    label: str  # what reports call the place: "text/plain", "text/html", "subject", "header:Reply-To"
    text: str
    stretches: tuple[Stretch, ...] = ()
    path: str = ""  # IMAP-style part number, "1.2"; empty for headers


class LinkKind(Enum):
    """By what means a mail carries a link."""

    HREF = "href"
    BARE = "bare"  # written out in text, with or without scheme
    AREA = "area"  # image map
    FORM = "form"
    META = "meta"  # meta refresh
    CSS = "css"
    SVG = "svg"
    BASE = "base"
    HEADER = "header"
    REMOTE = "remote"  # loaded to show the mail: pictures, style sheets, frames
    CALENDAR = "calendar"
    VCARD = "vcard"
    CODE = "code"  # QR or bar code
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it leads and what is shown for it."""

    url: str  # as written, entities decoded
    host: str  # canonical: lower case, IDNA A-label, no trailing dot; "" when there is none
    shown: str  # the text or alt text a reader sees for it
    kind: LinkKind
    span: Span | None  # of the shown text; None where nothing visible stands for it
    label: str  # the passage label, for reports
    image: bool = False  # a picture is (part of) what is shown


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, by what the mail itself says of it."""

    src: str  # as written; "" for an attached picture nobody refers to
    alt: str
    linked_to: str  # the URL around it, an area or map; "" when none
    width: int | None
    height: int | None
    label: str
    digest: str = ""  # sha256 of the bytes where the mail carries them


class Hiding(Enum):
    """How words were kept from the reader's eye."""

    DISPLAY = "display"
    SIZE = "size"
    COLOUR = "colour"
    OFFSCREEN = "offscreen"
    COMMENT = "comment"
    INVISIBLE = "invisible-characters"


@dataclass(frozen=True, slots=True)
class Hidden:
    """Words that are in the mail but not to be seen."""

    text: str
    how: Hiding
    label: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is a file rather than text to read."""

    name: str
    content_type: str  # as declared
    detected_type: str  # by content; "" when unknown
    size_bytes: int
    path: str
    inline: bool
    digest: str  # sha256 of the decoded bytes
    content: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class Header:
    """One header field, decoded (RFC 2047), in the order of the mail."""

    name: str  # as written
    value: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A whole mail, parsed once. Broken MIME gives `defects`, never an exception."""

    headers: tuple[Header, ...]
    subject: str
    passages: tuple[Passage, ...]
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[str, ...] = ()  # short names: "too-deep", "charset", "double-header:From" …
    size_bytes: int = 0

    def values(self, name: str) -> tuple[str, ...]:
        """All values of the header `name`, in any letter case, in order."""
        wanted = name.lower()
        return tuple(header.value for header in self.headers if header.name.lower() == wanted)


# --- what the mail says --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderId:
    """An Amazon order ID in its canonical 3-7-7 form."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Tracking:
    """A tracking number, recognised with its context (a carrier's name, a label word, a link)."""

    number: str
    carrier: str  # a key of data/carriers.yaml, "" when only the label word speaks for it
    span: Span | None
    valid: bool  # the check digit agrees, or the carrier has none


@dataclass(frozen=True, slots=True)
class CarrierName:
    """A known carrier named in the mail."""

    carrier: str
    span: Span


@dataclass(frozen=True, slots=True)
class Day:
    """A date or a range of dates; without a year in the mail, `first` and `last` are None."""

    first: date | None
    last: date | None
    span: Span


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money; currency as ISO 4217, "" when the mail does not say."""

    value: Decimal
    currency: str
    span: Span


@dataclass(frozen=True, slots=True)
class Item:
    """An item line with its quantity."""

    name: str
    quantity: int
    span: Span


@dataclass(frozen=True, slots=True)
class Facts:
    """What the mail says, each with its place."""

    order_ids: tuple[OrderId, ...] = ()
    tracking: tuple[Tracking, ...] = ()
    carriers: tuple[CarrierName, ...] = ()
    days: tuple[Day, ...] = ()
    amounts: tuple[Amount, ...] = ()
    items: tuple[Item, ...] = ()
    addresses: tuple[Span, ...] = ()  # postal
    emails: tuple[Span, ...] = ()
    phones: tuple[Span, ...] = ()
    language: str = ""  # ISO 639-1 of the author's words; "" when too short to tell


@dataclass(frozen=True, slots=True)
class Reading:
    """A mail and its facts: all that judging needs of the bytes."""

    mail: Mail
    facts: Facts


# --- what was found ------------------------------------------------------------------------------


class Purpose(Enum):
    """What a mail is for (G1); the contract's names."""

    SHIPMENT = "shipment-confirmation"
    UNAVAILABLE = "order-unavailable"
    DELAY = "delay-notice"
    RETURN = "return-confirmation"
    REVIEW_REQUEST = "review-request"
    SERVICE = "customer-service"
    COMPLETION = "order-completion"
    OTHER = "other"


class Action(IntEnum):
    """What a finding asks for; the strictest of a mail's findings wins."""

    RELAY = 0
    REPAIR = 1
    QUARANTINE = 2
    REJECT = 3

    @property
    def word(self) -> str:
        """The contract's name of the action."""
        return self.name.lower()


class Mode(Enum):
    """Whether a rule acts."""

    ENFORCE = "enforce"
    SHADOW = "shadow"
    OFF = "off"


class Medium(Enum):
    """What is judged: a mail, or what lies in the parcel (D4i, O1)."""

    MAIL = "mail"
    INSERT = "insert"
    PACKING_SLIP = "packing-slip"


CATEGORIES = (
    "external-link",
    "opt-out-link",
    "linked-logo",
    "marketing",
    "cross-promotion",
    "review-incentive",
    "review-positive-only",
    "review-gating",
    "review-change",
    "review-influence",
    "review-repeat",
    "review-early",
    "off-amazon-payment",
    "off-purpose",
    "missing-order-id",
    "wrong-order-id",
    "missing-content",
    "contradicts-order",
    "hidden-content",
    "unreadable-content",
    "contact-details",
    "attachment",
    "style",
    "suspicious-inbound",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule, with the very words."""

    rule: str
    category: str  # one of CATEGORIES
    clause: str  # an id of clauses.yaml
    action: Action
    mode: Mode
    evidence: str  # the words; "" where something is missing
    part: str  # the passage label
    start: int
    end: int
    fix: str  # one sentence to the sender: what to change
    title: str = ""
    note: str = ""  # what the words alone don't tell: where a link leads, how text was hidden

    @property
    def acts(self) -> bool:
        """Whether this finding counts for the action (it is enforced)."""
        return self.mode is Mode.ENFORCE


@dataclass(frozen=True, slots=True)
class JudgedLink:
    """A link with the verdict on it, for reports."""

    url: str
    host: str
    shown: str
    allowed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that was found in one mail. The same mail and rulebook give the same verdict for ever."""

    edition: str
    digest: str  # of the rulebook
    purpose: Purpose
    language: str
    order_ids: tuple[str, ...]
    findings: tuple[Finding, ...]  # in reading order
    links: tuple[JudgedLink, ...]
    asks_review: bool  # each of order_ids would spend its one request (D4b)

    @property
    def action(self) -> Action:
        """The strictest action of the enforced findings."""
        return max((finding.action for finding in self.findings if finding.acts), default=Action.RELAY)
