"""Hello, TLS, login and the small commands, over real connections."""

from __future__ import annotations

import io
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog

from gatepost import events
from gatepost.config.schema import Smtp
from gatepost.errors import ConfigError
from gatepost.model import Credentials
from kit.certificates import Authority
from kit.intake import NOBODY, House, begin_data, greeted, running
from kit.smtp_client import Client, connected

RIGHT = b64encode(b"\0shop\0s3cret").decode()
WRONG = b64encode(b"\0shop\0guess").decode()


class Tls:
    """A server's certificate and a client that trusts it."""

    def __init__(self, folder: Path) -> None:
        authority = Authority(folder)
        self.server = authority.server()
        self.client = ssl.create_default_context(cafile=str(authority.file))


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return Tls(tmp_path)


@asynccontextmanager
async def strangers(**parts: Any) -> AsyncIterator[tuple[House, Client]]:
    """A client that nobody trusts, on a listener where it may log in in clear; it has said EHLO."""
    parts.setdefault("listener", {"auth_without_tls": True})
    async with running(trusted=NOBODY, **parts) as house, greeted(house) as client:
        yield house, client


async def keywords(client: Client) -> set[str]:
    return {line.split(" ")[0] for line in (await client.ask("EHLO desk.example")).words[1:]}


async def test_the_hello_lists_what_is_offered() -> None:
    async with running() as house, greeted(house) as client:
        offered = (await client.ask("EHLO desk.example")).words[1:]
    assert offered == (
        "SIZE 26214400",
        "8BITMIME",
        "SMTPUTF8",
        "PIPELINING",
        "ENHANCEDSTATUSCODES",
        "DSN",
        "HELP",
    )


@pytest.mark.parametrize("command", ["EHLO", "HELO", "EHLO a b", "EHLO " + "x" * 256, "EHLO a\x85b"])
async def test_a_hello_needs_one_name(command: str) -> None:
    async with running() as house, greeted(house, hello=False) as client:
        assert await client.tell(command, "MAIL FROM:<>") == [501, 503]


async def test_a_hello_forgets_the_mail_that_was_begun() -> None:
    async with running() as house, greeted(house) as client:
        assert await client.tell("MAIL FROM:<>", "EHLO again", "RCPT TO:<a@b.example>") == [250, 250, 503]


async def test_the_small_commands_answer() -> None:
    async with running() as house, greeted(house) as client:
        codes = await client.tell(
            "NOOP x", "VRFY a", "VRFY", "EXPN a", "HELP", "rset", "RSET x", "XCLIENT A=1", "bdat 1"
        )
        assert codes == [250, 252, 501, 502, 214, 250, 501, 550, 500]
        assert (await client.ask("QUIT x")).code == 501
        assert (await client.ask("quit")).code == 221
        assert await client.is_closed()


async def test_help_names_the_commands_there_are() -> None:
    async with running() as house, greeted(house) as client:
        names = (await client.ask("HELP")).text.partition(": ")[2].split()
        codes = await client.tell(*(name for name in names if name != "QUIT"))
    assert 500 not in codes


async def test_rset_forgets_the_mail() -> None:
    async with running() as house, greeted(house) as client:
        assert await client.tell("MAIL FROM:<>", "RSET", "RCPT TO:<a@b.example>") == [250, 250, 503]


# --- TLS -----------------------------------------------------------------------------------------


async def test_starttls_secures_the_session_and_forgets_all_that_was_said(tls: Tls) -> None:
    parts: dict[str, Any] = {"listener": {"tls": "starttls"}, "certificate": tls.server}
    async with running(**parts) as house, greeted(house) as client:
        assert "STARTTLS" in await keywords(client)
        assert await client.tell("MAIL FROM:<a@example.com>", "STARTTLS") == [250, 220]
        await client.start_tls(tls.client)
        assert await client.tell("RCPT TO:<b@example.com>", "MAIL FROM:<>") == [503, 503]
        assert not {"STARTTLS"} & await keywords(client)
        assert (await client.ask("STARTTLS")).code == 503
        await begin_data(client)
        assert (await client.ask("Subject: x\r\n\r\nbody\r\n.")).code == 250
    assert [message.session.protocol for message in house.messages] == ["ESMTPS"]


@pytest.mark.parametrize(
    "pieces", [["STARTTLS\r\nMAIL FROM:<evil@example.com>\r\n"], ["STARTTLS\r\nRSET\r\nNOOP"]]
)
async def test_what_is_sent_behind_starttls_in_clear_is_thrown_away(tls: Tls, pieces: list[str]) -> None:
    parts: dict[str, Any] = {"listener": {"tls": "starttls"}, "certificate": tls.server}
    async with running(**parts) as house, greeted(house) as client:
        client.send(*pieces)
        assert (await client.hear()).code == 220
        await client.start_tls(tls.client)
        assert (await client.ask("EHLO desk.example")).words[0] == "gate.example"
        assert (await client.ask("RCPT TO:<b@example.com>")).code == 503


