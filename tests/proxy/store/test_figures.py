from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from gatepost.model import (
    DayFigures,
    MessageId,
    MessageState,
    OriginFigures,
    RuleFigures,
    SenderFigures,
)
from gatepost.store import Store
from kit.messages import AT, RAW, finding
from kit.stores import an_entry

LINK = finding()
GIFT = finding("d4h-compensation", category="review-incentive", clause="D4h")
DAY = timedelta(days=1)
MIDNIGHT = AT.replace(hour=0)
SPAN = (MIDNIGHT - DAY, MIDNIGHT + DAY)
_S = MessageState


async def kept(
    store: Store, id: str, action: str, *, sender: str = "help@shop.example", days: int = 0
) -> None:
    state = {"quarantine": _S.HELD, "reject": _S.REFUSED}.get(action, _S.ATTEMPTING)
    entry = replace(an_entry(id, state, findings=[LINK]), action=action, sender=sender)
    await store.journal.open(replace(entry, received_at=AT + days * DAY), raw=RAW)


async def test_each_day_tells_what_became_of_its_mails(store: Store) -> None:
    for number, action in enumerate(["pass", "relay", "quarantine", "quarantine", "reject", "repair"]):
        await kept(store, f"m{number}", action)
    await kept(store, "old", "reject", days=-2)
    await kept(store, "next", "reject", days=1)
    assert await store.figures.days(*SPAN) == [
        DayFigures(SPAN[0].date()),
        DayFigures(AT.date(), went=2, held=2, refused=1, repaired=1),
    ]


async def test_senders_come_by_what_was_held_or_refused(store: Store) -> None:
    for number in range(3):
        await kept(store, f"a{number}", "relay", sender="good@shop.example")
    await kept(store, "b", "reject", sender="bold@shop.example")
    await kept(store, "c", "quarantine", sender="bold@shop.example")
    await kept(store, "d", "pass", sender="other@shop.example")
    assert await store.figures.senders(*SPAN) == [
        SenderFigures("bold@shop.example", 2, held=1, refused=1),
        SenderFigures("good@shop.example", 3, held=0, refused=0),
    ]


async def test_a_rules_precision_comes_from_what_people_decided(store: Store) -> None:
    for id in ("rejected", "corrected", "released", "wrong", "open"):
        await kept(store, id, "quarantine")
    await kept(store, "refused", "reject")
    quarantine, review = store.quarantine, store.review
    await quarantine.reject(MessageId("rejected"), by="rita", note="")
    fixed = replace(await quarantine.show(MessageId("corrected")), findings=())
    await quarantine.take(MessageId("corrected"), by="rita", claims=(), anew=fixed, raw=RAW)
    await quarantine.take(MessageId("released"), by="rita", claims=())
    await review.call_wrong(MessageId("wrong"), LINK.rule, by="rita", note="")
    await quarantine.take(MessageId("wrong"), by="rita", claims=())
    await review.call_wrong(MessageId("refused"), LINK.rule, by="rita", note="")
    (figures,) = await store.figures.rules(*SPAN)
    assert figures == RuleFigures(LINK.rule, found=6, upheld=2, overruled=1, wrong=2)
    assert figures.precision == 0.4


async def test_what_nobody_decided_has_no_precision(store: Store) -> None:
    await kept(store, "a", "quarantine")
    (figures,) = await store.figures.rules(*SPAN)
    assert figures.precision is None


async def test_shadow_findings_are_not_judged_by_what_became_of_the_mail(store: Store) -> None:
    entry = an_entry("a", _S.HELD, findings=[LINK, replace(GIFT, mode=GIFT.mode.SHADOW)])
    await store.journal.open(entry, raw=RAW)
    await store.quarantine.take(MessageId("a"), by="rita", claims=())
    precise = {figures.rule: figures.precision for figures in await store.figures.rules(*SPAN)}
    assert precise == {LINK.rule: 0.0, GIFT.rule: None}


async def test_the_age_of_what_waits_is_counted(store: Store) -> None:
    await kept(store, "a", "quarantine")
    await kept(store, "b", "quarantine", days=-1)
    assert await store.figures.waiting([AT - DAY, AT, AT + DAY]) == [0, 1, 2]


async def test_who_sends_from_where_comes_by_the_number_of_mails(store: Store) -> None:
    for number, action in enumerate(["relay", "quarantine", "reject"]):
        await kept(store, f"a{number}", action)
    await kept(store, "b", "reject", sender="bold@shop.example")
    await kept(store, "c", "pass")
    await kept(store, "old", "reject", days=-2)
    peer = an_entry("x", _S.HELD).session.peer
    assert await store.figures.origins(*SPAN) == [
        OriginFigures("", peer, "help@shop.example", 3, held=1, refused=1, last_at=AT),
        OriginFigures("", peer, "bold@shop.example", 1, held=0, refused=1, last_at=AT),
    ]
