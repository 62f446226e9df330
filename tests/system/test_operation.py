"""The service as an operator sees it: workers, reload, starts that must fail, a locked store, secrets."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from kit.gateway import Gateway
from kit.loopback import free_port
from kit.messages import BUYER
from kit.smtp_sink import Sink
from kit.submit import mail, submit

SHOP_LINK = "The manual of the lamp is in our shop: www.lamp-shop.com/manual\r\n"
REVIEW = "Thank you for order 112-1234567-1234567. Please leave a review of the lamp on Amazon.\r\n"


async def test_several_workers_share_the_port_and_the_ledger(tmp_path: Path) -> None:
    config = {"workers": 2, "smtp": {"listeners": [{"address": f"127.0.0.1:{free_port()}"}]}}
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port, config=config) as gateway:
        mails = [mail(REVIEW + f"Number {n}.\r\n", id=f"r{n}") for n in range(30)]
        answers = await asyncio.gather(*(submit(gateway.port, each) for each in mails))
        assert sorted(code for code, _ in answers) == [250] + [550] * 29
        assert len(sink.received) == 1
        assert await gateway.stop() == 0


async def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    config = {"workers": 2, "smtp": {"listeners": [{"address": f"127.0.0.1:{free_port()}"}]}}
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port, config=config) as gateway:
        children = Path(f"/proc/{gateway.process.pid}/task/{gateway.process.pid}/children")
        async with asyncio.timeout(30):
            while not gateway.told("workers.started"):
                await asyncio.sleep(0.05)
        os.kill(int(children.read_text().split()[1]), signal.SIGKILL)
        async with asyncio.timeout(30):
            while not gateway.told("worker.died"):
                await asyncio.sleep(0.05)
        assert (await submit(gateway.port, mail()))[0] == 250


async def test_sighup_takes_new_rules_and_keeps_the_old_when_they_are_wrong(tmp_path: Path) -> None:
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port) as gateway:
        assert (await submit(gateway.port, mail(SHOP_LINK)))[0] == 550
        gateway.config = {"policy": {"modes": {"external-link": "shadow"}}}
        gateway.write_config()
        await reload(gateway, "gateway.reloaded")
        assert (await submit(gateway.port, mail(SHOP_LINK)))[0] == 250
        gateway.config = {"policy": {"modes": {"no-such-rule": "off"}}}
        gateway.write_config()
        await reload(gateway, "reload.refused")
        assert (await submit(gateway.port, mail(SHOP_LINK + "Again.\r\n", id="2")))[0] == 250


async def reload(gateway: Gateway, event: str) -> None:
    gateway.process.send_signal(signal.SIGHUP)
    async with asyncio.timeout(20):
        while not gateway.told(event):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        pytest.param({"smtp": {"listners": []}}, "listeners", id="mistyped key"),
        pytest.param({"policy": {"edition": "amazon-1999"}}, "amazon-1999", id="unknown edition"),
        pytest.param(
            {"store": {"path": "/proc/none/gatepost.db"}}, "/proc/none", id="no place for the store"
        ),
    ],
)
async def test_a_gateway_that_can_not_work_does_not_start(
    tmp_path: Path, config: dict[str, object], words: str
) -> None:
    gateway = Gateway(tmp_path, config=config)
    gateway.write_config()
    status, _, error = await gateway.run("serve")
    assert status == 2
    assert words in error
    assert "Traceback" not in error


async def test_an_address_in_use_is_said_plainly(tmp_path: Path) -> None:
    async with Sink() as sink:
        config = {"smtp": {"listeners": [{"address": f"127.0.0.1:{sink.port}"}]}}
        gateway = Gateway(tmp_path, config=config)
        gateway.write_config()
        status, _, error = await gateway.run("serve")
    assert status == 2
    assert str(sink.port) in error


async def test_a_locked_store_gives_451_and_recovers_without_a_restart(tmp_path: Path) -> None:
    import sqlite3

    config = {"store": {"busy_seconds": 0.3}}
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port, config=config) as gateway:
        with sqlite3.connect(tmp_path / "gatepost.db", isolation_level=None) as outside:
            outside.execute("BEGIN EXCLUSIVE")
            code, text = await submit(gateway.port, mail())
            assert (code, text[:5], sink.received) == (451, "4.3.0", [])
            outside.execute("ROLLBACK")
        outside.close()
        async with asyncio.timeout(20):
            while (await submit(gateway.port, mail()))[0] != 250:
                await asyncio.sleep(0.1)
        assert [each.rcpt_tos for each in sink.received] == [(BUYER,)]


async def test_secrets_are_in_no_log_and_no_report(tmp_path: Path) -> None:
    secret = "hunter2-hunter2"
    config = {
        "relay": {"auth": "own", "username": "shop", "password_file": str(tmp_path / "password")},
        "log": {"level": "debug"},
    }
    (tmp_path / "password").write_text(secret)
    (tmp_path / "password").chmod(0o600)
    async with (
        Sink(login=("shop", secret)) as sink,
        Gateway(tmp_path, relay=sink.port, config=config) as gateway,
    ):
        assert (await submit(gateway.port, mail()))[0] == 250
        assert sink.received[0].login == "shop"
        _, out, error = await gateway.run("config", "check")
    assert secret not in out + error + str(gateway.events)