async def test_what_is_thrown_away_behind_starttls_is_logged(tls: Tls) -> None:
    before, log = structlog.get_config(), io.StringIO()
    events.set_up(file=log)
    parts: dict[str, Any] = {"listener": {"tls": "starttls"}, "certificate": tls.server}
    try:
        async with running(**parts) as house, greeted(house) as client:
            client.send("STARTTLS\r\nMAIL FROM:<evil@example.com>\r\n")
            assert (await client.hear()).code == 220
            await client.start_tls(tls.client)
            await client.ask("EHLO desk.example")
    finally:
        structlog.configure(**before)
    assert '"octets": 30, "event": "session.injected"' in log.getvalue()
    assert "evil" not in log.getvalue()
    assert "failed" not in log.getvalue()


async def test_a_failed_handshake_ends_the_connection_and_gives_its_place_back(tls: Tls) -> None:
    parts: dict[str, Any] = {"listener": {"tls": "starttls"}, "certificate": tls.server}
    async with running(**parts) as house, greeted(house) as client:
        assert (await client.ask("STARTTLS")).code == 220
        client.send("this is no TLS at all\r\n")
        assert await client.is_closed()
        async with greeted(house):
            assert house.intake.connections == 1


async def test_without_a_certificate_there_is_no_starttls() -> None:
    async with running() as house, greeted(house) as client:
        assert (await client.ask("STARTTLS")).code == 502


async def test_login_works_under_implicit_tls(tls: Tls) -> None:
    parts: dict[str, Any] = {"listener": {"tls": "implicit"}, "certificate": tls.server}
    async with running(trusted=NOBODY, **parts) as house, connected(house.port, tls=tls.client) as client:
        assert (await client.hear()).code == 220
        assert await keywords(client) >= {"AUTH"}
        assert await client.tell(f"AUTH PLAIN {RIGHT}") == [235]
        await begin_data(client)
        assert (await client.ask("x\r\n.")).code == 250
    assert (house.messages[0].session.protocol, house.messages[0].session.account) == ("ESMTPSA", "shop")


async def test_a_new_certificate_serves_new_connections(tls: Tls, tmp_path: Path) -> None:
    parts: dict[str, Any] = {"listener": {"tls": "implicit"}, "certificate": tls.server}
    async with running(**parts) as house:
        (tmp_path / "other").mkdir()
        other = Tls(tmp_path / "other")
        for new, old in (
            (other.server.certificate, tls.server.certificate),
            (other.server.key, tls.server.key),
        ):
            old.write_bytes(new.read_bytes())
        house.intake.reload_tls()
        async with connected(house.port, tls=other.client) as client:
            assert (await client.hear()).code == 220


