"""The values that move through the proxy. All frozen.

*Mail* is content, a *message* is one transaction: an envelope, a session and the bytes as received.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import NewType

from gatepost_policies.model import Finding, Verdict

MessageId = NewType("MessageId", str)
OrderId = NewType("OrderId", str)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One RCPT TO as given, with its DSN parameters (RFC 3461) undecoded."""

    address: str
    notify: str = ""  # "NEVER" or "SUCCESS,FAILURE,DELAY"
    orcpt: str = ""  # "rfc822;user@example.com", xtext as it came


@dataclass(frozen=True, slots=True)
class Envelope:
    """MAIL and RCPT exactly as given (RFC 5321 §3.3); the null sender is the empty string."""

    mail_from: str
    recipients: tuple[Recipient, ...]
    smtputf8: bool = False  # RFC 6531
    body: str = ""  # "7BIT", "8BITMIME" (RFC 6152) or not said
    ret: str = ""  # DSN RET: "FULL" or "HDRS"
    envid: str = ""  # DSN ENVID, xtext as it came

    @property
    def rcpt_tos(self) -> tuple[str, ...]:
        """The recipients' addresses in the order given."""
        return tuple(recipient.address for recipient in self.recipients)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client logged in with, for relays that want it. Never stored, never logged."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """Who speaks, and how: what a Received line tells (RFC 5321 §4.4)."""

    peer: str  # address of the client, after PROXY
    helo: str
    protocol: str  # "SMTP", "ESMTP", "ESMTPS", "ESMTPSA" … (RFC 3848); UTF8 forms by RFC 6531
    account: str = ""  # the gateway user; empty for a trusted network
    credentials: Credentials | None = field(default=None, repr=False)
    inbound: bool = False  # it came in for the seller, and goes on to the seller's own mailbox


@dataclass(frozen=True, slots=True)
class Message:
    """One transaction. `raw` is the mail with CRLF line ends and without dot-stuffing, never rewritten."""

    id: MessageId
    received_at: datetime
    session: Session
    envelope: Envelope
    raw: bytes = field(repr=False)


class MessageState(Enum):
    """Where a message is. The transitions stand in `states.MESSAGE`."""

    ATTEMPTING = "attempting"  # a process is at it; the relay can't have taken it yet
    SENDING = "sending"  # the final dot may have gone out
    SPOOLED = "spooled"  # waits for the next attempt; its bytes are kept
    HELD = "held"  # waits for a reviewer; its bytes are kept
    IN_DOUBT = "in-doubt"  # the relay's answer to the final dot was lost; a person decides
    RELAYED = "relayed"  # the relay has it
    REFUSED = "refused"  # the sender was told no
    ABANDONED = "abandoned"  # the gateway died before it answered, or answered 4xx; the sender comes again
    BOUNCED = "bounced"  # was stored, could not be delivered; the sender was sent a report
    REJECTED = "rejected"  # a reviewer said no
    EXPIRED = "expired"  # held past its retention


class ClaimState(Enum):
    """Where an order's one review request is (D4b). The transitions stand in `states.CLAIM`."""

    RESERVED = "reserved"  # a message holds it and is not yet settled
    CONFIRMED = "confirmed"  # the relay took the request
    IN_DOUBT = "in-doubt"  # it may have gone out: counts as sent
    RELEASED = "released"  # definitely not sent: free again
    GRANTED = "granted"  # an admin allowed another request


class AnswerKind(Enum):
    """What the sender is told at the end of DATA; the texts stand in `smtp/replies.py`."""

    RELAYED = "relayed"
    HELD = "held"
    STORED = "stored"  # accepted and durable; goes out as soon as the relay takes it
    REFUSED = "refused"  # by the guidelines
    REFUSED_BY_RELAY = "refused-by-relay"
    DEFERRED = "deferred"  # 451 4.4.1: the relay can't take it now, nothing was stored
    UNDECIDED = "undecided"  # 451 4.3.0: the gateway itself failed, nothing was sent
    IN_DOUBT = "in-doubt"  # 451 4.4.2: it may have gone out; never sent again by itself
    BUSY = "busy"  # 451 4.3.2: the same mail is being handled right now
    LOOP = "loop"  # 554 5.4.6
    TOO_DEEP = "too-deep"  # 554 5.6.0


