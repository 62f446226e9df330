"""Listening, stopping and the sockets of others."""

from __future__ import annotations

import asyncio
import socket

import pytest

from gatepost.config.schema import Smtp
from gatepost.errors import ConfigError
from gatepost.smtp.listen import Intake
from kit.intake import House, begin_data, greeted, running, smtp_config
from kit.ports import Counter, StillClock, until
from kit.smtp_client import connected


def intake(config: Smtp, *, share_port: bool = False) -> Intake:
    house = House()
    return Intake(
        config=config,
        hostname="gate.example",
        handle=house.handle,
        login=house.check,
        ready=house.ready,
        clock=StillClock(),
        new_id=Counter(),
        tasks=house.tasks,
        share_port=share_port,
    )


def config_at(*addresses: str) -> Smtp:
    return Smtp.model_validate({"listeners": [{"address": address} for address in addresses]})


async def test_each_listener_has_its_address() -> None:
    here = intake(config_at("127.0.0.1:0", "127.0.0.2:0"))
    await here.start()
    assert [host for host, _ in here.addresses()] == ["127.0.0.1", "127.0.0.2"]
    await here.drain(1)


async def test_two_processes_can_share_a_port_only_where_it_is_asked_for() -> None:
    first = intake(config_at("127.0.0.1:0"), share_port=True)
    await first.start()
    taken = f"127.0.0.1:{first.addresses()[0][1]}"
    second = intake(config_at(taken), share_port=True)
    await second.start()
    assert second.addresses() == first.addresses()
    with pytest.raises(OSError, match="in use"):
        await intake(config_at(taken)).start()
    for each in (first, second):
        await each.drain(1)


async def test_an_address_that_can_not_be_had_leaves_nothing_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        here = intake(config_at("127.0.0.1:0", f"127.0.0.1:{busy.getsockname()[1]}"))
        with pytest.raises(OSError, match="in use"):
            await here.start()
        assert here.addresses() == []


async def test_a_socket_that_was_opened_for_us_is_used() -> None:
    given = socket.create_server(("127.0.0.1", 0))
    port = given.getsockname()[1]
    here = intake(config_at("127.0.0.1:1"))
    await here.start([given])
    assert here.addresses() == [("127.0.0.1", port)]
    async with connected(port) as client:
        assert (await client.hear()).code == 220
    await here.drain(1)


async def test_a_certificate_that_can_not_be_read_is_a_fault_of_the_configuration(tmp_path: object) -> None:
    listener = {
        "address": "127.0.0.1:0",
        "tls": "implicit",
        "certificate": f"{tmp_path}/x",
        "key": f"{tmp_path}/y",
    }
    with pytest.raises(ConfigError, match="certificate"):
        intake(smtp_config(listener=listener))


async def test_a_stop_says_421_to_the_idle_and_takes_nobody_new() -> None:
    async with running() as house, greeted(house) as client:
        port = house.port
        drained = asyncio.ensure_future(house.intake.drain(5))
        assert (await client.hear()).text == "421 4.3.2 Shutting down; try again later"
        assert await client.is_closed()
        await client.close()
        await drained
        with pytest.raises(ConnectionError):
            async with connected(port):
                pass


async def test_a_stop_lets_a_mail_end_with_its_answer() -> None:
    async with running() as house, greeted(house) as handled, greeted(house) as gathering:
        house.may_answer.clear()
        await begin_data(handled)
        handled.send(b"x\r\n.\r\n")
        await begin_data(gathering)
        await gathering.pour(b"half\r\n")
        await house.began.wait()
        drained = asyncio.ensure_future(house.intake.drain(5))
        await asyncio.sleep(0)
        gathering.send(b"whole\r\n.\r\n")
        house.may_answer.set()
        for client in (handled, gathering):
            assert [reply.code for reply in await client.everything()] == [250, 421]
            await client.close()
        await drained
    assert sorted(house.raw) == [b"half\r\nwhole\r\n", b"x\r\n"]


async def test_what_does_not_end_in_time_is_cut_off_and_its_handling_goes_on() -> None:
    async with running() as house, greeted(house) as handled, greeted(house) as gathering:
        house.may_answer.clear()
        await begin_data(handled)
        handled.send(b"x\r\n.\r\n")
        await begin_data(gathering)
        await house.began.wait()
        await house.intake.drain(0.05)
        for client in (handled, gathering):
            assert [reply.code for reply in await client.everything()] == [421]
        await until(lambda: house.intake.connections == 0)
        assert (len(house.tasks), house.answered) == (1, 0)
        house.may_answer.set()
        await until(lambda: house.answered == 1)


async def test_a_stop_does_not_speak_after_the_last_word(capsys: pytest.CaptureFixture[str]) -> None:
    async with running() as house, greeted(house) as client:
        assert (await client.ask("QUIT")).code == 221
        await house.intake.drain(0)
        assert await client.is_closed()
    assert "failed" not in capsys.readouterr().out


async def test_a_stop_without_clients_is_quick() -> None:
    async with asyncio.timeout(1), running():
        pass
