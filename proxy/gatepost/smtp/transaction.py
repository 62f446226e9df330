"""One mail transaction as it gathers: MAIL, then RCPTs, then an Envelope."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from gatepost.model import Envelope, Recipient
from gatepost.smtp.paths import Sender, same_mailbox


class Added(Enum):
    """What became of a recipient."""

    TAKEN = "taken"  # or known already: named twice, it is kept once
    NO_ROOM = "no-room"


@dataclass(slots=True)
class Transaction:
    """What MAIL and RCPT have said so far."""

    sender: Sender
    recipients: dict[str, Recipient] = field(default_factory=dict)
    excess: int = 0  # recipients beyond the limit

    def add(self, recipient: Recipient, most: int) -> Added:
        """Add a recipient, unless there are `most` already."""
        key = same_mailbox(recipient.address)
        if key in self.recipients:
            return Added.TAKEN
        if len(self.recipients) >= most:
            self.excess += 1
            return Added.NO_ROOM
        self.recipients[key] = recipient
        return Added.TAKEN

    def envelope(self) -> Envelope:
        """The envelope exactly as it was given."""
        sender = self.sender
        return Envelope(
            mail_from=sender.address,
            recipients=tuple(self.recipients.values()),
            smtputf8=sender.smtputf8,
            body=sender.body,
            ret=sender.ret,
            envid=sender.envid,
        )
