"""Places, rates, memory and disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.config.schema import SmtpLimits
from gatepost.smtp import replies
from gatepost.smtp.limits import Connections, InFlight, counted_as, disk_reserve, read_address


class Watch:
    """A stopwatch that stands still."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def connections(watch: Watch | None = None, **limits: int) -> Connections:
    return Connections(SmtpLimits(**limits), watch or Watch())


def test_beyond_the_places_nobody_enters_until_one_leaves() -> None:
    places = connections(connections=2)
    assert [places.enter(), places.enter(), places.enter()] == [None, None, replies.TOO_MANY_CONNECTIONS]
    places.leave()
    assert (places.enter(), places.open) == (None, 2)


def test_an_address_has_so_many_connections_and_others_have_theirs() -> None:
    places = connections(connections_per_address=2)
    answers = [places.admit(client, trusted=True) for client in ("a", "a", "a", "b")]
    assert answers == [None, None, replies.TOO_MANY_FROM_YOU, None]
    places.dismiss("a")
    assert places.admit("a", trusted=True) is None


def test_an_address_may_connect_so_often_in_a_minute() -> None:
    watch = Watch()
    places = connections(watch, connections_per_minute=3, connections_per_address=100)
    assert [places.admit("a", trusted=False) for _ in range(4)] == [None, None, None, replies.TOO_FAST]
    watch.seconds += 60
    assert places.admit("a", trusted=False) is None


def test_trusted_clients_have_no_rate() -> None:
    places = connections(connections_per_minute=1, connections_per_address=100)
    assert {places.admit("a", trusted=True) for _ in range(50)} == {None}


def test_the_table_of_rates_is_bounded() -> None:
    places = connections(connections_per_minute=1, connections=1_000_000)
    for number in range(10_050):
        places.admit(str(number), trusted=False)
    assert places.admit("0", trusted=False) is None  # forgotten
    assert places.admit("10049", trusted=False) is replies.TOO_FAST


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "None"),
    ],
)
def test_a_client_is_counted_by_what_it_holds(text: str, counted: str) -> None:
    assert counted_as(read_address(text)) == counted


def test_memory_is_taken_as_long_as_there_is_some() -> None:
    memory = InFlight(100)
    assert [memory.take(60), memory.take(60), memory.has_room(40)] == [True, False, True]
    memory.give_back(60)
    assert memory.take(100)


def test_a_low_disk_is_seen_and_looked_up_once_a_second() -> None:
    watch, free = Watch(), [1000, 2000]
    check = disk_reserve(
        Path("/"),
        SmtpLimits(free_disk_bytes=1500, message_bytes=1),
        now=watch,
        free_bytes=lambda _: free.pop(0),
    )
    assert [check(), check()] == ["disk", "disk"]
    watch.seconds += 1
    assert check() is None


def test_the_reserve_holds_the_largest_mail_and_a_half() -> None:
    limits = SmtpLimits(free_disk_bytes=0, message_bytes=1000)
    assert disk_reserve(Path("/"), limits, free_bytes=lambda _: 1499)() == "disk"
    assert disk_reserve(Path("/"), limits, free_bytes=lambda _: 1500)() is None


def test_the_free_space_of_a_real_folder_is_read(tmp_path: Path) -> None:
    assert disk_reserve(tmp_path, SmtpLimits(free_disk_bytes=1 << 60))() == "disk"
