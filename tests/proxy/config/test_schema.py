from __future__ import annotations

import pytest
from pydantic import ValidationError

from gatepost.config.schema import (
    Config,
    Delivery,
    Listener,
    ListenerTls,
    OnRelayFailure,
    Relay,
    RelayAuth,
    RelayTls,
    Smtp,
    Store,
    is_loopback,
)


def test_a_listener_with_tls_needs_its_certificate() -> None:
    with pytest.raises(ValidationError, match="tls: starttls needs certificate and key"):
        Listener(tls=ListenerTls.STARTTLS)


@pytest.mark.parametrize(
    "name", ["a b", "mail.example.com.", "münchen.example", "a..b", "-a", "x\r\ny", "a" * 64]
)
def test_a_host_name_is_one_that_smtp_can_say(name: str) -> None:
    with pytest.raises(ValidationError, match="expected a host name"):
        Smtp(hostname=name)


@pytest.mark.parametrize(
    "name", ["", "localhost", "mail.example.com", "xn--mnchen-3ya.example", "gate_1.lan"]
)
def test_a_host_name_may_be_any_of_these(name: str) -> None:
    assert Smtp(hostname=name).hostname == name


def test_there_is_at_least_one_listener() -> None:
    with pytest.raises(ValidationError, match="listeners"):
        Smtp(listeners=())


@pytest.mark.parametrize("auth", [RelayAuth.OWN, RelayAuth.CLIENT])
def test_a_password_never_goes_to_another_machine_in_clear(auth: RelayAuth) -> None:
    with pytest.raises(ValidationError, match="in clear"):
        Relay(host="mail.example.com", tls=RelayTls.NONE, auth=auth, username="u")
    assert Relay(host="localhost", tls=RelayTls.NONE, auth=auth, username="u").auth is auth


def test_a_login_of_our_own_needs_a_name() -> None:
    with pytest.raises(ValidationError, match="needs username"):
        Relay(host="mail.example.com", auth=RelayAuth.OWN)


def test_mail_under_a_clients_login_is_never_spooled() -> None:
    relay = Relay(host="mail.example.com", auth=RelayAuth.CLIENT)
    with pytest.raises(ValidationError, match="nothing can be retried"):
        Config(relay=relay)
    assert Config(relay=relay, delivery=Delivery(on_relay_failure=OnRelayFailure.DEFER)).relay == relay


def test_a_configuration_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Config().workers = 2


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("[::1]", True), ("LocalHost", True), ("10.0.0.1", False), ("mail.example", False)],
)
def test_this_machine_is_known_by_its_names(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "postgresql://gatepost@db.example:5433/mail?sslmode=verify-full",
        "postgres:///mail?host=/run/postgresql",
    ],
)
def test_a_database_has_a_url(url: str) -> None:
    assert Store(database_url=url).database_url == url


@pytest.mark.parametrize("url", ["mysql://db.example/mail", "db.example", "host=db.example"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="expected postgresql://"):
        Store(database_url=url)


@pytest.mark.parametrize(
    "url", ["postgresql://me:hunter2@db.example/mail", "postgresql://db.example/mail?password=hunter2"]
)
def test_a_database_s_password_never_stands_in_its_url(url: str) -> None:
    with pytest.raises(ValidationError, match="GATEPOST_STORE_DATABASE_PASSWORD") as caught:
        Store(database_url=url)
    assert "hunter2" not in str(caught.value)