@dataclass(frozen=True, slots=True)
class RelayReply:
    """The relay's own words: one reply, its lines joined by a space, printable ASCII, enhanced code apart."""

    code: int
    enhanced: str  # "2.0.0", or "" when the relay gave none
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The one answer to one message; also what a resubmission gets."""

    kind: AnswerKind
    id: MessageId
    findings: tuple[Finding, ...] = ()
    relay: RelayReply | None = None


@dataclass(frozen=True, slots=True)
class RefusedRecipient:
    """A recipient that the relay would not take, while it took others."""

    address: str
    reply: RelayReply


@dataclass(frozen=True, slots=True)
class Accepted:
    """The relay's 2xx to the final dot."""

    reply: RelayReply
    refused: tuple[RefusedRecipient, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What judging one message gave. Without a buyer among the recipients there is no verdict."""

    buyers: tuple[str, ...]
    verdict: Verdict | None
    subject: str = ""  # decoded, for lists
    sender: str = ""  # the From header's address, for lists
    words: str = ""  # what it says, of a mail that may be held: for the search
    is_too_deep: bool = False  # more parts, or deeper ones, than are read: no verdict is on the whole
    raw: bytes | None = field(default=None, repr=False)  # the mail as it goes on, where it was marked


@dataclass(frozen=True, slots=True)
class Claim:
    """One order's entry in the ledger of review requests."""

    order: OrderId
    state: ClaimState
    message: MessageId | None  # None for requests made elsewhere and imported
    at: datetime


@dataclass(frozen=True, slots=True)
class Allowance:
    """An exception that a person made: what a rule finds within this scope does not count until the end.

    An empty part of the scope holds for any; one of them at least is not empty.
    """

    id: str
    rule: str
    reason: str
    by: str
    at: datetime
    until: datetime
    sender: str = ""  # an address in lower case, or "@" and a domain
    account: str = ""
    order: str = ""
    words: str = ""  # the very words found
    message: MessageId | None = None  # the mail that it was made from
    ended_at: datetime | None = None  # when a person ended it before its time
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Somebody opened a mail."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody is at a mail until then."""

    by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Wrong:
    """A finding that a person called wrong."""

    rule: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A held mail was changed before it went out; `findings` are the original's."""

    step: int
    by: str
    at: datetime
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Facets:
    """How many held mails there are of each kind, the most frequent first."""

    rules: Mapping[str, int]
    clauses: Mapping[str, int]
    languages: Mapping[str, int]
    accounts: Mapping[str, int]
    marketplaces: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What became of the mails of one day (UTC) as they came."""

    on: date
    went: int = 0
    held: int = 0
    refused: int = 0
    repaired: int = 0


@dataclass(frozen=True, slots=True)
class SenderFigures:
    """One sender's mails in a span of time, as they came."""

    sender: str
    mails: int
    held: int
    refused: int


@dataclass(frozen=True, slots=True)
class OriginFigures:
    """The mails to buyers of one login, machine and From address in a span of time, as they came."""

    account: str  # "" for a trusted network
    peer: str
    sender: str
    mails: int
    held: int
    refused: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """One rule in a span of time: in how many mails it found something, and what people made of that."""

    rule: str
    found: int = 0
    upheld: int = 0  # the mail was rejected or corrected
    overruled: int = 0  # the mail was released as it was
    wrong: int = 0  # a person called the finding wrong

    @property
    def precision(self) -> float | None:
        """The share of a person's decisions that the rule was right about; None without any."""
        decided = self.upheld + self.overruled + self.wrong
        return self.upheld / decided if decided else None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal keeps of one message: who, what was decided and why, and where it is now."""

    id: MessageId
    received_at: datetime
    state: MessageState
    session: Session
    envelope: Envelope
    subject: str
    sender: str
    size_bytes: int
    fingerprint: str
    buyers: tuple[str, ...]
    action: str  # "relay", "quarantine", "reject"; "pass" for mail to nobody's buyer
    edition: str = ""
    digest: str = ""  # of the rulebook
    purpose: str = ""
    language: str = ""
    order_ids: tuple[OrderId, ...] = ()
    asks_review: bool = False
    findings: tuple[Finding, ...] = ()
    deadline_at: datetime | None = None  # of a held mail: the buyer's 24 hours
    answer: Answer | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    going_since: datetime | None = None  # when a person sent it on its way; None: since it came in
    last_error: str = ""  # the relay's last words, for people
    has_raw: bool = False
    words: str = ""  # what it says, for the search while it is held; written, never read back

    @property
    def was_judged(self) -> bool:
        """Whether a rulebook had its say; a mail that was too much for the judge is held without."""
        return bool(self.digest)
