"""Real relays behind the gateway: what leaves them is what the client sent, byte for byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kit.certificates import Authority
from kit.gateway import Gateway
from kit.loopback import free_port
from kit.messages import BUYER, SELLER
from kit.mtas import exim, postfix
from kit.smtp_sink import Received, Sink
from kit.submit import mail, submit

BODY = (
    "Guten Tag, danke für Ihre Frage zu Bestellung 112-1234567-1234567: die Lampe braucht E27 – bis 60 W.\r\n"
    ".\r\n..\r\n.dots\r\n" + "sehr " * 180 + "\r\n"
)
AFTER_FILTER = """
127.0.0.1:{after} inet n - n - - smtpd
  -o smtpd_authorized_xforward_hosts=127.0.0.0/8
  -o smtpd_proxy_filter=
"""


async def first(sink: Sink) -> Received:
    async with asyncio.timeout(30):
        while not sink.received:
            await asyncio.sleep(0.05)
    return sink.received[0]


@asynccontextmanager
async def before(port: int, folder: Path, **relay: object) -> AsyncIterator[Gateway]:
    folder.mkdir()
    relay = {"host": "localhost", "port": port, "tls": "none", **relay}
    async with Gateway(folder, config={"relay": relay}) as gateway:
        yield gateway


@pytest.mark.peer
async def test_postfix_takes_it_over_verified_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with Sink() as sink, postfix(sink=sink.port, tls=authority.server()) as port:
        async with before(port, tmp_path / "gate", tls="starttls", ca_file=str(authority.file)) as gateway:
            code, text = await submit(gateway.port, mail(BODY))
        received = await first(sink)
    assert (code, "queued as" in text) == (250, True)
    assert (received.mail_from, received.rcpt_tos) == (SELLER, (BUYER,))
    assert received.raw.endswith(mail(BODY))


@pytest.mark.peer
async def test_exim_takes_it(tmp_path: Path) -> None:
    async with Sink() as sink, exim(sink=sink.port) as port:
        async with before(port, tmp_path / "gate") as gateway:
            code, _ = await submit(gateway.port, mail(BODY))
        received = await first(sink)
    assert code == 250
    assert received.raw.endswith(mail(BODY).partition(b"From: Shop")[2])


@pytest.mark.peer
async def test_a_certificate_of_someone_else_is_not_spoken_to(tmp_path: Path) -> None:
    mine, other = tmp_path / "a", tmp_path / "b"
    mine.mkdir()
    other.mkdir()
    server = Authority(other).server()
    async with Sink() as sink, postfix(sink=sink.port, tls=server) as port:
        ca = str(Authority(mine).file)
        async with before(port, tmp_path / "gate", tls="starttls", ca_file=ca) as gateway:
            code, text = await submit(gateway.port, mail(BODY))
            assert (code, text.startswith("2.0.0 Stored")) == (250, True)
            assert sink.received == []


@pytest.mark.peer
async def test_as_a_postfix_before_queue_filter(tmp_path: Path) -> None:
    """Postfix takes the mail from the client, has it judged, and queues only what came back."""
    gate, after = free_port(), free_port()
    options = f"\n  -o smtpd_proxy_filter=127.0.0.1:{gate}\n  -o smtpd_client_connection_count_limit=10"
    more = AFTER_FILTER.format(after=after)
    (tmp_path / "gate").mkdir()
    config = {
        "smtp": {"listeners": [{"address": f"127.0.0.1:{gate}"}]},
        "relay": {"host": "127.0.0.1", "port": after, "tls": "none"},
    }
    async with (
        Sink() as sink,
        postfix(sink=sink.port, options=options, more=more) as port,
        Gateway(tmp_path / "gate", config=config),
    ):
        code, _ = await submit(port, mail(BODY))
        refused, text = await submit(port, mail("See www.lamp-shop.com for more.\r\n", id="2"))
        received = await first(sink)
    assert (code, refused) == (250, 550)
    assert "lamp-shop.com" in text
    assert received.raw.endswith(mail(BODY))
    assert len(sink.received) == 1