async def test_a_certificate_that_can_not_be_read_leaves_all_the_old_ones(tls: Tls, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Tls(tmp_path / "other")
    listeners = [
        {
            "address": "127.0.0.1:0",
            "tls": "implicit",
            "certificate": each.server.certificate,
            "key": each.server.key,
        }
        for each in (tls, other)
    ]
    async with running(Smtp.model_validate({"listeners": listeners})) as house:
        tls.server.certificate.write_bytes(other.server.certificate.read_bytes())
        tls.server.key.write_bytes(other.server.key.read_bytes())
        other.server.certificate.write_text("nonsense")
        with pytest.raises(ConfigError):
            house.intake.reload_tls()
        for (_, port), each in zip(house.intake.addresses(), (tls, other), strict=True):
            async with connected(port, tls=each.client) as client:
                assert (await client.hear()).code == 220


# --- login ---------------------------------------------------------------------------------------


async def test_in_clear_login_is_neither_offered_nor_taken() -> None:
    async with strangers(listener={}) as (house, client):
        assert "AUTH" not in await keywords(client)
        assert (await client.ask(f"AUTH PLAIN {RIGHT}")).code == 538
    assert house.asked == []


async def test_before_starttls_login_is_neither_offered_nor_taken(tls: Tls) -> None:
    async with strangers(listener={"tls": "starttls"}, certificate=tls.server) as (_, client):
        assert "AUTH" not in await keywords(client)
        assert await client.tell(f"AUTH PLAIN {RIGHT}", "MAIL FROM:<>") == [538, 530]
        await client.ask("STARTTLS")
        await client.start_tls(tls.client)
        assert "AUTH" in await keywords(client)
        assert await client.tell("MAIL FROM:<>", f"AUTH PLAIN {RIGHT}", "MAIL FROM:<>") == [530, 235, 250]


@pytest.mark.parametrize(
    "dialogue",
    [
        [f"AUTH PLAIN {RIGHT}"],
        [f"auth plain {RIGHT}"],
        ["AUTH PLAIN", RIGHT],
        ["AUTH LOGIN", "c2hvcA==", "czNjcmV0"],
        ["AUTH Login c2hvcA==", "czNjcmV0"],
    ],
)
async def test_each_way_to_log_in_works(dialogue: list[str]) -> None:
    async with strangers() as (_, client):
        codes = await client.tell(
            "MAIL FROM:<>", *dialogue, "MAIL FROM:<a@example.com>", "RSET", f"AUTH PLAIN {RIGHT}"
        )
    assert codes == [530, *[334] * (len(dialogue) - 1), 235, 250, 250, 503]


BAD_LOGINS: dict[str, tuple[list[str | bytes], int]] = {
    "nothing": (["AUTH"], 501),
    "unknown mechanism": (["AUTH CRAM-MD5"], 504),
    "bad base64": (["AUTH PLAIN !!!"], 501),
    "cancelled": (["AUTH PLAIN", "*"], 501),
    "cancelled at the password": (["AUTH LOGIN", "c2hvcA==", "*"], 501),
    "not utf-8": (["AUTH PLAIN /////w=="], 501),
    "no nul": (["AUTH PLAIN c2hvcA=="], 501),
    "only nul": (["AUTH PLAIN AAAA"], 501),
    "empty": (["AUTH PLAIN ="], 501),
    "words": (["AUTH PLAIN a b"], 501),
    "raw octets": (["AUTH PLAIN", b"\xff\xfe\x00"], 501),
    "12,288 octets": (["AUTH PLAIN", "A" * 12_286], 501),
    "20,000 octets": (["AUTH PLAIN " + "A" * 20_000], 500),
    "20,000 octets later": (["AUTH LOGIN", "A" * 20_000], 500),
    "wrong": ([f"AUTH PLAIN {WRONG}"], 535),
    "somebody else": (
        [f"AUTH PLAIN {b64encode(b'boss' + bytes(1) + b'shop' + bytes(1) + b's3cret').decode()}"],
        535,
    ),
}


@pytest.mark.parametrize("name", BAD_LOGINS)
async def test_a_bad_login_gets_5xx_and_leaves_no_trace(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dialogue, code = BAD_LOGINS[name]
    async with strangers() as (_, client):
        codes = [(await client.ask(line)).code for line in dialogue]
        assert codes == [*[334] * (len(dialogue) - 1), code]
        assert await client.tell("NOOP", "MAIL FROM:<>", f"AUTH PLAIN {RIGHT}") == [250, 530, 235]
    logged = capsys.readouterr().out
    assert not any(secret in logged for secret in ("s3cret", "guess", "AAAA", "shop"))


async def test_an_unknown_user_and_a_wrong_password_read_the_same() -> None:
    async with strangers() as (_, client):
        wrong = await client.ask(f"AUTH PLAIN {WRONG}")
        unknown = await client.ask(f"AUTH PLAIN {b64encode(bytes(1) + b'nobody' + bytes(1) + b'x').decode()}")
        assert wrong == unknown


async def test_guessing_on_one_connection_ends_it() -> None:
    async with strangers(auth={"failures_per_connection": 3}) as (house, client):
        client.send(f"AUTH PLAIN {WRONG}\r\n" * 30)
        assert [reply.code for reply in await client.everything()] == [535, 535, 535, 421]
    assert len(house.asked) == 3


async def test_guessing_goes_on_to_count_over_connections() -> None:
    async with strangers(auth={"failures_per_address": 2}) as (house, client):
        assert await client.tell(f"AUTH PLAIN {WRONG}", f"AUTH PLAIN {WRONG}") == [535, 535]
        async with greeted(house) as again:
            assert await again.tell(f"AUTH PLAIN {RIGHT}") == [454]


async def test_a_store_that_fails_is_not_a_wrong_password() -> None:
    async with strangers() as (house, client):
        house.error = OSError("secret path")
        reply = await client.ask(f"AUTH PLAIN {RIGHT}")
        assert (reply.code, "secret" in reply.text) == (454, False)


async def test_login_needs_ehlo_and_no_mail_under_way() -> None:
    async with running(listener={"auth_without_tls": True}) as house, greeted(house, hello=False) as client:
        codes = await client.tell(
            f"AUTH PLAIN {RIGHT}", "HELO x", f"AUTH PLAIN {RIGHT}", "EHLO x", "MAIL FROM:<>"
        )
        assert codes == [503, 250, 503, 250, 250]
        assert (await client.ask(f"AUTH PLAIN {RIGHT}")).code == 503


@pytest.mark.parametrize("keep", [True, False])
async def test_a_clients_login_goes_on_only_where_the_relay_wants_it(keep: bool) -> None:
    parts: dict[str, Any] = {"listener": {"auth_without_tls": True}, "keep_credentials": keep}
    async with strangers(**parts) as (house, client):
        await client.tell(f"AUTH PLAIN {RIGHT}")
        await begin_data(client)
        await client.ask("x\r\n.")
    assert house.messages[0].session.credentials == (Credentials("shop", "s3cret") if keep else None)
    assert "s3cret" not in repr(house.messages)
