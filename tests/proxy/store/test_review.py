from __future__ import annotations

from datetime import timedelta

import pytest

from gatepost.errors import StateError
from gatepost.model import Message, MessageId, MessageState, Turn
from gatepost.store import Store
from kit.messages import RAW, finding
from kit.ports import StillClock
from kit.stores import held, state_of

M1, M2 = MessageId("m1"), MessageId("m2")
TURN = timedelta(minutes=5)
BETTER = b"Subject: better\r\n\r\nNo offer.\r\n"


async def test_who_opened_a_mail_is_known_the_latest_first(store: Store, clock: StillClock) -> None:
    await store.review.see(M1, by="rita")
    clock.pass_by(minutes=1)
    await store.review.see(M1, by="ada")
    assert [view.by for view in (await store.review.views([M1, M2]))[M1]] == ["ada", "rita"]
    assert await store.review.views([]) == {}


async def test_a_mail_is_one_persons_at_a_time(store: Store, clock: StillClock) -> None:
    await store.review.see(M1, by="rita", turn=TURN)
    await store.review.see(M1, by="ada", turn=TURN)
    assert await store.review.turns([M1]) == {M1: Turn("rita", clock.now() + TURN)}


async def test_a_person_has_one_mail_at_a_time(store: Store) -> None:
    await store.review.see(M1, by="rita", turn=TURN)
    await store.review.see(M2, by="rita", turn=TURN)
    assert list(await store.review.turns([M1, M2])) == [M2]


async def test_a_turn_ends_by_itself(store: Store, clock: StillClock) -> None:
    await store.review.see(M1, by="rita", turn=TURN)
    clock.pass_by(minutes=5)
    assert await store.review.turns([M1]) == {}
    await store.review.see(M1, by="ada", turn=TURN)
    assert (await store.review.turns([M1]))[M1].by == "ada"


async def test_a_turn_is_taken_over_and_given_up(store: Store) -> None:
    await store.review.see(M1, by="rita", turn=TURN)
    await store.review.take_over(M1, by="ada", turn=TURN)
    assert (await store.review.turns([M1]))[M1].by == "ada"
    await store.review.give_up(by="rita")
    assert list(await store.review.turns([M1])) == [M1]
    await store.review.give_up(by="ada", id=M1)
    assert await store.review.turns([M1]) == {}


async def test_a_decision_ends_the_turn(store: Store) -> None:
    await held(store, "m1")
    await store.review.see(M1, by="rita", turn=TURN)
    await store.quarantine.reject(M1, by="rita", note="")
    assert await store.review.turns([M1]) == {}


async def decisions(store: Store) -> list[tuple[str, str]]:
    rows = await store.db.read(lambda tx: tx.execute("SELECT * FROM reviewed ORDER BY message_id"))
    return [(row["message_id"], row["decision"]) for row in rows]


async def test_what_a_person_decided_is_written_down(store: Store) -> None:
    for id in ("m1", "m2", "m3"):
        await held(store, id)
    await store.quarantine.reject(M1, by="rita", note="")
    await store.quarantine.take(M2, by="rita", claims=())
    await store.quarantine.take(MessageId("m3"), by="rita", claims=(), raw=BETTER)
    assert await decisions(store) == [("m1", "rejected"), ("m2", "released"), ("m3", "corrected")]


async def test_both_versions_of_a_corrected_mail_are_kept(store: Store) -> None:
    await held(store, "m1", findings=[finding()])
    taken = await store.quarantine.take(M1, by="rita", claims=(), raw=BETTER)
    assert isinstance(taken, Message)
    assert taken.raw == BETTER
    assert await store.quarantine.raw(M1) == BETTER
    (correction,) = await store.review.corrections(M1)
    assert (correction.step, correction.by, correction.findings) == (1, "rita", (finding(),))
    assert await store.review.versions(M1, 1) == (RAW, BETTER)


async def test_a_version_that_is_not_kept_is_none(store: Store) -> None:
    await held(store, "m1")
    assert await store.review.versions(M1, 1) is None


async def test_a_finding_is_called_wrong_and_right_again(store: Store) -> None:
    await held(store, "m1", findings=[finding()])
    await store.review.call_wrong(M1, "p1-external-link", by="rita", note="the carrier's")
    (wrong,) = await store.review.wrong(M1)
    assert (wrong.rule, wrong.by, wrong.note) == ("p1-external-link", "rita", "the carrier's")
    await store.review.call_right(M1, "p1-external-link", by="rita")
    assert await store.review.wrong(M1) == []
    assert [deed.what for deed in await store.audit.list()] == [
        "finding.called-right",
        "finding.called-wrong",
    ]


async def test_what_was_not_found_can_not_be_wrong(store: Store) -> None:
    await held(store, "m1")
    with pytest.raises(StateError, match="found nothing"):
        await store.review.call_wrong(M1, "p1-external-link", by="rita", note="")
    with pytest.raises(StateError, match="nobody called"):
        await store.review.call_right(M1, "p1-external-link", by="rita")


async def test_erasing_a_buyer_takes_both_versions_and_the_notes(store: Store) -> None:
    await held(store, "m1", findings=[finding()])
    await store.review.call_wrong(M1, "p1-external-link", by="rita", note="about Jane")
    await store.quarantine.take(M1, by="rita", claims=(), raw=BETTER)
    await store.db.write(lambda tx: tx.change("UPDATE messages SET state = 'relayed'"))
    await store.retention.erase("abcdefghij12345@marketplace.amazon.com", by="ada")
    assert await state_of(store, "m1") is MessageState.RELAYED
    assert await store.review.corrections(M1) == []
    assert [wrong.note for wrong in await store.review.wrong(M1)] == [""]
