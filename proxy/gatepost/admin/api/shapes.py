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
    """Which held mails."""

    rule: Annotated[str, Field(max_length=100)] = ""
    """In which this rule found something."""
    sender: Annotated[str, Field(max_length=200)] = ""
    """With these letters in their From address."""
    order: Annotated[str, Field(max_length=80)] = ""
    """About this order."""
    text: Annotated[str, Field(max_length=200)] = ""
    """With these letters in their subject."""


class MessageQuery(HeldQuery):
    """Which messages."""

    state: tuple[State, ...] = ()
    """In one of these states; may be given several times."""
    since: AwareDatetime | None = None
    """That came at this time or later."""
    until: AwareDatetime | None = None
    """That came before this time."""


class AuditQuery(Shape):
    """Which part of the trail."""

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


class HeldPage(Shape):
    """A page of the queue, the most urgent first."""

    held: list[Held]
    total: int
    """How many there are in all, filters aside."""
    next: str | None


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


class Draft(Shape):
    """The parts of a mail that is to be judged and not sent: `text` or `html`, one of them."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["text"]}, {"required": ["html"]}]})

    subject: Annotated[str, Field(max_length=2_000)] = ""
    text: Annotated[str, Field(min_length=1)] = ""
    html: Annotated[str, Field(min_length=1)] = ""
    recipients: Annotated[list[str], Field(max_length=100, default_factory=list)]


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


class Counts(Shape):
    """How many messages wait, by state."""

    counts: dict[str, int]
