from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from gatepost.config.schema import Retention as KeepFor
from gatepost.model import ClaimState, Envelope, MessageId, MessageState, OrderId, Recipient, Session
from gatepost.notices.ports import Call
from gatepost.orderdata import Kind, OrderLine
from gatepost.ports import Captured, Opened
from gatepost.store import Store
from gatepost.store.engine import Tx
from gatepost.store.retention import BESIDE, ERASED, Erased, Purged
from gatepost.store.rows import dumps
from gatepost.store.search import Filters
from kit.messages import BUYER, RAW, SELLER, finding
from kit.ports import StillClock
from kit.stores import FIRST, an_entry, held, in_doubt, on_a_file, opened, relayed, spooled, state_of

M1 = MessageId("m1")
MARK = b"Xylophone-4711"
_S = MessageState


def files_of(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.glob("gatepost.db*") if file.is_file())


async def marked(store: Store, state: MessageState = _S.HELD) -> None:
    """A mail to the buyer whose words could be found again in any file."""
    words = finding(evidence=MARK.decode())
    entry = replace(an_entry("m1", state, findings=[words], orders=[FIRST]), subject=f"About {MARK.decode()}")
    to = (Recipient(BUYER.upper(), orcpt=f"rfc822;{BUYER}"), Recipient("team@shop.example"))
    entry = replace(entry, envelope=Envelope(SELLER, to))
    await store.journal.open(entry, raw=RAW + MARK * 400)


# --- by age --------------------------------------------------------------------------------------


async def test_what_is_settled_is_deleted_when_it_is_old(store: Store, clock: StillClock) -> None:
    await relayed(store, "old", orders=[FIRST])
    await held(store, "waiting")
    clock.pass_by(days=2)
    await store.journal.open(replace(an_entry("new", _S.REFUSED), received_at=clock.now()), raw=None)
    days = timedelta(days=1)
    assert await store.retention.purge(clock.now(), decisions=days, captured=days, sessions=days) == Purged(
        1, 0, 0
    )
    assert {entry.id for entry in (await store.search.find(Filters())).entries} == {"waiting", "new"}


async def test_the_ledger_outlives_its_messages(store: Store, clock: StillClock) -> None:
    await relayed(store, "m1", orders=[FIRST])
    day = timedelta(days=1)
    await store.retention.purge(clock.now() + 2 * day, decisions=day, captured=day, sessions=day)
    history = await store.ledger.show(FIRST)
    assert history.claim.state is ClaimState.CONFIRMED
    assert not history.messages


async def test_the_ledger_has_its_own_age_and_keeps_what_is_open(store: Store, clock: StillClock) -> None:
    await relayed(store, "m1", orders=[FIRST])
    second = OrderId("222-2222222-2222222")
    await in_doubt(store, "m2", orders=[second])
    clock.pass_by(days=1824)
    assert (await store.purge(clock.now(), KeepFor())).claims == 0
    clock.pass_by(days=2)
    assert (await store.purge(clock.now(), KeepFor())).claims == 1
    assert await store.ledger.find(FIRST) is None
    claim = await store.ledger.find(second)
    assert claim is not None
    assert claim.state is ClaimState.IN_DOUBT
    assert isinstance(await opened(store, "m3", orders=[FIRST]), Opened)


async def test_captures_and_sessions_have_their_own_age(store: Store, clock: StillClock) -> None:
    await store.captures.capture(Captured(M1, clock.now(), SELLER, (BUYER,), RAW))
    await store.sessions.begin("rita")
    day = timedelta(days=1)
    purged = await store.retention.purge(clock.now() + 2 * day, decisions=day, captured=day, sessions=day)
    assert purged == Purged(0, 1, 1)


