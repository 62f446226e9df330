"""How long the review site takes for each page, with 10,000 held mails and as many decided ones behind it.

Run it as `python benchmarks/site_pages.py`; `--held` and `--decided` set how many mails there are. Times
are of the server's work for one request, without a network, after one request that is not counted. The
least tells what a page needs, the rest what else the machine was doing; processor time is of all threads.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from gatepost.model import MessageId, MessageState, OrderId, Session
from gatepost.store.users import Role
from gatepost_policies.model import Action
from kit.messages import finding
from kit.site import TestSite, held, open_site, raw_of

GOAL_MS = 100.0
RULES = [("p4-marketing", "P4"), ("p1-external-link", "P1"), ("d4h-compensation", "D4h"), ("g1-style", "G1")]
LANGUAGES = ["en", "de", "fr", "it", "es", "nl"]
WORDS = [
    f"{start}{end}" for start in ("par", "or", "let", "car", "shop", "buy") for end in ("cel", "der", "ter")
]
PAGES = {
    "queue": "/queue",
    "queue, filtered": "/queue?rule=p4-marketing&language=de&account=shop3",
    "queue, searched": "/queue?q=xylophone%20kettle",
    "queue, far down": "/queue?after=m05000",
    "queue, live": "/queue/live",
    "one mail": "/mail/m00007",
    "one mail, headers": "/mail/m00007?view=headers",
    "correct": "/mail/m00007/correct",
    "overview": "/overview",
    "overview, a year": "/overview?from=2025-11-24&to=2026-11-23",
    "decisions": "/decisions",
    "decisions of a rule": "/decisions?rule=p4-marketing",
    "decisions, searched": "/decisions?q=kettle",
    "outgoing": "/outgoing",
    "ledger": "/ledger",
    "an order": "/ledger/112-0000007-0000007",
    "exceptions": "/exceptions",
    "audit": "/audit",
    "settings": "/settings",
    "senders": "/settings/senders",
    "people": "/people",
    "start": "/",
    "draft check": "/check",
    "order data": "/orders",
    "a letter": "/compose",
    "API: the queue": "/api/v1/held",
    "API: at a glance": "/api/v1/queue",
    "API: messages": "/api/v1/messages",
    "API: figures": "/api/v1/figures",
    "API: senders": "/api/v1/senders",
}


async def fill(site: TestSite, count: int, *, state: MessageState) -> None:
    """Put `count` mails of the last day, or of the last 90, into the store."""
    chance = random.Random(7)
    now = site.clock.now()
    is_held = state is MessageState.HELD
    jobs = []
    for number in range(count):
        id = f"{'m' if is_held else 'd'}{number:05}"
        rule, clause = chance.choice(RULES)
        body = " ".join(chance.choices(WORDS, k=250)) + (" kettle xylophone" if number % 500 == 0 else "")
        age = timedelta(hours=chance.random() * 24) if is_held else timedelta(days=chance.random() * 90)
        found = finding(rule, clause=clause, action=Action.QUARANTINE, evidence="20% off your next order")
        entry = replace(
            held(id, now - age, fingerprint=id),
            state=state,
            action="quarantine" if is_held else "reject",
            findings=(found,),
            session=Session("192.0.2.7", "desk", "ESMTPSA", f"shop{number % 5}"),
            sender=f"agent{number % 40}@shop.example",
            subject=f"About order {number} {chance.choice(WORDS)}",
            language=chance.choice(LANGUAGES),
            order_ids=(OrderId(f"112-{number:07}-{number:07}"),),
            deadline_at=now - age + timedelta(hours=24),
            words=body,
            has_raw=is_held,
        )
        raw = raw_of(id, body=f"{body}\n") if is_held else None
        jobs.append(site.keep(entry, raw))
        if len(jobs) == 200:
            await asyncio.gather(*jobs)
            jobs.clear()
    await asyncio.gather(*jobs)


async def measure(client: httpx.AsyncClient, name: str, path: str, rounds: int) -> float:
    """Ask for a page several times, print what it took, and return the least."""
    response = await client.get(path)
    times, worked = [], []
    for _ in range(rounds):
        began, work = time.perf_counter(), time.process_time()
        response = await client.get(path)
        times.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - work) * 1000)
    assert response.status_code in (200, 204), (path, response.status_code)
    figures = f"{min(times):>8.1f}{statistics.median(times):>8.1f}{statistics.median(worked):>11.1f}"
    print(f"{name:<22}{figures}{len(response.content):>10,}", flush=True)
    return min(times)


async def main(held_count: int, decided: int, rounds: int) -> int:
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        async with open_site(Path(folder)) as site, site.logged_in("ada", Role.ADMIN) as client:
            await fill(site, held_count, state=MessageState.HELD)
            await fill(site, decided, state=MessageState.REFUSED)
            for number in range(200):
                entry = await site.store.quarantine.show(MessageId(f"m{number:05}"))
                await site.store.review.call_wrong(entry.id, entry.findings[0].rule, by="ada", note="")
            print(f"{held_count:,} held, {decided:,} decided; milliseconds of {rounds} requests each")
            print(f"{'page':<22}{'least':>8}{'median':>8}{'processor':>11}{'bytes':>10}")
            for name, path in PAGES.items():
                least = await measure(client, name, path, rounds)
                slow += least > GOAL_MS
    print(f"{slow} pages over {GOAL_MS:g} ms" if slow else f"every page under {GOAL_MS:g} ms")
    return 1 if slow else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--held", type=int, default=10_000)
    options.add_argument("--decided", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=7)
    given = options.parse_args()
    raise SystemExit(asyncio.run(main(given.held, given.decided, given.rounds)))
