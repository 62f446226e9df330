from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gatepost.cli.checkups.certificates import SOON, listener
from gatepost.cli.checkups.found import State
from gatepost.config.schema import Listener, ListenerTls
from kit.certificates import Authority, ServerCertificate

ENDS = datetime(2070, 1, 1, tzinfo=UTC)


@pytest.fixture
def server(tmp_path: Path) -> ServerCertificate:
    return Authority(tmp_path).server("mail.example.com")


def starttls(certificate: Path, key: Path) -> Listener:
    return Listener(address="127.0.0.1:0", tls=ListenerTls.STARTTLS, certificate=certificate, key=key)


@pytest.mark.parametrize(
    ("now", "state", "words"),
    [
        (datetime(2026, 11, 23, tzinfo=UTC), State.OK, "good until 2070-01-01 for mail.example.com"),
        (ENDS - SOON + timedelta(seconds=1), State.WARNING, "ends on 2070-01-01"),
        (ENDS, State.PROBLEM, "ended on 2070-01-01"),
        (datetime(2019, 1, 1, tzinfo=UTC), State.PROBLEM, "begins on 2020-01-01"),
    ],
    ids=["good", "soon", "ended", "not yet"],
)
def test_a_certificate_is_judged_by_the_day(
    now: datetime, state: State, words: str, server: ServerCertificate
) -> None:
    (found,) = listener(starttls(server.certificate, server.key), now)
    assert (found.state, found.found) == (state, words)


def test_a_key_of_another_certificate_is_a_problem(server: ServerCertificate, tmp_path: Path) -> None:
    other = Authority(tmp_path).server("mail.example.com")
    (found,) = listener(starttls(server.certificate, other.key))
    assert found.state is State.PROBLEM


def test_a_file_that_is_no_certificate_is_a_problem(server: ServerCertificate, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no certificate")
    (found,) = listener(starttls(tmp_path / "no.pem", server.key))
    assert (found.state, found.found.startswith("can't be used")) == (State.PROBLEM, True)


def test_a_listener_without_tls_has_nothing_to_examine() -> None:
    assert listener(Listener()) == []
