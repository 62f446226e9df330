"""The objects that the API takes and gives; its description is made from them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from gatepost.admin.api.operation import Shape

Stamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
State = Literal[
    "attempting", "sending", "spooled", "held", "in-doubt", "relayed", "refused", "abandoned", "bounced",
    "rejected", "expired",
]  # fmt: skip
Note = Annotated[str, Field(max_length=500)]
Reason = Annotated[str, Field(min_length=3, max_length=500)]
Cursor = Annotated[str, Field(max_length=500)]
Limit = Annotated[int, Field(ge=1, le=200)]


class Paged(Shape):
    """Which part of a list."""

    limit: Limit = 50
    """How many entries."""
    after: Cursor = ""
    """Where the page begins: `next` of the page before."""


class HeldQuery(Paged):
    """What queue and messages are narrowed by alike."""

    rule: Annotated[str, Field(max_length=100)] = ""
    """In which this rule found something."""
    clause: Annotated[str, Field(max_length=20)] = ""
    """In which something was found against this clause."""
    sender: Annotated[str, Field(max_length=200)] = ""
    """With these letters in their From address."""
    order: Annotated[str, Field(max_length=80)] = ""
    """About this order."""
    text: Annotated[str, Field(max_length=200)] = ""
    """With these letters in their subject."""


class QueueQuery(HeldQuery):
    """Which held mails."""

    words: Annotated[str, Field(max_length=200)] = ""
    """With these parts of words in subject, text, orders or addresses; all of them."""
    account: Annotated[str, Field(max_length=200)] = ""
    """Of this gateway user."""
    marketplace: Annotated[str, Field(max_length=40)] = ""
    """To buyers of this marketplace, by its MarketplaceId."""
    language: Annotated[str, Field(max_length=20)] = ""
    until: AwareDatetime | None = None
    """That came before this time."""
    due_before: AwareDatetime | None = None
    """Whose buyer's 24 hours end before this time."""


class MessageQuery(HeldQuery):
    """Which messages."""

    state: tuple[State, ...] = ()
    """In one of these states; may be given several times."""
    since: AwareDatetime | None = None
    """That came at this time or later."""
    until: AwareDatetime | None = None
    """That came before this time."""


class OrdersQuery(Paged):
    """Which part of the ledger."""

    state: Literal["", "reserved", "confirmed", "in-doubt", "released", "granted"] = ""
    """In this state."""


class ListQuery(Shape):
    """Which messages stand in a list as a file."""

    rule: Annotated[str, Field(max_length=100)] = ""
    clause: Annotated[str, Field(max_length=20)] = ""
    sender: Annotated[str, Field(max_length=200)] = ""
    order: Annotated[str, Field(max_length=80)] = ""
    text: Annotated[str, Field(max_length=200)] = ""
    state: tuple[State, ...] = ()
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class AuditQuery(Shape):
    """Which part of the trail."""

    subject: Annotated[str, Field(max_length=100)] = ""
    """Done to this message, order, user or setting."""

    limit: Limit = 50
    """How many rows."""
    after: Annotated[int, Field(ge=0)] = 0
    """`next` of the page before."""


class Finding(Shape):
    """What a rule found."""

    rule: str
    category: str
    clause: str
    action: Literal["relay", "repair", "quarantine", "reject"]
    mode: Literal["enforce", "shadow", "off"]
    evidence: str
    part: str
    start: int
    end: int
    fix: str


class Held(Shape):
    """A mail in the queue, with the keys of `gatepost quarantine list --json`."""

    id: str
    held_at: Stamp
    deadline_at: Stamp | None
    sender: str
    recipients: list[str]
    subject: str
    order_ids: list[str]
    findings: list[Finding]
    state: State


class TurnAt(Shape):
    """Somebody who is at a mail."""

    by: str
    until: Stamp


class HeldPage(Shape):
    """A page of the queue, the most urgent first."""

    held: list[Held]
    turns: dict[str, TurnAt]
    """Who is at which of them, by the mail's id."""
    seen_by: dict[str, list[str]]
    """Who has opened them, the latest first, by the mail's id."""
    total: int
    """How many there are in all, filters aside."""
    matching: int
    """How many the filters let through; 10,000 stands for that many or more."""
    next: str | None


