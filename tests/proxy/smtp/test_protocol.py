"""Sessions and mails over real connections: what is handed over, what is answered, what is bounded."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import pytest

from gatepost.model import AnswerKind, Envelope, MessageId, Recipient, Session
from kit.certificates import Authority
from kit.intake import NOBODY, House, begin_data, greeted, running
from kit.ports import until
from kit.smtp_client import Client, connected

MAIL = b"Subject: x\r\n\r\n..dots\r\n.\r\n"


async def send_mail(client: Client, octets: bytes = MAIL) -> int:
    await begin_data(client)
    client.send(octets)
    return (await client.hear()).code


# --- one mail ------------------------------------------------------------------------------------


async def test_a_mail_is_handed_over_as_it_was_given() -> None:
    async with running() as house, greeted(house) as client:
        await client.tell(
            "MAIL FROM:<a@example.com> BODY=8BITMIME", "RCPT TO:<b@example.org> NOTIFY=NEVER", "DATA"
        )
        client.send(MAIL)
        assert (await client.hear()).text == "250 2.0.0 Held for review new1"
    (message,) = house.messages
    assert message.raw == b"Subject: x\r\n\r\n.dots\r\n"
    assert message.session == Session(peer="127.0.0.1", helo="desk.example", protocol="ESMTP")
    expected = Envelope("a@example.com", (Recipient("b@example.org", notify="NEVER"),), body="8BITMIME")
    assert message.envelope == expected
    assert message.received_at.tzinfo is not None


@pytest.mark.parametrize(
    ("hello", "mail", "protocol"),
    [
        ("HELO x", "MAIL FROM:<a@example.com>", "SMTP"),
        ("EHLO x", "MAIL FROM:<a@example.com>", "ESMTP"),
        ("EHLO x", "MAIL FROM:<a@example.com> SMTPUTF8", "UTF8SMTP"),
    ],
)
async def test_the_session_names_its_protocol(hello: str, mail: str, protocol: str) -> None:
    async with running() as house, greeted(house, hello=False) as client:
        await client.tell(hello, mail, "RCPT TO:<b@example.org>", "DATA", "x\r\n.")
    assert house.messages[0].session.protocol == protocol


async def test_mails_follow_one_another_on_a_connection() -> None:
    async with running() as house, greeted(house) as client:
        assert [await send_mail(client) for _ in range(3)] == [250, 250, 250]
    assert [message.id for message in house.messages] == ["new1", "new2", "new3"]


async def test_an_empty_mail_is_answered() -> None:
    async with running() as house, greeted(house) as client:
        assert await send_mail(client, b".\r\n") == 250
    assert house.raw == [b""]


@pytest.mark.parametrize(
    ("octets", "start"),
    [
        (b"a\rb\r\n.\r\n", "550 5.6.11"),
        (b"a\0b\r\n.\r\n", "550 5.6.0"),
        (b"x" * 1001 + b"\r\n.\r\n", "500 5.5.2"),
        (b"x\r\n" * 2000 + b".\r\n", "552 5.3.4"),
    ],
)
async def test_a_mail_that_can_not_be_taken_is_refused_whole_and_the_next_works(
    octets: bytes, start: str
) -> None:
    limits = {"line_bytes": 1000, "message_bytes": 5000}
    async with running(limits=limits) as house, greeted(house) as client:
        await begin_data(client)
        client.send(octets)
        assert (await client.hear()).text.startswith(start)
        assert await send_mail(client) == 250
    assert house.raw == [b"Subject: x\r\n\r\n.dots\r\n"]
    assert house.intake.in_flight_bytes == 0


async def test_bare_line_feeds_are_mended_or_refused_as_configured() -> None:
    for how, code, raw in (("mend", 250, [b"a\r\nb\r\n"]), ("refuse", 550, [])):
        async with running(bare_line_feeds=how) as house, greeted(house) as client:
            assert await send_mail(client, b"a\nb\r\n.\r\n") == code
        assert house.raw == raw


# --- answers -------------------------------------------------------------------------------------


async def test_a_handler_that_fails_is_undecided_and_shows_nothing() -> None:
    async with running() as house, greeted(house) as client:
        house.error = RuntimeError("secret\r\n250 forged é")
        await begin_data(client)
        client.send(MAIL)
        assert (await client.hear()).text == "451 4.3.0 Could not be decided; try again later (new1)"
        house.error = None
        assert await send_mail(client) == 250
    assert [name for name, _ in house.failures] == ["message new1"]


async def test_a_handler_that_never_answers_is_undecided_in_the_end() -> None:
    async with running(times={"data_seconds": 0.5}) as house, greeted(house) as client:
        house.may_answer.clear()
        await begin_data(client)
        client.send(MAIL)
        assert (await client.hear()).code == 451


async def test_a_handler_cut_off_from_outside_is_undecided() -> None:
    async with running() as house, greeted(house) as client:
        house.may_answer.clear()
        await begin_data(client)
        client.send(MAIL)
        await house.began.wait()
        assert await house.tasks.drain(0) == 1
        assert (await client.hear()).code == 451


async def test_a_client_that_leaves_after_the_dot_cancels_nothing() -> None:
    async with running() as house:
        house.may_answer.clear()
        for leave in ("reset", "close"):
            house.began.clear()
            async with greeted(house) as client:
                await begin_data(client)
                client.send(MAIL)
                await house.began.wait()
                if leave == "reset":
                    client.reset()
        await until(lambda: house.intake.connections == 1)  # a close may be half a close: it waits
        assert (len(house.tasks), house.answered) == (2, 0)
        house.may_answer.set()
        await until(lambda: house.answered == 2 and house.intake.connections == 0)
    assert house.failures == []


async def test_a_client_that_only_listens_any_more_gets_its_answer() -> None:
    async with running() as house, greeted(house) as client:
        house.may_answer.clear()
        await begin_data(client)
        client.send(MAIL)
        client.half_close()
        await house.began.wait()
        house.may_answer.set()
        assert (await client.hear()).code == 250
        assert await client.is_closed()


@pytest.mark.parametrize("cut", [b"Subject: x\r\n", b"x\r\n.", b"x\r\n.\r"])
@pytest.mark.parametrize("how", ["close", "half-close", "reset"])
async def test_half_a_mail_is_no_mail(cut: bytes, how: str) -> None:
    async with running() as house:
        async with greeted(house) as client:
            await begin_data(client)
            await client.pour(cut)
            if how == "half-close":
                client.half_close()
                assert await client.is_closed()
            elif how == "reset":
                client.reset()
        await until(lambda: house.intake.connections + house.intake.in_flight_bytes == 0)
        assert house.messages == []


@pytest.mark.parametrize("kind", AnswerKind)
async def test_every_answer_is_one_reply(kind: AnswerKind) -> None:
    async with running() as house, greeted(house) as client:
        house.kind = kind
        await begin_data(client)
        client.send(MAIL, b"NOOP\r\n")
        assert "new1" in (await client.hear()).text
        assert (await client.hear()).text == "250 2.0.0 OK"


# --- troubles of ours ----------------------------------------------------------------------------


@pytest.mark.parametrize(("trouble", "start"), [("disk", "452 4.3.1"), ("store", "451 4.3.0")])
async def test_without_a_place_to_keep_it_no_mail_is_begun(trouble: str, start: str) -> None:
    async with running() as house, greeted(house) as client:
        house.trouble = trouble
        assert (await client.ask("MAIL FROM:<>")).text.startswith(start)
        house.trouble = None
        assert await send_mail(client) == 250


async def test_a_fault_in_a_command_ends_the_session_without_a_word_of_it() -> None:
    async with running() as house, greeted(house) as client:
        house.fault = RuntimeError("secret")
        reply = await client.ask("MAIL FROM:<>")
        assert (reply.text, await client.is_closed()) == ("421 4.3.0 Internal error; try again later", True)


async def test_mails_in_flight_have_so_much_memory_and_no_more() -> None:
    limits = {"in_flight_bytes": 3000, "message_bytes": 5000}
    async with running(limits=limits) as house, greeted(house) as first, greeted(house) as second:
        house.may_answer.clear()
        await begin_data(first)
        first.send(b"x" * 2000 + b"\r\n.\r\n")
        await house.began.wait()
        assert (await second.ask("MAIL FROM:<> SIZE=2000")).text.startswith("451 4.3.2")
        await begin_data(second)
        second.send(b"x" * 2000 + b"\r\n.\r\n")
        assert (await second.hear()).text.startswith("451 4.3.2")
        house.may_answer.set()
        assert (await first.hear()).code == 250
        assert await send_mail(second, b"x" * 2000 + b"\r\n.\r\n") == 250
        assert house.intake.in_flight_bytes == 0


async def test_a_mail_without_room_makes_room_for_another_at_once() -> None:
    limits = {"in_flight_bytes": 3000, "message_bytes": 5000}
    async with running(limits=limits) as house, greeted(house) as first, greeted(house) as second:
        await begin_data(first)
        await begin_data(second)
        await first.pour(b"x" * 2000)
        await until(lambda: house.intake.in_flight_bytes == 2000)
        await second.pour(b"x" * 2000)  # no room for it: dropped
        await first.pour(b"x" * 900 + b"\r\n.\r\n")
        assert (await first.hear()).code == 250
        second.send(b"\r\n.\r\n")
        assert (await second.hear()).text.startswith("451 4.3.2")
    assert house.raw == [b"x" * 2900 + b"\r\n"]


async def test_a_refused_mail_holds_no_memory_while_it_is_read_to_its_end() -> None:
    limits = {"in_flight_bytes": 3000, "message_bytes": 5000}
    async with running(limits=limits) as house, greeted(house) as first, greeted(house) as second:
        await begin_data(first)
        await first.pour(b"\0" * 2000)
        assert await second.tell("NOOP", "NOOP") == [250, 250]  # by now the first is read
        assert await send_mail(second, b"x" * 2500 + b"\r\n.\r\n") == 250
        first.send(b"\r\n.\r\n")
        assert (await first.hear()).code == 550


async def test_while_too_many_mails_are_handled_no_other_is_begun() -> None:
    house = House()
    house.tasks._limit = 1
    async with running(house=house), greeted(house) as first, greeted(house) as second:
        house.may_answer.clear()
        await begin_data(first)
        first.send(MAIL)
        await house.began.wait()
        assert await second.tell("MAIL FROM:<>", "RCPT TO:<b@example.org>", "DATA") == [250, 250, 451]
        house.may_answer.set()
        assert (await first.hear()).code == 250
        assert (await second.ask("DATA")).code == 354


# --- limits of a session -------------------------------------------------------------------------


async def test_recipients_have_a_limit_and_those_within_it_get_the_mail() -> None:
    async with running() as house, greeted(house) as client:
        client.send("MAIL FROM:<>\r\n", *(f"RCPT TO:<b{number}@example.org>\r\n" for number in range(150)))
        codes = [(await client.hear()).code for _ in range(151)]
        assert codes == [250] * 101 + [452] * 50
        await client.tell("DATA", "x\r\n.")
    assert len(house.messages[0].envelope.recipients) == 100


async def test_ten_thousand_recipients_end_the_session() -> None:
    async with running() as house, greeted(house) as client:
        client.send("MAIL FROM:<>\r\n", *(f"RCPT TO:<b{number}@example.org>\r\n" for number in range(10_000)))
        codes = [reply.code for reply in await client.everything()]
    assert (codes.count(250), codes[-1]) == (101, 421)
    assert set(codes[101:-1]) == {452}


async def test_junk_lines_end_the_session_at_the_limit() -> None:
    async with running() as house, greeted(house, hello=False) as client:
        client.send("junk\r\n" * 2000)
        codes = [reply.code for reply in await client.everything()]
    assert codes == [500] * 20 + [421]


async def test_noops_end_the_session_at_the_limit() -> None:
    async with running() as house, greeted(house, hello=False) as client:
        client.send("NOOP\r\n" * 2000)
        codes = [reply.code for reply in await client.everything()]
    assert codes == [250] * 100 + [421]


async def test_who_is_put_off_and_does_not_listen_is_let_go_at_the_limit() -> None:
    async with running() as house, greeted(house, hello=False) as client:
        house.trouble = "disk"
        client.send("EHLO a\r\n", "MAIL FROM:<>\r\n" * 2000)
        codes = [reply.code for reply in await client.everything()]
    assert codes == [250] + [452] * 100 + [421]


async def test_a_mail_forgives_errors_and_junk_before_it() -> None:
    limits = {"errors": 3, "junk_commands": 3}
    async with running(limits=limits) as house, greeted(house) as client:
        for _ in range(4):
            assert await client.tell("junk", "junk", "NOOP") == [500, 500, 250]
            assert await send_mail(client) == 250


async def test_a_connection_carries_so_many_mails() -> None:
    async with running(limits={"messages_per_connection": 2}) as house, greeted(house) as client:
        assert [await send_mail(client), await send_mail(client)] == [250, 250]
        assert (await client.ask("MAIL FROM:<>")).text.startswith("421 4.7.0")
        assert await client.is_closed()


async def test_a_command_line_has_a_limit() -> None:
    async with running() as house, greeted(house) as client:
        assert await client.tell("NOOP " + "x" * 2043, "NOOP " + "x" * 2044, "NOOP " + "x" * 20_000) == [
            250,
            500,
            500,
        ]
        assert await send_mail(client) == 250


@pytest.mark.parametrize("forbidden", ["EHLO a\r\n" * 200, "x\r\n" * 200, "HELP\r\n" * 200])
async def test_any_chatter_ends(forbidden: str) -> None:
    async with running() as house, greeted(house, hello=False) as client:
        client.send(forbidden)
        assert (await client.everything())[-1].code == 421


# --- who comes in --------------------------------------------------------------------------------

FORMS = [
    "<victim@example.org>",
    "<victim%example.org@gate.example>",
    "<victim%example.org@[127.0.0.1]>",
    "<victim%example.org>",
    "<@gate.example:victim@example.org>",
    "<@[127.0.0.1]:victim@example.org>",
    "<example.org!victim>",
    "<example.org!victim@gate.example>",
    '<"victim@example.org">',
    '<"victim%example.org"@gate.example>',
    '<"victim@example.org"@gate.example>',
    "<victim@example.org@gate.example>",
    "<gate.example!example.org!victim>",
    "victim@example.org",
    "<victim@[192.0.2.9]>",
    "<postmaster>",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("listener", [{}, {"auth_without_tls": True}])
async def test_a_stranger_relays_by_no_form_of_address(form: str, listener: dict[str, Any]) -> None:
    async with running(trusted=NOBODY, listener=listener) as house, greeted(house) as client:
        codes = await client.tell(
            "MAIL FROM:<a@gate.example>", f"RCPT TO:{form}", f"MAIL FROM:{form}", "DATA"
        )
    assert all(code in (503, 530, 554) for code in codes)


async def test_beyond_the_connections_of_an_address_there_is_421_for_it_alone() -> None:
    async with running(limits={"connections_per_address": 2}) as house, greeted(house), greeted(house):
        async with connected(house.port) as third:
            assert (
                await third.hear()
            ).text == "421 4.7.0 Too many connections from your address; try again later"
            assert await third.is_closed()
        async with greeted(house, source="127.0.0.9"):
            assert house.intake.connections == 3


async def test_beyond_all_connections_there_is_421_until_one_goes() -> None:
    async with running(limits={"connections": 2}) as house, greeted(house):
        async with greeted(house), connected(house.port) as third:
            assert (await third.hear()).text == "421 4.7.0 Too many connections; try again later"
            assert await third.is_closed()
        await until(lambda: house.intake.connections == 1)
        async with greeted(house):
            assert house.intake.connections == 2


async def test_strangers_may_connect_so_often_and_the_trusted_as_they_like() -> None:
    limits = {"connections_per_minute": 3}
    for trusted, codes in ((NOBODY, [220, 220, 220, 421, 421]), ("127.0.0.0/8", [220] * 5)):
        async with running(trusted=trusted, limits=limits) as house:
            heard = []
            for _ in codes:
                async with connected(house.port) as client:
                    heard.append((await client.hear()).code)
            assert heard == codes


PROXIED = {"proxy_protocol_from": ["127.0.0.0/8"]}
HEADERS = {
    "v1": b"PROXY TCP4 192.0.2.7 127.0.0.1 4096 25\r\n",
    "v2": b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes([192, 0, 2, 7, 127, 0, 0, 1, 16, 0, 0, 25]),
}


@pytest.mark.parametrize("version", HEADERS)
async def test_a_named_peer_speaks_for_its_client(version: str) -> None:
    async with running(trusted="192.0.2.7/32", listener=PROXIED) as house, connected(house.port) as client:
        client.send(HEADERS[version] + b"EHLO desk.example\r\n")
        assert [(await client.hear()).code, (await client.hear()).code] == [220, 250]
        assert await send_mail(client) == 250
    assert house.messages[0].session.peer == "192.0.2.7"


async def test_the_client_behind_a_proxy_is_not_trusted_for_the_proxys_sake() -> None:
    async with running(trusted="127.0.0.0/8", listener=PROXIED) as house, connected(house.port) as client:
        client.send(HEADERS["v1"])
        await client.hear()
        assert await client.tell("EHLO x", "MAIL FROM:<>") == [250, 554]


async def test_the_clients_behind_a_proxy_are_counted_each() -> None:
    async with (
        running(listener=PROXIED, limits={"connections_per_address": 1}) as house,
        connected(house.port) as first,
        connected(house.port) as same,
        connected(house.port) as other,
    ):
        first.send(HEADERS["v1"])
        assert (await first.hear()).code == 220
        same.send(HEADERS["v2"])
        assert (await same.hear()).code == 421
        other.send(HEADERS["v1"].replace(b"0.2.7", b"0.2.8"))
        assert (await other.hear()).code == 220


@pytest.mark.parametrize(
    "octets", [b"EHLO x\r\nMAIL FROM:<>\r\n", b"PROXY TCP4 nonsense\r\n", b"PROXY TCP4 1"]
)
async def test_a_named_peer_without_a_header_is_cut_off(octets: bytes) -> None:
    async with (
        running(listener=PROXIED, times={"reply_seconds": 0.05}) as house,
        connected(house.port) as client,
    ):
        client.send(octets)
        assert await client.is_closed()
        await until(lambda: house.intake.connections == 0)


@pytest.mark.parametrize("version", HEADERS)
async def test_a_stranger_can_not_forge_who_it_is(version: str) -> None:
    listener = {"proxy_protocol_from": ["192.0.2.0/24"]}
    async with (
        running(trusted="192.0.2.7/32", listener=listener) as house,
        greeted(house, hello=False) as client,
    ):
        client.send(HEADERS[version], b"\r\nEHLO x\r\nMAIL FROM:<>\r\nQUIT\r\n")
        codes = [reply.code for reply in await client.everything()]
    assert set(codes[:-3]) <= {500}
    assert codes[-3:] == [250, 554, 221]


async def test_a_proxy_header_comes_before_implicit_tls_and_stays_over_starttls(tmp_path: Any) -> None:
    authority = Authority(tmp_path)
    tls = ssl.create_default_context(cafile=str(authority.file))
    for mode in ("implicit", "starttls"):
        listener = {**PROXIED, "tls": mode}
        async with running(
            trusted="192.0.2.7/32", certificate=authority.server(), listener=listener
        ) as house:
            async with connected(house.port) as client:
                client.send(HEADERS["v2"])
                if mode == "starttls":
                    assert [(await client.hear()).code, *await client.tell("EHLO x", "STARTTLS")] == [
                        220,
                        250,
                        220,
                    ]
                await client.start_tls(tls)
                if mode == "implicit":
                    assert (await client.hear()).code == 220
                assert (await client.ask("EHLO x")).code == 250
                assert await send_mail(client) == 250
            assert house.messages[0].session.peer == "192.0.2.7"


async def test_connections_waiting_for_tls_are_counted_and_turned_away_without_a_word(tmp_path: Any) -> None:
    server = Authority(tmp_path).server()
    parts: dict[str, Any] = {"listener": {"tls": "implicit"}, "limits": {"connections": 1}}
    async with running(certificate=server, **parts) as house, connected(house.port):
        await until(lambda: house.intake.connections == 1)
        async with connected(house.port) as second:
            assert await second.is_closed()


async def test_many_clients_at_once_get_each_their_own_answer() -> None:
    async def one(house: House, number: int) -> str:
        async with greeted(house) as client:
            await begin_data(client, recipient=f"b{number}@example.org")
            client.send(f"{number}\r\n.\r\n")
            return (await client.hear()).text

    async with running(limits={"connections_per_address": 100}) as house:
        answers = await asyncio.gather(*(one(house, number) for number in range(60)))
    by_id = {message.id: message for message in house.messages}
    for number, answer in enumerate(answers):
        message = by_id[MessageId(answer.split()[-1])]
        assert (message.raw, message.envelope.rcpt_tos) == (b"%d\r\n" % number, (f"b{number}@example.org",))
