from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from gatepost.model import Claim, MessageState, OrderId
from gatepost.store import Store
from kit.command import Done, command
from kit.desk import Desk
from kit.loopback import closed_port
from kit.messages import BUYER, ORDER, RAW, SELLER, UNREADABLE, finding
from kit.smtp_sink import Close, Say, Sink, Step
from kit.stores import an_entry, held, in_doubt, relayed, state_of

LIST_KEYS = [
    *("id", "held_at", "deadline_at", "sender", "recipients", "subject", "order_ids", "findings", "state"),
]
REVIEW = (OrderId(ORDER),)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def run(desk: Desk, *arguments: str) -> Done:
    return command("quarantine", *arguments, "--config", desk.file)


def state(desk: Desk, id: str) -> MessageState:
    return desk.do(lambda store: state_of(store, id))


def test_held_mail_is_listed_by_the_contract(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1", orders=REVIEW, findings=[finding()]))
    done = run(desk, "list", "--json")
    (row,) = done.rows
    assert (done.status, list(row)) == (0, LIST_KEYS)
    assert (row["id"], row["state"], row["sender"], row["recipients"]) == ("m1", "held", SELLER, [BUYER])
    assert (row["held_at"], row["deadline_at"]) == ("2026-11-23T09:00:00Z", "2026-11-24T09:00:00Z")
    assert [each["rule"] for each in row["findings"]] == ["p1-external-link"]


def test_a_list_waits_for_nobodys_lock(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1"))
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert [row["id"] for row in run(desk, "list", "--json").rows] == ["m1"]
        assert run(desk, "show", "m1").status == 0


def test_more_than_a_page_is_listed_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.cli.quarantine.PAGE", 2)

    async def five(store: Store) -> None:
        for number in range(5):
            await held(store, f"m{number}")

    desk.do(five)
    assert [row["id"] for row in run(desk, "list", "--json").rows] == ["m0", "m1", "m2", "m3", "m4"]


def test_people_get_columns_and_a_word_on_doubts(desk: Desk) -> None:
    async def some(store: Store) -> None:
        await held(store, "m1", findings=[finding()])
        await in_doubt(store, "m2")

    desk.do(some)
    done = run(desk, "list")
    assert done.out.splitlines()[0].split("\t")[:2] == ["id", "due"]
    assert done.out.splitlines()[1].startswith("m1\t")
    assert done.err == "gatepost: 1 in doubt: gatepost quarantine list --state in-doubt\n"
    assert [row["id"] for row in run(desk, "list", "--state", "in-doubt", "--json").rows] == ["m2"]


def test_without_a_store_it_says_where_one_would_be(desk: Desk) -> None:
    done = run(desk, "list")
    assert done.status == 1
    assert done.err.startswith(f"gatepost: there is no store at {desk.path} yet")
    assert not desk.path.exists()


def test_one_mail_is_shown_with_findings_and_words(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1", findings=[finding()]))
    out = run(desk, "show", "m1").out
    assert "m1: held" in out
    assert "p1-external-link (P1)" in out
    assert "  | It is on its way." in out


def test_one_mail_is_shown_as_json(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1"))
    (row,) = run(desk, "show", "m1", "--json").rows
    assert list(row)[: len(LIST_KEYS)] == LIST_KEYS
    assert row["kept"] is True


@pytest.mark.parametrize("verb", ["show", "export"])
def test_an_unknown_id_is_one_plain_sentence(verb: str, desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1"))
    done = run(desk, verb, "nobody")
    assert (done.status, done.out, len(done.err.splitlines())) == (1, "", 1)
    assert "nobody" in done.err


def test_export_gives_every_byte(desk: Desk, tmp_path: Path) -> None:
    desk.do(lambda store: held(store, "m1"))
    assert run(desk, "export", "m1").raw == RAW
    assert run(desk, "export", "m1", "--output", str(tmp_path / "out.eml")).status == 0
    assert (tmp_path / "out.eml").read_bytes() == RAW
    assert run(desk, "export", "m1", "--output", str(tmp_path / "no" / "out.eml")).status == 2


async def release(desk: Desk, *arguments: str) -> Done:
    return await asyncio.to_thread(run, desk, "release", *arguments)


async def relay_to(desk: Desk, port: int) -> None:
    desk.configure(f"relay: {{host: 127.0.0.1, port: {port}, tls: none}}\n")


async def test_a_release_sends_the_same_bytes_by_the_road_of_live_mail(desk: Desk) -> None:
    await desk.work(lambda store: held(store, "m1", orders=REVIEW))
    async with Sink() as sink:
        await relay_to(desk, sink.port)
        sink.script[Step.DOT] = Say("250 2.0.0 Ok: queued as 7F")
        done = await release(desk, "m1", "--json")
        assert sink.received[0].raw.endswith(RAW)
        assert sink.received[0].rcpt_tos == (BUYER,)
    assert done.status == 0
    assert done.rows == [
        {"id": "m1", "done": True, "outcome": "relayed", "why": "relayed: 250 Ok: queued as 7F"}
    ]
    assert await desk.work(lambda store: state_of(store, "m1")) is MessageState.RELAYED
    assert await claims(desk) == ["confirmed"]


async def claims(desk: Desk) -> list[str]:
    async def states(store: Store) -> Sequence[Claim]:
        return await store.ledger.list()

    return [claim.state.value for claim in await desk.work(states)]


async def test_each_id_has_its_outcome_in_the_order_given(desk: Desk) -> None:
    async def two(store: Store) -> None:
        await held(store, "m1")
        await held(store, "m2")

    await desk.work(two)
    async with Sink() as sink:
        await relay_to(desk, sink.port)
        done = await release(desk, "m2", "nobody", "m1", "m2")
        assert len(sink.received) == 2
    assert done.status == 1
    assert [line.partition(":")[0] for line in done.out.splitlines()] == ["m2", "m1"]
    assert done.err.startswith("gatepost: nobody: ")


async def test_two_releases_at_once_send_once(desk: Desk) -> None:
    await desk.work(lambda store: held(store, "m1"))
    async with Sink() as sink:
        await relay_to(desk, sink.port)
        arguments = ("-m", "gatepost", "quarantine", "release", "m1", "--config", str(desk.file))
        ends = await asyncio.gather(*(in_a_process(*arguments) for _ in range(2)))
        assert len(sink.received) == 1
    assert sorted(ends) == [0, 1]


async def in_a_process(*arguments: str) -> int:
    pipe = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=pipe, stderr=pipe)
    async with asyncio.timeout(60):
        return await process.wait()


async def test_a_relay_that_is_down_leaves_it_in_the_spool(desk: Desk) -> None:
    await desk.work(lambda store: held(store, "m1"))
    with closed_port() as port:
        await relay_to(desk, port)
        done = await release(desk, "m1")
    said = (done.status, done.out, done.err)
    assert said == (0, "m1: stored: goes out as soon as the relay takes it\n", "")
    assert await desk.work(lambda store: state_of(store, "m1")) is MessageState.SPOOLED


async def test_a_relays_refusal_is_told(desk: Desk) -> None:
    await desk.work(lambda store: held(store, "m1"))
    async with Sink() as sink:
        await relay_to(desk, sink.port)
        sink.script[Step.DOT] = Say("550 5.7.1 not wanted")
        done = await release(desk, "m1")
    assert done.status == 1
    assert "550 not wanted" in done.err
    assert await desk.work(lambda store: state_of(store, "m1")) is MessageState.BOUNCED


async def test_a_lost_answer_is_a_doubt_and_never_sent_again(desk: Desk) -> None:
    await desk.work(lambda store: held(store, "m1"))
    async with Sink() as sink:
        await relay_to(desk, sink.port)
        sink.script[Step.DOT] = Close()
        done = await release(desk, "m1", "--json")
    assert (done.status, done.rows[0]["outcome"]) == (1, "in-doubt")
    assert await desk.work(lambda store: state_of(store, "m1")) is MessageState.IN_DOUBT


async def test_a_second_request_for_an_order_stays_held(desk: Desk) -> None:
    async def both(store: Store) -> None:
        await relayed(store, "m1", orders=REVIEW)
        await held(store, "m2", orders=REVIEW)

    await desk.work(both)
    async with Sink() as sink:
        await relay_to(desk, sink.port)
        done = await release(desk, "m2")
        assert sink.received == []
    assert done.status == 1
    assert f"still held: the order's one review request is spent (D4b): {ORDER} confirmed by m1" in done.err
    assert await desk.work(lambda store: state_of(store, "m2")) is MessageState.HELD


def test_a_rejection_is_for_good_and_tells_the_sender(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1"))
    done = run(desk, "reject", "m1", "nobody", "--note", "no offers, please")
    assert (done.status, done.out) == (1, "m1: rejected\n")
    assert state(desk, "m1") is MessageState.REJECTED
    (report,) = run(desk, "list", "--state", "spooled", "--json").rows
    assert report["recipients"] == [SELLER]


def test_a_rejected_mail_can_not_be_released(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1"))
    run(desk, "reject", "m1")
    done = run(desk, "release", "m1", "--json")
    assert (done.status, done.rows[0]["outcome"]) == (1, "not-held")


@pytest.mark.parametrize(
    ("word", "expected"), [("--delivered", MessageState.RELAYED), ("--not-delivered", MessageState.SPOOLED)]
)
def test_a_doubt_ends_as_a_person_says(word: str, expected: MessageState, desk: Desk) -> None:
    desk.do(lambda store: in_doubt(store, "m1"))
    assert run(desk, "settle", "m1", word).out == f"m1: now {expected.value}\n"
    assert state(desk, "m1") is expected
    assert run(desk, "settle", "m1", word).status == 1


def test_settling_without_a_word_is_bad_usage(desk: Desk) -> None:
    assert run(desk, "settle", "m1").status == 2


def test_what_was_done_names_who_did_it(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1"))
    run(desk, "reject", "m1")

    async def last(store: Store) -> str:
        return (await store.audit.list())[-1].by

    assert desk.do(last).endswith("(command line)")


ASKS = (
    f"From: {SELLER}\r\nTo: {BUYER}\r\nSubject: Your order {ORDER}\r\n\r\n"
    "Please leave us a product review for your order.\r\n"
).encode()


async def unjudged(store: Store) -> None:
    """A review request that was too much for the judge when it came."""
    entry = an_entry("m1", MessageState.HELD, findings=[UNREADABLE], digest="")
    await store.journal.open(entry, raw=ASKS)


async def test_a_review_request_that_came_unjudged_claims_its_order_at_its_release(desk: Desk) -> None:
    await desk.work(unjudged)
    async with Sink() as sink:
        await relay_to(desk, sink.port)
        assert (await release(desk, "m1")).status == 0
    assert await claims(desk) == ["confirmed"]


async def test_a_second_review_request_that_came_unjudged_stays_held(desk: Desk) -> None:
    await desk.work(lambda store: relayed(store, "first", orders=REVIEW))
    await desk.work(unjudged)
    async with Sink() as sink:
        await relay_to(desk, sink.port)
        done = await release(desk, "m1", "--json")
        assert sink.received == []
    assert (done.status, done.rows[0]["outcome"]) == (1, "spent")


async def test_what_can_not_be_judged_goes_by_a_persons_word(desk: Desk) -> None:
    await desk.work(unjudged)
    async with Sink() as sink:
        relay = f"relay: {{host: 127.0.0.1, port: {sink.port}, tls: none}}\n"
        desk.configure(f"{relay}policy: {{review_judge_seconds: 0.01}}\n")
        done = await release(desk, "m1", "--json")
        assert (done.status, done.rows[0]["outcome"], sink.received) == (1, "unjudged", [])
        assert "--asks-review-for ORDER or --asks-no-review" in done.rows[0]["why"]
        assert (await release(desk, "m1", "--asks-review-for", ORDER)).status == 0
        assert len(sink.received) == 1
    assert await claims(desk) == ["confirmed"]


def test_a_persons_word_is_one_word(desk: Desk) -> None:
    assert run(desk, "release", "m1", "--asks-no-review", "--asks-review-for", ORDER).status == 2
    done = run(desk, "release", "m1", "--asks-review-for", "112")
    assert (done.status, "112 is no order ID" in done.err) == (2, True)