class QueueFigures(Shape):
    """The queue at a glance: how many held mails there are of each kind, and how many press."""

    rules: dict[str, int]
    clauses: dict[str, int]
    languages: dict[str, int]
    accounts: dict[str, int]
    marketplaces: dict[str, int]
    over: int
    """Past the 24 hours."""
    urgent: int
    """Due within 2 hours."""
    soon: int
    """Due within 6 hours."""


class Message(Shape):
    """A message and what was decided about it."""

    id: str
    received_at: Stamp
    state: State
    action: str
    sender: str
    account: str
    recipients: list[str]
    subject: str
    order_ids: list[str]
    purpose: str
    language: str
    edition: str
    asks_review: bool
    size_bytes: int
    findings: list[Finding]
    deadline_at: Stamp | None
    attempts: int
    next_attempt_at: Stamp | None
    last_error: str
    has_source: bool


class MessagePage(Shape):
    """A page of messages, the newest first."""

    messages: list[Message]
    next: str | None


class Link(Shape):
    """A link that a mail holds."""

    url: str
    host: str
    shown: str
    allowed: bool
    why: str


class JudgedMail(Shape):
    """What a mail would get, with the keys of `gatepost check --json`."""

    edition: str
    action: Literal["relay", "repair", "quarantine", "reject"]
    purpose: str
    language: str
    order_ids: list[str]
    findings: list[Finding]
    links: list[Link]


class Verdict(JudgedMail):
    """What a draft would get."""

    buyer_assumed: bool
    """No buyer was among the recipients: it was judged as if one were."""


class DraftFile(Shape):
    """A file that goes with a draft."""

    name: Annotated[str, Field(max_length=200)]
    content: Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]


class Draft(Shape):
    """The parts of a mail that is to be judged and not sent: `text` or `html`, one of them."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["text"]}, {"required": ["html"]}]})

    subject: Annotated[str, Field(max_length=2_000)] = ""
    text: Annotated[str, Field(min_length=1)] = ""
    html: Annotated[str, Field(min_length=1)] = ""
    recipients: Annotated[list[str], Field(max_length=100, default_factory=list)]
    files: Annotated[list[DraftFile], Field(max_length=20, default_factory=list)]
    """Pictures and documents are read and judged, too (`gatepost[vision]`)."""


class ReleaseBody(Shape):
    """A release."""

    asks_review_for: list[Annotated[str, Field(pattern=r"^\d{3}-\d{7}-\d{7}$")]] | None = None
    """For a mail that can't be judged: the orders that it asks a review for; an empty list: none."""


class RejectBody(Shape):
    """A rejection."""

    note: Note = ""
    """For the sender."""


class SettleBody(Shape):
    """What a person found out about a mail in doubt."""

    delivered: bool


class Decided(Shape):
    """What came of a decision."""

    id: str
    outcome: Literal["sent", "rejected", "going-on"]
    state: State
    words: str


class Settled(Shape):
    """How a doubt ended."""

    id: str
    state: State


class OrderClaim(Shape):
    """An order's one review request."""

    order_id: str
    state: Literal["reserved", "confirmed", "in-doubt", "released", "granted"]
    message_id: str | None
    at: Stamp


class OrderPage(Shape):
    """A page of the ledger, the newest first."""

    orders: list[OrderClaim]
    next: str | None


class OrderStep(Shape):
    """One thing that happened to an order's review request."""

    at: Stamp
    state: Literal["reserved", "confirmed", "in-doubt", "released", "granted"]
    by: str
    note: str


class Order(Shape):
    """All that is known of one order; without a claim its review request is free."""

    order_id: str
    claim: OrderClaim | None
    steps: list[OrderStep]
    messages: list[Message]


class GrantBody(Shape):
    """Why another review request is allowed."""

    reason: Reason


class Deed(Shape):
    """One row of the audit trail."""

    seq: int
    at: Stamp
    by: str
    what: str
    subject: str
    details: str
    hash: str


class DeedPage(Shape):
    """A page of the trail, the newest first."""

    deeds: list[Deed]
    next: int | None


class Chain(Shape):
    """What checking the hashes of the trail gave."""

    rows: int
    head: str
    """The last hash; note it elsewhere to tell later whether rows were cut off at the end."""
    broken_at: int | None
    """The first row that does not fit."""


class Counts(Shape):
    """How many messages wait, by state."""

    counts: dict[str, int]
