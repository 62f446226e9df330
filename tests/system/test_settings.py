"""What is set on the site is in force in every process within seconds, and outlives a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from kit.gateway import Gateway
from kit.loopback import free_port
from kit.smtp_sink import Sink
from kit.submit import mail, submit

SHOP_LINK = "The manual of the lamp is in our shop: www.lamp-shop.com/manual\r\n"


async def test_a_mode_set_on_the_site_holds_in_all_workers_and_after_a_restart(tmp_path: Path) -> None:
    config = {
        "workers": 2,
        "smtp": {"listeners": [{"address": f"127.0.0.1:{free_port()}"}]},
        "site": {"address": f"127.0.0.1:{free_port()}"},
    }
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port, config=config) as gateway:
        await gateway.run(
            "user", "add", "root", "--role", "admin", "--password-stdin", input=b"correct horse\n"
        )
        _, secret, _ = await gateway.run("token", "add", "root", "--scope", "admin")
        before = [(await submit(gateway.port, mail(SHOP_LINK, id=f"a{n}")))[0] for n in range(4)]
        headers = {"authorization": f"Bearer {secret.strip()}"}
        async with httpx.AsyncClient(base_url=gateway.site, headers=headers, timeout=120) as client:
            bad = await client.put("/api/v1/settings/policy.modes", json={"value": {"no-such-rule": "off"}})
            put = await client.put(
                "/api/v1/settings/policy.modes", json={"value": {"external-link": "shadow"}}
            )
        async with asyncio.timeout(120):
            number = 0
            while True:  # until all workers have it: six in a row, spread over both by the system
                number += 1
                mails = [mail(SHOP_LINK, id=f"b{number}-{n}") for n in range(6)]
                codes = {(await submit(gateway.port, each))[0] for each in mails}
                if codes == {250}:
                    break
                await asyncio.sleep(0.2)
        _, shown, _ = await gateway.run("config", "check")
        await gateway.stop()
        await gateway.start()
        after = [(await submit(gateway.port, mail(SHOP_LINK, id=f"c{n}")))[0] for n in range(4)]

    assert before == [550] * 4
    assert (bad.status_code, put.status_code) == (422, 200)
    assert "no-such-rule" in bad.json()["detail"]
    assert "set on the site by root" in shown
    assert after == [250] * 4
