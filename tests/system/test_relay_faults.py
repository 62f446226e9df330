"""A relay that misbehaves in every way at every step: true answers, nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kit.relay_faults import Case, RelayFaults
from kit.smtp_sink import Received


@pytest.mark.parametrize("mode", ["spool", "defer"])
async def test_whatever_a_relay_does_nothing_is_lost_and_nothing_goes_out_twice(
    tmp_path: Path, mode: str, tell: Callable[[str], None]
) -> None:
    totals = await RelayFaults(tmp_path, mode).run()
    tell(totals.line(mode))
    assert totals.broken() == []
    assert totals.delivered > totals.cases // 2


def test_a_gateway_that_lost_or_doubled_a_mail_would_be_seen(tmp_path: Path) -> None:
    run = RelayFaults(tmp_path, "spool")
    lost, doubled, sent = run.cases[1], run.cases[3], run.cases[5]
    for case, answer, copies in (
        (lost, "250 2.0.0 Stored", 0),
        (doubled, "250 2.0.0 Stored", 2),
        (sent, "554", 1),
    ):
        case.answers, case.sink.received = [answer], [a_copy(case)] * copies
        run.judge(case, [], None)
    totals = run.totals
    assert [len(each) for each in (totals.lost, totals.doubled, totals.refused_and_sent)] == [1, 1, 1]
    assert (
        len(totals.wrong) == 4
    )  # no claim is kept of any, and the last answer is none that the case may get


def a_copy(case: Case) -> Received:
    return Received("", (), (), (), case.raw("1"), tls=False, login="", helo="", connection=1)
