"""Three gateways on one PostgreSQL: killed in turn, robbed of their database, asked the same at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from kit.gateway import Gateway
from kit.nodes import LEASE_SECONDS, NodeCampaign, Outages
from kit.postgres import Server, Standby
from kit.smtp_sink import Say, Sink, Step
from kit.submit import mail, submit
from kit.workers import WorkerCampaign

KILLS = 14
REVIEW = "Thank you for order 112-1234567-1234567. Please leave a review of the lamp on Amazon.\r\n"
OFFER = "Order 112-1234567-1234567: this week you get 20% off all our desk lamps, use code LAMP20.\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that syncs, as one in earnest does."""
    with Server(safe=True) as made:
        yield made


@pytest.mark.parametrize("seed", [1])
async def test_three_nodes_killed_in_turn_lose_and_double_nothing(
    tmp_path: Path, server: Server, seed: int
) -> None:
    campaign = NodeCampaign(tmp_path, server, kills=KILLS, seed=seed)
    totals = await campaign.run()
    print(totals.line(seed))
    assert totals.broken() == []
    assert sum(totals.kills.values()) == KILLS
    assert totals.acknowledged > KILLS


async def test_workers_killed_in_turn_lose_and_double_nothing(tmp_path: Path) -> None:
    totals = await WorkerCampaign(tmp_path, kills=6, seed=3).run()
    print(totals.line(3))
    assert totals.broken() == []
    assert totals.acknowledged > 0


async def test_a_database_that_stops_and_dies_costs_no_mail(tmp_path: Path, server: Server) -> None:
    campaign = NodeCampaign(tmp_path, server, kills=4, seed=7)
    outages = asyncio.ensure_future(Outages(campaign, times=4, seconds=0.5).run())
    totals = await campaign.run()
    await outages
    print(totals.line(7), campaign.answers)
    assert totals.broken() == []


def gateway(folder: Path, number: int, url: str, relay: int) -> Gateway:
    """One of the nodes, as an operator runs it."""
    own = folder / f"node{number}"
    own.mkdir()
    return Gateway(
        own, relay=relay, config={"store": {"database_url": url, "node_lease_seconds": LEASE_SECONDS}}
    )


async def test_a_failover_to_a_synchronous_standby_costs_no_mail(tmp_path: Path) -> None:
    with Server(safe=True) as first:
        url = first.new()
        with Standby(first) as second:
            folders = f"host={first.folder},{second.folder}"
            url = url.replace(f"host={first.folder}&port=5432", f"{folders}&port=5432,5432")
            campaign = NodeCampaign(tmp_path, first, kills=3, seed=5, url=url)

            async def fail_over() -> None:
                async with asyncio.timeout(60):
                    while len(campaign.sink.received) < 20:
                        await asyncio.sleep(0.05)
                await asyncio.to_thread(first.kill)
                await asyncio.sleep(0.5)
                await asyncio.to_thread(second.promote)

            failing = asyncio.ensure_future(fail_over())
            totals = await campaign.run()
            await failing
    print(totals.line(5), campaign.answers)
    assert totals.broken() == []
    assert totals.delivered > 20


async def test_of_two_hundred_requests_over_three_nodes_one_goes_out(tmp_path: Path, server: Server) -> None:
    url = server.new()
    async with Sink() as sink, AsyncExitStack() as stack:
        nodes = [await stack.enter_async_context(gateway(tmp_path, n, url, sink.port)) for n in range(3)]
        mails = [mail(REVIEW + f"Number {n}.\r\n", id=f"r{n}") for n in range(200)]
        answers = await asyncio.gather(
            *(submit(nodes[number % 3].port, each) for number, each in enumerate(mails))
        )
        assert sorted(code for code, _ in answers) == [250] + [550] * 199
        assert len(sink.received) == 1


async def test_the_mail_of_a_node_that_never_comes_back_is_the_others_to_finish(
    tmp_path: Path, server: Server
) -> None:
    url = server.new()
    async with Sink() as sink, AsyncExitStack() as stack:
        lost, left = [await stack.enter_async_context(gateway(tmp_path, n, url, sink.port)) for n in range(2)]
        sink.script[Step.MAIL] = Say("451 4.3.0 not now")
        assert (await submit(lost.port, mail(id="spooled")))[0] == 250
        assert (await submit(lost.port, mail(OFFER, id="held")))[0] == 250
        await lost.kill()
        sink.script.clear()
        async with asyncio.timeout(30):
            while not sink.received:
                await asyncio.sleep(0.05)
        (held,) = await left.json("quarantine", "list")
        status, _, error = await left.run("quarantine", "release", held["id"])
        assert (status, error) == (0, "")
        assert len(sink.received) == 2
        assert {b"<spooled@" in each.raw for each in sink.received} == {True, False}


async def test_every_command_works_on_the_server(tmp_path: Path, server: Server) -> None:
    url, secret = server.new(), "hunter2-hunter2"
    async with Sink() as sink:
        node = gateway(tmp_path, 0, url, sink.port)
        node.environ = {"GATEPOST_STORE_DATABASE_PASSWORD": secret}
        async with node:
            assert (await submit(node.port, mail(REVIEW)))[0] == 250
            assert (await submit(node.port, mail(OFFER, id="2")))[0] == 250
            (held,) = await node.json("quarantine", "list")
            assert (await node.run("quarantine", "show", held["id"]))[0] == 0
            assert (await node.run("quarantine", "reject", held["id"], "--note", "no"))[0] == 0
            (claim,) = await node.json("reviews", "list")
            assert claim["state"] == "confirmed"
            reason = ("--reason", "lost in the post")
            assert (await node.run("reviews", "grant", claim["order_id"], *reason))[0] == 0
            added = await node.run("user", "add", "ada", "--password-stdin", input=b"correct horse battery")
            assert added[0] == 0
            assert [user["name"] for user in await node.json("user", "list")] == ["ada"]
            status, said, _ = await node.run("config", "check")
            assert status == 0
            assert url in said
            found = [json.loads(line) for line in (await node.run("doctor", "--json"))[1].splitlines()]
            stores = [each["found"] for each in found if each["check"] == "store"]
            assert "1 nodes" in stores[0]
            told = said + str(found) + str(node.events)
        assert secret not in told


async def test_a_node_is_ready_while_its_server_answers(tmp_path: Path, server: Server) -> None:
    async with Sink() as sink, gateway(tmp_path, 0, server.new(), sink.port) as node:
        assert await asyncio.to_thread(status_of, f"{node.site}/readyz") == 200
        server.stop()
        try:
            assert await asyncio.to_thread(status_of, f"{node.site}/readyz") == 503
            assert (await submit(node.port, mail()))[0] in (451, 452)
        finally:
            server.start()
        async with asyncio.timeout(30):
            while (await submit(node.port, mail()))[0] != 250:
                await asyncio.sleep(0.1)
        assert await asyncio.to_thread(status_of, f"{node.site}/readyz") == 200
        assert len(sink.received) == 1


def status_of(url: str) -> int:
    """The status of a page."""
    return httpx.get(url, timeout=30).status_code