async def test_more_than_one_round_is_purged(store: Store, clock: StillClock) -> None:
    for number in range(250):
        store.db.post(
            lambda tx, number=number: tx.change(  # type: ignore[misc] # the default binds the loop's value
                "INSERT INTO captures VALUES (:id, 0, '', '[]', 0, '')", {"id": str(number)}
            )
        )
    day = timedelta(days=1)
    purged = await store.retention.purge(clock.now(), decisions=day, captured=day, sessions=day)
    assert purged.captures == 250


async def test_housekeeping_expires_and_purges_by_the_configuration(store: Store, clock: StillClock) -> None:
    await held(store)
    clock.pass_by(days=15)
    await store.purge(clock.now(), KeepFor())
    assert await state_of(store, "m1") is _S.EXPIRED
    clock.pass_by(days=400)
    assert (await store.purge(clock.now(), KeepFor())).messages == 1


@on_a_file
async def test_after_expiry_the_mail_is_gone_from_every_file(
    store: Store, clock: StillClock, path: Path
) -> None:
    await marked(store)
    assert MARK * 3 in files_of(path)
    clock.pass_by(days=15)
    await store.purge(clock.now(), KeepFor())
    assert MARK * 3 not in files_of(path)


# --- one buyer on request ------------------------------------------------------------------------


@on_a_file
async def test_an_erased_buyer_is_nowhere_in_the_files(store: Store, path: Path) -> None:
    await marked(store)
    await store.captures.capture(
        Captured(M1, (await store.journal.find(M1)).received_at, SELLER, (BUYER,), RAW)
    )
    assert await store.retention.erase(BUYER, by="ada") == Erased(messages=1, captures=1, in_flight=0)
    left = files_of(path).lower()
    assert MARK.lower() not in left
    assert BUYER.encode() not in left


async def test_an_erased_buyer_is_in_no_row_of_any_table(store: Store, clock: StillClock) -> None:
    await marked(store)
    await store.captures.capture(Captured(M1, clock.now(), SELLER, (BUYER,), RAW + MARK))
    body = dumps({"event": "message.held", "message": {"id": "m1", "subject": MARK.decode()}})
    await store.outbox.add_calls([Call("c1", "hook", "message.held", body, clock.now())])
    assert MARK.lower() in await rows_of(store)
    await store.retention.erase(BUYER, by="ada")
    left = await rows_of(store)
    assert MARK.lower() not in left
    assert BUYER.encode() not in left
    assert not await store.outbox.due_calls(clock.now(), 5, timedelta(minutes=1))


async def test_order_data_of_an_erased_buyer_is_forgotten(store: Store) -> None:
    number = await store.orders.start("digest", name="orders.txt", kind=Kind.ORDERS, by="ada")
    lines = [
        OrderLine(FIRST, "1", buyer=BUYER, recipient=MARK.decode()),
        OrderLine(OrderId("222-2222222-2222222"), "1", buyer="other@marketplace.amazon.com", recipient="Max"),
    ]
    await store.orders.put(number, lines)
    await store.orders.finish(number, rows=2, bad=0)
    assert await store.retention.erase(BUYER.upper(), by="ada") == Erased(0, 0, 0, orders=1)
    left = await rows_of(store)
    assert MARK.lower() not in left
    assert b"max" in left


async def test_a_buyer_s_address_with_a_case_is_theirs(store: Store) -> None:
    local, _, domain = BUYER.partition("@")
    entry = an_entry("m1", _S.HELD)
    cased = Envelope(SELLER, (Recipient(f"{local}+A1B2@{domain}"),))
    await store.journal.open(replace(entry, buyers=(f"{local}+a1b2@{domain}",), envelope=cased), raw=RAW)
    other = replace(an_entry("m2", _S.HELD), buyers=(f"x{BUYER}",), envelope=Envelope(SELLER, ()))
    await store.journal.open(other, raw=RAW)
    assert await store.retention.erase(BUYER, by="ada") == Erased(1, 0, 0)
    assert (await store.journal.find(M1)).buyers == (ERASED,)


