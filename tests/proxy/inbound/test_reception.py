"""The Judge port for mail that arrives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from gatepost.config.schema import Inbound
from gatepost.errors import JudgeError, StoreError
from gatepost.inbound.look import Looked, Rules, look
from gatepost.inbound.reception import Reception, for_seller, takes
from gatepost.model import Envelope, Judgement, Message, Recipient
from gatepost_policies.model import Action, Purpose
from kit.arrivals import ALIAS, CASE, ORDER, SHOP, Records, arriving, signed
from kit.books import Ledger
from kit.messages import message
from kit.ports import StillClock

FAKE = arriving("Amazon <help@amazon-support.example>")


@dataclass
class ToldLooks:
    """Looks at the mail for real, with keys made here; or fails."""

    error: JudgeError | None = None

    async def look(self, raw: bytes) -> Looked:
        if self.error:
            raise self.error
        return look(raw, Rules(), Records())


async def judge(
    raw: bytes, ledger: Ledger | None = None, looks: ToldLooks | None = None, **settings: Any
) -> Judgement:
    inbound = Inbound.model_validate({"recipients": [SHOP], **settings})
    books = (ledger or Ledger()).books
    reception = Reception(inbound, looks=looks or ToldLooks(), books=books, clock=StillClock())
    return await reception.judge(message(raw=raw, to=[SHOP]))


async def test_a_buyers_genuine_mail_is_remembered_and_goes_on() -> None:
    ledger = Ledger()
    judged = await judge(signed(arriving(CASE)), ledger)
    assert judged.verdict is not None
    assert (judged.verdict.action, judged.verdict.purpose) == (Action.RELAY, Purpose.SERVICE)
    assert (judged.buyers, judged.verdict.order_ids) == ((ALIAS,), (ORDER,))
    assert ledger.remembered == [(("q1@amazon.com",), CASE)]
    assert judged.raw is not None
    assert judged.raw.startswith(b"X-Gatepost-Inbound: genuine")


async def test_a_forged_mail_is_not_remembered() -> None:
    ledger = Ledger()
    await judge(arriving(CASE), ledger)
    assert ledger.remembered == []


@pytest.mark.parametrize(("suspicious", "action"), [("mark", Action.RELAY), ("hold", Action.QUARANTINE)])
async def test_suspicious_mail_is_marked_or_held_with_its_reasons(suspicious: str, action: Action) -> None:
    judged = await judge(FAKE, suspicious=suspicious)
    assert judged.verdict is not None
    assert judged.verdict.action is action
    assert [finding.rule for finding in judged.verdict.findings] == ["a2-sender"]
    assert b"X-Gatepost-Reason: a2-sender" in (judged.raw or b"")


async def test_other_mail_has_no_verdict_and_still_says_so() -> None:
    judged = await judge(arriving("Ann <ann@mail.example>"))
    assert (judged.verdict, judged.buyers) == (None, ())
    assert (judged.raw or b"").startswith(b"X-Gatepost-Inbound: other")


async def test_what_can_not_be_looked_at_is_suspicious_and_not_lost() -> None:
    judged = await judge(FAKE, looks=ToldLooks(JudgeError("too many")), suspicious="hold")
    assert judged.verdict is not None
    assert [finding.rule for finding in judged.verdict.findings] == ["a2-unchecked"]
    assert (judged.raw or b"").endswith(FAKE)


async def test_a_failing_store_has_the_sender_come_again() -> None:
    with pytest.raises(StoreError):
        await judge(signed(arriving()), Ledger(broken=True))


def test_mail_is_taken_for_nobody_but_the_seller() -> None:
    mine = takes(Inbound(recipients=("amazon@shop.example", "@in.shop.example")))
    assert mine("Amazon@Shop.Example")
    assert mine("x@in.shop.example")
    assert not mine(ALIAS)
    assert not mine("x@in.shop.example.evil.example")


def test_it_goes_to_the_sellers_one_mailbox_where_there_is_one() -> None:
    came = replace(message(to=[SHOP, "b@seller.example"]), envelope=_envelope(SHOP, "b@seller.example"))
    assert _to(for_seller(came, Inbound())) == (SHOP, "b@seller.example")
    moved = for_seller(came, Inbound(deliver_to="desk@seller.example"))
    assert (_to(moved), moved.envelope.mail_from) == (("desk@seller.example",), "x@bounces.amazon.com")
    assert moved.session.inbound


def _envelope(*to: str) -> Envelope:
    return Envelope("x@bounces.amazon.com", tuple(Recipient(each) for each in to))


def _to(of: Message) -> tuple[str, ...]:
    return of.envelope.rcpt_tos
