"""The senders among the settings: who may send and did, by which edition, with which exceptions."""

from __future__ import annotations

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.sending import Senders
from gatepost.admin.sending import senders as senders_of
from gatepost.admin.visit import Visit
from gatepost.config.overlay import value_of
from gatepost.errors import ConfigError

DAYS = 30
CHANGES = 10
KEY = "policy.by_account"


async def senders(visit: Visit) -> Response:
    """All senders, what they sent in the last days, and who set their editions."""
    return await _page(visit)


async def change(visit: Visit) -> Response:
    """Give an account an edition of its own, or take it away."""
    async with requests.form_of(visit.request) as form:
        account, edition = requests.text(form, "account", 200), requests.text(form, "edition", 300)
    if not account:
        raise HTTPException(400)

    def with_edition(editions: dict[str, str]) -> dict[str, str]:
        others = {name: each for name, each in editions.items() if name != account}
        return others | ({account: edition} if edition else {})

    try:
        await visit.desk.office.alter(KEY, with_edition, by=visit.who.name)
    except ConfigError as error:
        return await _page(visit, 422, fault=str(error))
    visit.note("good", "In force here; every other process takes it over within seconds.")
    return visit.go("/settings/senders")


async def found(visit: Visit, *, days: int, part: str = "") -> Senders:
    """The senders of the last days."""
    desk, now = visit.desk, visit.desk.clock.now()
    return senders_of(
        desk.office.config,
        await desk.staff.accounts.list(),
        await desk.bench.figures.origins(now - timedelta(days=days), now + timedelta(minutes=1)),
        await desk.bench.exceptions.known(),
        part=part,
    )


async def _page(visit: Visit, status: int = 200, *, fault: str = "") -> Response:
    part = requests.asked(visit.request, "q", 100)
    office = visit.desk.office
    editions = [*office.editions(), *value_of(office.config, KEY).values(), office.config.policy.edition]
    return visit.page(
        "senders.html",
        status,
        senders=await found(visit, days=DAYS, part=part),
        days=DAYS,
        part=part,
        editions=list(dict.fromkeys(editions)),
        default=office.config.policy.edition,
        setting=(await office.settings()).get(KEY),
        changes=await visit.desk.archive.deeds(limit=CHANGES, subject=KEY),
        fault=fault,
    )
