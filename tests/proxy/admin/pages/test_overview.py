from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from gatepost.model import MessageId, MessageState
from kit.site import TestSite, held

SPAN = {"from": "2026-11-01", "to": "2026-11-23"}


async def some_mail(site: TestSite) -> None:
    await site.hold("a", fingerprint="a", sender="=cmd|calc@shop.example")
    await site.hold("b", fingerprint="b", received_at=site.clock.now() - timedelta(hours=30))
    await site.store.quarantine.reject(MessageId("a"), by="rita", note="")
    gone = held(
        "c", site.clock.now(), fingerprint="c", state=MessageState.REFUSED, action="reject", has_raw=False
    )
    await site.keep(gone, None)


async def test_the_page_tells_what_became_of_the_mails(site: TestSite) -> None:
    await some_mail(site)
    async with site.logged_in() as client:
        page = " ".join((await client.get("/overview", params=SPAN)).text.split())
    assert "<b>2</b> held" in page
    assert "<b>1</b> refused" in page
    assert "23 Nov: 1 held" in page
    assert '<th scope="row">2026-11-23</th><td>0</td><td>0</td><td>1</td><td>1</td>' in page
    assert "<code>p4-marketing</code>" in page
    assert "100 %" in page
    assert '<th scope="row">over 24 hours</th>' in page


async def test_a_year_is_shown_by_weeks(site: TestSite) -> None:
    async with site.logged_in() as client:
        page = (await client.get("/overview", params={"from": "2025-11-24", "to": "2026-11-23"})).text
    assert "Mails by week" in page
    assert "<title>" not in page.partition("</head>")[2]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({}, "2026-10-25", "2026-11-23"),
        ({"from": "nonsense", "to": "2026-13-40"}, "2026-10-25", "2026-11-23"),
        ({"from": "2026-11-20", "to": "2026-11-10"}, "2026-11-10", "2026-11-20"),
        ({"from": "0001-01-01"}, "2026-10-25", "2026-11-23"),
        ({"from": "2001-01-01"}, "2024-11-23", "2026-11-23"),
    ],
    ids=["nothing", "nonsense", "turned round", "the year 1", "too long"],
)
async def test_any_span_that_is_asked_for_makes_sense(
    site: TestSite, asked: dict[str, str], first: str, last: str
) -> None:
    async with site.logged_in() as client:
        page = (await client.get("/overview", params=asked)).text
    assert f'name="from" value="{first}"' in page
    assert f'name="to" value="{last}"' in page


async def table(site: TestSite, name: str, who: str = "rita") -> list[list[str]]:
    async with site.logged_in(who) as client:
        response = await client.get(f"/{name}.csv", params=SPAN)
    assert response.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(response.text)))


async def test_tables_are_there_as_files(site: TestSite) -> None:
    await some_mail(site)
    heads, *days = await table(site, "overview/days")
    assert heads[0] == "day (UTC)"
    assert days[-1] == ["2026-11-23", "0", "1", "1", "0"]
    assert len(days) == 23


async def test_rules_are_there_with_their_precision(site: TestSite) -> None:
    await some_mail(site)
    _, rule = await table(site, "overview/rules")
    assert rule == ["p4-marketing", "3", "1", "0", "0", "1.0"]


async def test_no_file_begins_a_formula(site: TestSite) -> None:
    await some_mail(site)
    senders = await table(site, "overview/senders")
    assert [row[0] for row in senders[1:]] == ["help@shop.example", "'=cmd|calc@shop.example"]
    decisions = await table(site, "decisions", "anna")
    assert {row[4] for row in decisions[1:]} == {"help@shop.example", "'=cmd|calc@shop.example"}
    assert len(decisions) == 4


async def test_a_table_that_is_none_is_not_there(site: TestSite) -> None:
    async with site.logged_in() as client:
        assert (await client.get("/overview/users.csv")).status_code == 404


async def test_a_long_list_is_exported_in_rounds(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.admin.pages.decisions.ROUND", 2)
    for number in range(5):
        await site.hold(f"m{number}", fingerprint=str(number))
    rows = await table(site, "decisions")
    assert sorted(row[0] for row in rows[1:]) == [f"m{number}" for number in range(5)]
