"""The settings: rules and their modes, editions, hosts, notices, who needs a second factor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.visit import Visit
from gatepost.config.overlay import SETTABLE, value_of
from gatepost.directory import Role
from gatepost.errors import ConfigError

LONGEST = 20_000
MODES = ("enforce", "shadow", "off")


@dataclass(frozen=True, slots=True)
class Field:
    """How a key is shown and read back."""

    words: str
    kind: str  # lines, pairs, choice, several, truth or text
    hint: str = ""


FIELDS: Mapping[str, Field] = {
    "policy.edition": Field("Edition of the guidelines", "choice"),
    "policy.by_account": Field(
        "Editions of senders", "pairs", "A gateway user, a colon, an edition; one a line."
    ),
    "policy.by_marketplace": Field(
        "Editions of marketplaces", "pairs", "A MarketplaceId, a colon, an edition; one a line."
    ),
    "policy.allowed_hosts": Field("Hosts that mails may link to", "lines", "Besides carriers; one a line."),
    "policy.actions": Field(
        "Actions", "pairs", "A rule or category, a colon, then relay, quarantine or reject; one a line."
    ),
    "notices.enabled": Field("Tell senders and reviewers by mail", "truth"),
    "notices.sender": Field("What a sender is told", "several"),
    "notices.from_address": Field(
        "Who notices come from", "text", "Empty: postmaster at the gateway's name."
    ),
    "notices.reviewers": Field(
        "Reviewers' addresses", "lines", "Who gets digest, alarm and links; one a line."
    ),
    "notices.digest_at": Field("Times of the digest", "lines", "Like 07:00; one a line."),
    "notices.time_zone": Field("Time zone", "text", "Like Europe/Berlin."),
    "notices.alarm_hours": Field("Hours before the deadline to alarm at", "lines", "One a line."),
    "site.require_totp": Field("Roles that must have a second factor", "several"),
}


async def settings(visit: Visit) -> Response:
    """All settings, who set them, and the rules with their modes."""
    return await _page(visit)


async def change(visit: Visit) -> Response:
    """Set one key, or go back to what the file says."""
    async with requests.form_of(visit.request) as form:
        name, do = requests.text(form, "name", 100), requests.text(form, "do")
        if name not in SETTABLE or do not in ("set", "drop", "mode"):
            raise HTTPException(400)
        change = None if do == "drop" else _read(form, name)
        seen = requests.text(form, "seen", 40)
    if do == "set" and seen != await _set_at(visit, name):
        fault = "Somebody set this while your page was open. It shows what holds now."
        return await _page(visit, 409, fault=fault, at=name)
    try:
        if change is None:
            await visit.desk.office.drop(name, by=visit.who.name)
        else:
            await visit.desk.office.alter(name, change, by=visit.who.name)
    except ConfigError as error:
        return await _page(visit, 422, fault=str(error), at=name)
    visit.note("good", "In force here; every other process takes it over within seconds.")
    return visit.go(f"/settings#{name}")


async def _set_at(visit: Visit, name: str) -> str:
    """When a key was set, as the page has it: a stale page must not undo what somebody else set."""
    setting = (await visit.desk.office.settings()).get(name)
    return setting.at.isoformat() if setting else ""


def _read(form: FormData, name: str) -> Callable[[Any], Any]:
    """What the form makes of the value there is."""
    if name == "policy.modes":
        return _mode(requests.text(form, "rule", 200), requests.text(form, "value", 20))
    given, several = requests.text(form, "value", LONGEST), list(requests.texts(form, "value"))
    readers: Mapping[str, Callable[[], Any]] = {
        "lines": lambda: _lines(name, given),
        "pairs": lambda: _pairs(given),
        "truth": lambda: given == "yes",
        "several": lambda: [word for word in several if word],
        "choice": lambda: given,
        "text": lambda: given,
    }
    value = readers[FIELDS[name].kind]()
    return lambda _: value


def _mode(rule: str, mode: str) -> Callable[[dict[str, str]], dict[str, str]]:
    """The modes with one rule's changed; "" leaves it to the pack."""

    def changed(modes: dict[str, str]) -> dict[str, str]:
        others = {name: each for name, each in modes.items() if name != rule}
        return others | ({rule: mode} if mode else {})

    return changed


def _lines(name: str, text: str) -> list[Any]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if name == "notices.alarm_hours":
        return [int(line) if line.isascii() and line.isdigit() and len(line) < 9 else line for line in lines]
    return lines


def _pairs(text: str) -> dict[str, str]:
    """`key: value` lines; a line without a colon stands for a key without a value, which is refused."""
    parts = (line.partition(":") for line in text.splitlines() if line.strip())
    return {key.strip(): value.strip() for key, _, value in parts}


async def _page(visit: Visit, status: int = 200, *, fault: str = "", at: str = "") -> Response:
    office = visit.desk.office
    known = await office.settings()
    book = office.rules()
    rows = [
        {
            "name": name,
            "field": field,
            "value": value_of(office.config, name),
            "setting": known.get(name),
            "refused": office.refused.get(name, ""),
            "choices": _choices(visit, name),
        }
        for name, field in FIELDS.items()
    ]
    return visit.page(
        "settings.html",
        status,
        rows=rows,
        rules=book.rules,
        modes=value_of(office.config, "policy.modes"),
        modes_set=known.get("policy.modes"),
        all_modes=MODES,
        fault=fault,
        at=at,
    )


def _choices(visit: Visit, name: str) -> list[str]:
    match name:
        case "policy.edition":
            now = value_of(visit.desk.office.config, name)
            return list(dict.fromkeys([*visit.desk.office.editions(), now]))
        case "notices.sender":
            return ["held", "rejected", "refused"]
        case "site.require_totp":
            return [role.value for role in Role]
        case _:
            return []
