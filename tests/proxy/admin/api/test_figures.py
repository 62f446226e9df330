from __future__ import annotations

import csv
import io

import pytest

from gatepost.directory import Scope
from kit.program import program
from kit.site import TestSite


async def test_the_figures_of_a_span_are_given_with_the_age_of_the_queue(site: TestSite) -> None:
    await site.hold()
    site.clock.pass_by(hours=2)
    async with program(site, Scope.READ) as client:
        answer = (await client.get("figures?first=2026-11-22&last=2026-11-23")).json()

    assert [(day["on"], day["held"]) for day in answer["days"]] == [("2026-11-22", 0), ("2026-11-23", 1)]
    assert answer["rules"][0]["rule"] == "p4-marketing"
    assert [(each["from_hours"], each["held"]) for each in answer["waiting"]] == [
        *((0, 0), (1, 1), (4, 0), (12, 0), (24, 0)),
    ]


@pytest.mark.parametrize(
    "query",
    ["first=2026-11-23&last=2026-11-22", "first=1990-01-01", "first=yesterday", "last=0001-01-02", "a=b"],
)
async def test_a_span_that_is_none_is_a_422(site: TestSite, query: str) -> None:
    async with program(site, Scope.READ) as client:
        codes = {
            (await client.get(f"{path}?{query}")).status_code for path in ("figures", "figures/days.csv")
        }

    assert codes == {422}


@pytest.mark.parametrize("table", ["days", "rules", "senders"])
async def test_each_table_is_there_as_csv_as_on_the_site(site: TestSite, table: str) -> None:
    await site.hold()
    span = "2026-11-22", "2026-11-23"
    async with program(site, Scope.READ) as client, site.logged_in("rita") as person:
        answer = await client.get(f"figures/{table}.csv?first={span[0]}&last={span[1]}")
        page = await person.get(f"/overview/{table}.csv?from={span[0]}&to={span[1]}")
        other = await client.get("figures/secrets.csv")

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text == page.text
    assert len(list(csv.reader(io.StringIO(answer.text)))) > 1
    assert other.status_code == 404