TABLES = (
    *("messages", "raw", "message_orders", "message_rules", "claims", "claim_log", "audit", "captures"),
    *(*BESIDE, "happenings", "hook_calls", "marks", "order_lines", "order_buyers"),
)


async def rows_of(store: Store) -> bytes:
    """All that the tables hold, in small letters."""

    def job(tx: Tx) -> bytes:
        values: list[object] = []
        for table in TABLES:
            rows = tx.execute(f"SELECT * FROM {table}")
            values += [value for row in rows for value in dict(row).values()]  # type: ignore[call-overload] # a driver's row
        return b"\n".join(each if isinstance(each, bytes) else str(each).encode() for each in values).lower()

    return await store.db.read(job)


async def test_what_is_left_of_an_erased_mail_is_the_decision(store: Store) -> None:
    await marked(store)
    await store.retention.erase(BUYER, by="ada")
    entry = await store.journal.find(M1)
    assert entry.state is _S.REJECTED
    assert (entry.subject, entry.buyers, entry.has_raw) == ("", (ERASED,), False)
    assert entry.envelope.rcpt_tos == (ERASED, "team@shop.example")
    assert [(each.rule, each.evidence) for each in entry.findings] == [(finding().rule, "")]
    assert entry.order_ids == (FIRST,)


async def test_the_order_of_an_erased_buyer_stays_spent(store: Store) -> None:
    await relayed(store, "m1", orders=[FIRST])
    await in_doubt(store, "m2")
    await store.retention.erase(BUYER, by="ada")
    claim = await store.ledger.find(FIRST)
    assert claim is not None
    assert claim.state is ClaimState.CONFIRMED


async def test_a_doubt_of_an_erased_buyer_counts_as_sent(store: Store) -> None:
    await in_doubt(store, "m1", orders=[FIRST])
    await store.retention.erase(BUYER, by="ada")
    assert await state_of(store, "m1") is _S.RELAYED
    claim = await store.ledger.find(FIRST)
    assert claim is not None
    assert claim.state is ClaimState.CONFIRMED


async def test_a_spooled_mail_of_an_erased_buyer_never_goes_out(store: Store, clock: StillClock) -> None:
    await spooled(store)
    await store.retention.erase(BUYER, by="ada")
    assert not await store.spool.due(clock.now(), 5)


async def test_what_is_in_flight_is_left_and_said(store: Store) -> None:
    await opened(store)
    assert await store.retention.erase(BUYER, by="ada") == Erased(messages=0, captures=0, in_flight=1)
    assert await state_of(store, "m1") is _S.ATTEMPTING


async def test_other_buyers_are_left_alone(store: Store) -> None:
    await held(store)
    erased = await store.retention.erase(BUYER[1:], by="ada")
    assert erased == Erased(0, 0, 0)
    assert (await store.journal.find(M1)).buyers == (BUYER,)


async def test_the_trail_says_that_something_was_erased_but_not_whom(store: Store) -> None:
    await held(store)
    await store.retention.erase(BUYER, by="ada")
    [deed] = await store.audit.list()
    assert (deed.by, deed.what) == ("ada", "buyer.erased")
    assert BUYER not in str(deed)


async def test_a_mail_that_the_buyer_wrote_names_them_no_more(store: Store) -> None:
    arrived = replace(
        an_entry("m1", _S.HELD),
        session=Session("127.0.0.1", "mail.amazon.example", "ESMTP", inbound=True),
        envelope=Envelope(BUYER, (Recipient("team@shop.example"),)),
        sender=BUYER,
        buyers=(BUYER,),
    )
    await store.journal.open(arrived, raw=RAW)
    assert (await store.retention.erase(BUYER, by="ann")).messages == 1
    entry = await store.quarantine.show(M1)
    assert (entry.sender, entry.envelope.mail_from, entry.buyers) == (ERASED, ERASED, (ERASED,))
    assert entry.session.inbound
    assert entry.state is _S.REJECTED
