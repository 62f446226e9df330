from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from gatepost.daemon.archive import StoreArchive
from gatepost.errors import StoreError
from kit.site import TestSite, open_site


class Locked(StoreArchive):
    """An archive that can't be read."""

    async def counts(self):  # type: ignore[no-untyped-def] # never returns
        raise StoreError("locked")


async def test_a_process_that_answers_is_alive_and_ready(site: TestSite) -> None:
    async with site.client() as client:
        assert (await client.get("/healthz")).text == "ok\n"
        assert (await client.get("/readyz")).text == "ready\n"


async def test_without_its_store_it_is_alive_and_not_ready(tmp_path: Path) -> None:
    async with open_site(tmp_path, archive=Locked) as site, site.client() as client:
        codes = (await client.get("/healthz")).status_code, (await client.get("/readyz")).status_code

    assert codes == (200, 503)


async def test_metrics_count_what_waits(site: TestSite) -> None:
    await site.hold("held1", deadline_at=site.clock.now() + timedelta(hours=2))
    async with site.client() as client:
        text = (await client.get("/metrics")).text

    assert 'gatepost_messages{state="held"} 1.0' in text
    assert "gatepost_held_deadline_seconds 7200.0" in text
    assert 'gatepost_untold{way="notices"} 1.0' in text
    assert 'gatepost_untold{way="webhooks"} 0.0' in text


async def test_metrics_tell_that_the_breaker_is_tripped(site: TestSite) -> None:
    async with site.client() as client:
        assert "gatepost_breaker_tripped 0.0" in (await client.get("/metrics")).text
        await site.store.breaker.trip(by="Amazon", reason="restricted")
        assert "gatepost_breaker_tripped 1.0" in (await client.get("/metrics")).text
