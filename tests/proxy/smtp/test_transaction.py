"""A mail as it gathers."""

from __future__ import annotations

from gatepost.model import Envelope, Recipient
from gatepost.smtp.paths import Sender
from gatepost.smtp.transaction import Added, Transaction


def test_a_recipient_named_twice_is_kept_once_as_first_given() -> None:
    transaction = Transaction(Sender(""))
    first = Recipient("Bob@example.com", notify="NEVER")
    assert {transaction.add(first, 100), transaction.add(Recipient("Bob@EXAMPLE.com"), 100)} == {Added.TAKEN}
    assert transaction.envelope().recipients == (first,)


def test_beyond_the_limit_there_is_no_room_but_for_those_already_there() -> None:
    transaction = Transaction(Sender(""))
    given = [transaction.add(Recipient(f"{name}@example.com"), 2) for name in "abcab"]
    assert given == [Added.TAKEN, Added.TAKEN, Added.NO_ROOM, Added.TAKEN, Added.TAKEN]
    assert transaction.excess == 1


def test_the_envelope_is_what_was_given() -> None:
    transaction = Transaction(Sender("a@example.com", 12, True, "8BITMIME", "FULL", "q1"))
    transaction.add(Recipient("b@example.com", "NEVER", "rfc822;b"), 100)
    assert transaction.envelope() == Envelope(
        "a@example.com", (Recipient("b@example.com", "NEVER", "rfc822;b"),), True, "8BITMIME", "FULL", "q1"
    )
