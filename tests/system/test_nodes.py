"""Three gateways on one PostgreSQL: killed in turn, robbed of their database, asked the same at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from gatepost.model import OrderId
from kit.campaign import Mail
from kit.command import Done, command
from kit.desk import Desk
from kit.gateway import Gateway
from kit.messages import ORDER
from kit.nodes import NodeCampaign, Outages
from kit.postgres import Server, Standby
from kit.smtp_sink import Say, Sink, Step
from kit.stores import held, relayed
from kit.submit import mail, submit
from kit.workers import WorkerCampaign

KILLS = 8
OFFER = "Order 112-1234567-1234567: this week you get 20% off all our desk lamps, use code LAMP20.\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that syncs, as one in earnest does."""
    with Server(safe=True) as made:
        yield made


@pytest.mark.parametrize("seed", [1])
async def test_three_nodes_killed_in_turn_lose_and_double_nothing(
    tmp_path: Path, server: Server, seed: int, tell: Callable[[str], None]
) -> None:
    campaign = NodeCampaign(tmp_path, server, kills=KILLS, seed=seed)
    totals = await campaign.run()
    tell(totals.line(seed))
    assert totals.broken() == []
    assert sum(totals.kills.values()) == KILLS
    assert totals.acknowledged > KILLS


async def test_workers_killed_in_turn_lose_and_double_nothing(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    totals = await WorkerCampaign(tmp_path, kills=6, seed=3).run()
    tell(totals.line(3))
    assert totals.broken() == []
    assert totals.acknowledged > 0


async def test_a_database_that_stops_and_dies_costs_no_mail(
    tmp_path: Path, server: Server, tell: Callable[[str], None]
) -> None:
    campaign = NodeCampaign(tmp_path, server, kills=3, seed=7)
    outages = asyncio.ensure_future(Outages(campaign, times=3, seconds=0.5).run())
    totals = await campaign.run()
    await outages
    tell(f"{totals.line(7)} {campaign.answers}")
    assert totals.broken() == []


async def test_a_failover_to_a_synchronous_standby_costs_no_mail(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    with Server(safe=True) as first:
        url = first.new()
        with Standby(first) as second:
            folders = f"host={first.folder},{second.folder}"
            url = url.replace(f"host={first.folder}&port=5432", f"{folders}&port=5432,5432")
            campaign = NodeCampaign(tmp_path, first, kills=2, seed=5, url=url)

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
    tell(f"{totals.line(5)} {campaign.answers}")
    assert totals.broken() == []
    assert totals.delivered > 20


async def test_of_two_hundred_requests_over_three_nodes_one_goes_out(tmp_path: Path, server: Server) -> None:
    nodes = NodeCampaign(tmp_path, server, kills=0, seed=0)
    mails = [Mail(number, "review", ORDER) for number in range(200)]
    async with nodes.standing():
        await asyncio.gather(*map(nodes.bring, mails))
    assert sorted(mail.last[:3] for mail in mails) == ["250"] + ["550"] * 199
    assert len(nodes.sink.received) == 1


async def test_the_mail_of_a_node_that_never_comes_back_is_the_others_to_finish(
    tmp_path: Path, server: Server
) -> None:
    campaign = NodeCampaign(tmp_path, server, kills=0, seed=0, nodes=2)
    async with campaign.standing():
        lost = campaign.nodes[0]
        campaign.sink.script[Step.MAIL] = Say("451 4.3.0 not now")
        assert (await submit(lost.port, mail(id="spooled")))[0] == 250
        assert (await submit(lost.port, mail(OFFER, id="held")))[0] == 250
        campaign.kill_named(lost.helo)
        campaign.sink.script.clear()
        async with asyncio.timeout(60):
            while not campaign.sink.received:
                await asyncio.sleep(0.05)
        file = lost.configure(campaign.url, campaign.sink.port)
        listed = await asyncio.to_thread(command, "quarantine", "list", "--json", "--config", file)
        (held,) = listed.rows
        done = await asyncio.to_thread(command, "quarantine", "release", held["id"], "--config", file)
        assert (done.status, done.err) == (0, "")
        assert sorted(b"<spooled@" in each.raw for each in campaign.sink.received) == [False, True]


def test_every_command_works_on_the_server(tmp_path: Path, server: Server) -> None:
    secret = {"GATEPOST_STORE_DATABASE_PASSWORD": "hunter2-hunter2"}
    desk = Desk(tmp_path, url=server.new())
    desk.do(lambda store: relayed(store, "m1", orders=[OrderId(ORDER)]))
    desk.do(lambda store: held(store, "m2"))
    said = ""

    def run(*words: str, stdin: str = "") -> Done:
        nonlocal said
        done = command(*words, "--config", desk.file, stdin=stdin, environ=secret)
        said += done.out + done.err
        return done

    (mail,) = run("quarantine", "list", "--json").rows
    assert run("quarantine", "show", mail["id"]).status == 0
    assert run("quarantine", "reject", mail["id"], "--note", "no").status == 0
    (claim,) = run("reviews", "list", "--json").rows
    assert run("reviews", "grant", claim["order_id"], "--reason", "lost in the post").status == 0
    assert run("user", "add", "ada", "--password-stdin", stdin="correct horse battery\n").status == 0
    assert [user["name"] for user in run("user", "list", "--json").rows] == ["ada"]
    assert run("audit", "verify").status == 0
    assert str(server.folder) in run("config", "check").out
    (store, *_) = [each["found"] for each in run("doctor", "--json").rows if each["check"] == "store"]
    assert "0 nodes" in store
    assert secret["GATEPOST_STORE_DATABASE_PASSWORD"] not in said


async def test_a_node_is_ready_while_its_server_answers(tmp_path: Path, server: Server) -> None:
    config = {"store": {"database_url": server.new()}}
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port, config=config) as node:
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
