from __future__ import annotations

from pathlib import Path

from gatepost.store import Store
from kit.command import command
from kit.desk import Desk


async def three_deeds(store: Store) -> None:
    for number in range(3):
        await store.audit.append(by="anna", what="test.done", subject=f"s{number}")


async def forge(store: Store) -> None:
    await store.db.write(lambda tx: tx.change("UPDATE audit SET by_whom = 'bob' WHERE seq = 2"))


def test_a_whole_trail_is_confirmed_with_its_head(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.do(three_deeds)
    done = command("audit", "verify", "--config", desk.file, "--json")
    assert (done.status, done.rows[0]["rows"], done.rows[0]["broken_at"]) == (0, 3, None)
    head = done.rows[0]["head"]
    assert command("audit", "verify", "--config", desk.file).out == (
        f"3 rows, each fits the one before; head {head}\n"
    )


def test_a_changed_row_is_found(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.do(three_deeds)
    desk.do(forge)
    done = command("audit", "verify", "--config", desk.file)
    assert (done.status, done.err) == (
        1,
        "gatepost: the trail is broken at row 2; the 1 rows before it fit\n",
    )
