from __future__ import annotations

from dataclasses import replace

from gatepost.cli.entries import lines, text_of
from gatepost.model import MessageState, OrderId
from gatepost.report import entry_as_json
from kit.messages import ORDER, RAW, SELLER, entry, message

HELD = entry(message("m1"), MessageState.HELD)


def test_a_reviewer_sees_purpose_orders_and_what_went_wrong() -> None:
    full = replace(
        HELD,
        order_ids=(OrderId(ORDER),),
        purpose="other",
        edition="amazon-2018-10",
        last_error="451 later\x1b[0m",
    )
    shown = list(lines(full))
    assert f"Orders: {ORDER}" in shown
    assert "Purpose: other   edition: amazon-2018-10" in shown
    assert "Last error: 451 later�[0m" in shown


def test_without_a_from_header_the_envelope_tells_who_sent_it() -> None:
    assert entry_as_json(replace(HELD, sender=""))["sender"] == SELLER


def test_the_words_are_those_that_a_reader_sees() -> None:
    assert text_of(RAW) == "[text/plain]\nIt is on its way.\n"
