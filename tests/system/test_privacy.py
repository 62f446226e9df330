"""What a running gateway keeps to itself: files for its owner alone, no core, no password in any word."""

from __future__ import annotations

import asyncio
import base64
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.gateway import Gateway
from kit.loopback import free_port
from kit.smtp_client import connected
from kit.smtp_sink import Sink
from kit.submit import mail, submit

OFFER = "Your parcel is on its way. This week you get 20% off all our desk lamps.\r\n"
LARGE = "All about your order 112-1234567-1234567, line after line of it.\r\n" * 5_000
PASSWORD = "correct horse battery"
GUESS = "wrong pony staple"


def family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from family(int(child))


@pytest.mark.parametrize("workers", [1, 2])
async def test_no_process_writes_a_core_and_every_file_is_the_owners_alone(
    tmp_path: Path, workers: int
) -> None:
    var = tmp_path / "var"
    config = {
        "workers": workers,
        "store": {"path": str(var / "gatepost.db")},
        "smtp": {"listeners": [{"address": f"127.0.0.1:{free_port()}"}]},
    }
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port, config=config) as gateway:
        assert (await submit(gateway.port, mail(OFFER)))[0] == 250
        await submit(gateway.port, mail(LARGE, id="2"))  # has the child started
        processes = list(family(gateway.process.pid))
        limits = [Path(f"/proc/{pid}/limits").read_text() for pid in processes]
        files = {path: stat.S_IMODE(path.stat().st_mode) for path in (var, *var.rglob("*"))}
    assert len(processes) >= 2
    cores = [line.split()[4:6] for each in limits for line in each.splitlines() if "core file" in line]
    assert cores == [["0", "0"]] * len(processes)
    assert {path.name for path in files} >= {"gatepost.db", "gatepost.db-wal", "gatepost.db.reserve"}
    assert [str(path) for path, mode in files.items() if mode & 0o077] == []


async def test_no_password_that_a_client_says_is_in_any_word_of_the_gateway(tmp_path: Path) -> None:
    listener = {"address": "127.0.0.1:0", "auth_without_tls": True}
    smtp = {"listeners": [listener], "trusted_networks": [], "auth": {"delay_seconds": 0}}
    config = {"smtp": smtp, "log": {"level": "debug"}}
    said = ""
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port, config=config) as gateway:
        add = ("user", "add", "desk", "--role", "agent", "--password-stdin")
        status, out, error = await gateway.run(*add, input=PASSWORD.encode() + b"\n")
        assert status == 0, error
        for password, code in ((GUESS, 535), (PASSWORD, 235)):
            async with connected(gateway.port) as client:
                await client.hear()
                await client.ask("EHLO desk.example")
                heard = await client.ask(f"AUTH PLAIN {token(password)}")
                assert heard.code == code
                said += heard.text
        async with asyncio.timeout(10):
            while not gateway.told("login.refused"):
                await asyncio.sleep(0.02)
    said += out + error + str(gateway.events)
    secrets = (PASSWORD, GUESS, token(PASSWORD), token(GUESS))
    assert [secret for secret in secrets if secret in said] == []


def token(password: str) -> str:
    """What AUTH PLAIN carries."""
    return base64.b64encode(f"\0desk\0{password}".encode()).decode()
