"""The objects of corrections, wrong findings, exceptions and figures that the API takes and gives."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from gatepost.admin.api.operation import Shape
from gatepost.admin.api.shapes import JudgedMail, Note, Reason, Stamp

RuleId = Annotated[str, Field(min_length=1, max_length=100)]
Part = Annotated[str, Field(max_length=500)]


class Changes(Shape):
    """What is to be changed of a held mail."""

    text: Annotated[str, Field(min_length=1, max_length=200_000)]
    subject: Annotated[str, Field(max_length=998)] | None = None
    """Null: as it was."""
    html: Annotated[str, Field(max_length=200_000)] | None = None
    """Null: the changes of the text are carried into the mail's HTML, where it has some; "": no HTML."""
    keep_files: bool = True
    """Whether the attachments go with it."""


class CorrectBody(Changes):
    """A held mail's changed text, which is judged again and goes out in place of the original."""

    although: bool = False
    """Send it although it would be held again; what would be refused is never sent."""


class Preview(Shape):
    """What a held mail would be with a changed text."""

    verdict: JudgedMail
    layout_kept: bool
    """False: the changes could not be carried into its HTML, which would be laid out plainly."""
    source: str
    """The mail as it would go out."""


class Correction(Shape):
    """A change of a held mail."""

    step: int
    by: str
    at: Stamp


class Corrections(Shape):
    """The changes of a held mail, the first first."""

    corrections: list[Correction]


class WrongBody(Shape):
    """A finding that is wrong."""

    rule: RuleId
    note: Note = ""


class WrongFinding(Shape):
    """A finding that a person called wrong."""

    rule: str
    by: str
    at: Stamp
    note: str


class WrongFindings(Shape):
    """The findings in a mail that were called wrong."""

    wrong: list[WrongFinding]


class TurnBody(Shape):
    """Whether to be at a mail."""

    take: bool


class ExceptionBody(Shape):
    """An exception from what a rule found in a mail. Of the scope one part at least is given."""

    rule: RuleId
    reason: Reason
    days: Literal[1, 7, 30, 90] = 7
    sender: Part = ""
    """The mail's sender, or @ and its domain."""
    account: Part = ""
    order: Part = ""
    words: Part = ""
    """The very words that were found."""


class Exception_(Shape):
    """An exception that a person made."""

    id: str
    rule: str
    reason: str
    by: str
    at: Stamp
    until: Stamp
    sender: str
    account: str
    order: str
    words: str
    message_id: str | None
    ended_at: Stamp | None
    ended_by: str


class ExceptionPage(Shape):
    """A page of exceptions, the newest first."""

    exceptions: list[Exception_]
    next: str | None


class BreakerBody(Shape):
    """Why the breaker is tripped or reset; it stands in the audit trail."""

    reason: Reason


class Breaker(Shape):
    """How the breaker stands: while it is tripped, mail that answers no buyer is held."""

    tripped: bool
    at: Stamp | None
    by: str
    """Who tripped it; "Amazon" by a notice of theirs."""
    reason: str


class FiguresQuery(Shape):
    """Which days, both included; the last thirty where nothing is said."""

    first: date | None = None
    last: date | None = None


class Day(Shape):
    """What became of one day's mails as they came."""

    on: Annotated[str, Field(json_schema_extra={"format": "date"})]
    went: int
    held: int
    refused: int
    repaired: int


class RuleFigure(Shape):
    """What a rule found, and what people made of it."""

    rule: str
    found: int
    upheld: int
    overruled: int
    wrong: int
    precision: float | None


class SenderFigure(Shape):
    """A sender's mails."""

    sender: str
    mails: int
    held: int
    refused: int


class Waiting(Shape):
    """How many mails are held for so long now, and not yet as long as the next says."""

    from_hours: int
    held: int


class Figures(Shape):
    """The overview of a span of days, and of the queue as it is."""

    days: list[Day]
    rules: list[RuleFigure]
    senders: list[SenderFigure]
    waiting: list[Waiting]
