from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gatepost.admin.brake import (
    ATTACK,
    MAX_KEYS,
    TRIES_PER_ADDRESS,
    TRIES_PER_PAIR,
    TRIES_UNDER_ATTACK,
    WINDOW,
    Brake,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def fail(brake: Brake, times: int, account: str = "admin", address: str = "192.0.2.1") -> None:
    for _ in range(times):
        brake.failed(account, address, NOW)


def test_a_few_wrong_passwords_are_forgiven() -> None:
    brake = Brake()
    fail(brake, TRIES_PER_PAIR - 1)

    assert brake.wait("admin", "192.0.2.1", NOW) is None


def test_an_address_that_keeps_failing_on_one_account_waits() -> None:
    brake = Brake()
    fail(brake, TRIES_PER_PAIR)

    assert brake.wait("admin", "192.0.2.1", NOW) == WINDOW


def test_the_owner_gets_in_from_elsewhere() -> None:
    brake = Brake()
    fail(brake, 500)

    assert brake.wait("admin", "192.0.2.2", NOW) is None


def test_an_address_that_tries_many_accounts_waits() -> None:
    brake = Brake()
    for number in range(TRIES_PER_ADDRESS):
        fail(brake, 1, account=f"user{number}")

    assert brake.wait("someone", "192.0.2.1", NOW) is not None


def test_the_wait_ends_with_the_window() -> None:
    brake = Brake()
    fail(brake, TRIES_PER_PAIR)

    assert brake.wait("admin", "192.0.2.1", NOW + WINDOW) is None


def test_under_attack_each_address_gets_fewer_tries_but_a_new_one_is_heard() -> None:
    brake = Brake()
    for number in range(ATTACK):
        fail(brake, 1, address=f"198.51.100.{number}")
    fail(brake, TRIES_UNDER_ATTACK, address="203.0.113.1")

    assert brake.wait("admin", "203.0.113.1", NOW) is not None
    assert brake.wait("admin", "203.0.113.2", NOW) is None


def test_success_takes_its_own_try_back() -> None:
    brake = Brake()
    for _ in range(TRIES_PER_ADDRESS * 2):
        brake.failed("admin", "192.0.2.1", NOW)
        brake.succeeded("admin", "192.0.2.1")

    assert brake.wait("admin", "192.0.2.1", NOW) is None


def test_an_ipv6_network_counts_as_one_address() -> None:
    brake = Brake()
    for number in range(TRIES_PER_PAIR):
        fail(brake, 1, address=f"2001:db8::{number:x}")

    assert brake.wait("admin", "2001:db8::ffff", NOW) is not None
    assert brake.wait("admin", "2001:db8:0:1::1", NOW) is None


def test_an_account_called_address_is_an_account() -> None:
    brake = Brake()
    fail(brake, TRIES_PER_PAIR, account="address")

    assert brake.wait("admin", "192.0.2.1", NOW) is None


def test_the_tables_are_bounded() -> None:
    brake = Brake()
    for number in range(MAX_KEYS):
        brake.failed(f"user{number}", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", NOW)

    assert len(brake._failures) == MAX_KEYS


def test_an_address_that_is_none_is_counted_too() -> None:
    brake = Brake()
    fail(brake, TRIES_PER_PAIR, address="unix")

    assert brake.wait("admin", "unix", NOW + timedelta(minutes=1)) is not None
