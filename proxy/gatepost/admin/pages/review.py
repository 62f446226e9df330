"""Reviewers' work around a decision: turns, findings that are wrong, exceptions."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin import requests
from gatepost.admin.access import Permission
from gatepost.admin.allowing import MOST_REASON, Asked, allowance, scopes
from gatepost.admin.pages.mail import TURN, entry_of
from gatepost.admin.ports import PAGE
from gatepost.admin.visit import Visit
from gatepost.errors import StateError
from gatepost.model import Entry, MessageId

MAX_RULE = 100


async def turn(visit: Visit) -> Response:
    """Take a mail over from whoever is at it, or leave it to others."""
    id = MessageId(requests.path_id(visit.request))
    async with requests.form_of(visit.request) as form:
        do = requests.text(form, "do")
    reviews = visit.desk.bench.reviews
    if do == "take":
        await reviews.take_over(id, by=visit.who.name, turn=TURN)
        return visit.go(f"/mail/{id}")
    if do == "leave":
        await reviews.give_up(by=visit.who.name, id=id)
        return visit.go("/queue")
    raise HTTPException(400)


async def status(visit: Visit) -> Response:
    """For the script of an open page: where the mail is, and who else is at it. Keeps one's own turn."""
    entry = await entry_of(visit)
    reviews, me = visit.desk.bench.reviews, visit.who.name
    found = (await reviews.turns([entry.id])).get(entry.id)
    if found and found.by == me and found.until - visit.desk.clock.now() < TURN / 2:
        await reviews.take_over(entry.id, by=me, turn=TURN)
    other = found.by if found and found.by != me else ""
    return JSONResponse({"state": entry.state.value, "at_it": other})


async def call_wrong(visit: Visit) -> Response:
    """Call what a rule found wrong, or take that back."""
    id = MessageId(requests.path_id(visit.request))
    async with requests.form_of(visit.request) as form:
        rule, note = requests.text(form, "rule", MAX_RULE), requests.text(form, "note", MOST_REASON)
        right = requests.text(form, "do") == "right"
    reviews, by = visit.desk.bench.reviews, visit.who.name
    try:
        if right:
            await reviews.call_right(id, rule, by=by)
            visit.note("good", f"{rule} counts as right again.", id)
        else:
            await reviews.call_wrong(id, rule, by=by, note=note)
            visit.note("good", f"Noted: {rule} was wrong here. It counts against the rule's precision.", id)
    except StateError as error:
        visit.note("wait", f"Nothing was changed: {error}.", id)
    return visit.go(f"/mail/{id}")


async def allow(visit: Visit) -> Response:
    """Make an exception from a finding of this mail."""
    entry = await entry_of(visit)
    async with requests.form_of(visit.request) as form:
        asked = _asked(entry, form)
    try:
        made = allowance(entry, asked, visitor=visit.who, now=visit.desk.clock.now())
        await visit.desk.bench.exceptions.allow(made)
    except ValueError as error:
        visit.note("bad", str(error), entry.id)
    except StateError as error:
        visit.note("bad", f"No exception was made: {error}.", entry.id)
    else:
        until = made.until.date().isoformat()
        visit.note("good", f"Exception made: {made.rule} is only recorded until {until} within its scope.")
    return visit.go(f"/mail/{entry.id}")


def _asked(entry: Entry, form: FormData) -> Asked:
    """The form's choices as what they stand for in this mail."""
    rule, days = requests.text(form, "rule", MAX_RULE), requests.text(form, "days")
    chosen = {name: requests.text(form, name) for name in ("sender", "account", "order", "words")}
    finding = next((each for each in entry.findings if each.rule == rule), None)
    offered = scopes(entry, finding) if finding else {}
    scope = {name: offered.get(name, "") for name, choice in chosen.items() if choice}
    if chosen["sender"] == "domain" and scope["sender"]:
        scope["sender"] = f"@{scope['sender'].rpartition('@')[2]}"
    return Asked(
        rule=rule,
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
        reason=requests.text(form, "reason", MOST_REASON),
        **scope,
    )


async def exceptions(visit: Visit) -> Response:
    """All exceptions, the newest first."""
    after = requests.asked(visit.request, "after", 40)
    found = await visit.desk.bench.exceptions.list(limit=PAGE + 1, after=after)
    return visit.page(
        "exceptions.html",
        exceptions=found[:PAGE],
        onward=found[PAGE - 1].id if len(found) > PAGE else "",
        after=after,
        may_end=visit.may(Permission.DECIDE),
    )


async def end(visit: Visit) -> Response:
    """End an exception before its time."""
    id = requests.path_id(visit.request)
    try:
        await visit.desk.bench.exceptions.end(id, by=visit.who.name)
    except StateError as error:
        visit.note("wait", f"Nothing was changed: {error}.")
    else:
        visit.note("good", "Ended: the rule counts again.")
    return visit.go("/exceptions")
