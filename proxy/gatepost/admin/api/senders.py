"""Who sends through the gateway, through the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import JSONResponse, Response

from gatepost.admin.api import staff_shapes as shapes
from gatepost.admin.api.bench import exception_as_json
from gatepost.admin.api.operation import query_of
from gatepost.admin.pages.senders import found
from gatepost.admin.sending import Sent
from gatepost.admin.visit import Visit
from gatepost.model import Allowance
from gatepost.report import iso


async def senders(visit: Visit) -> Response:
    """Logins, networks and From addresses, with what they sent to buyers and what holds for them."""
    asked = query_of(visit, shapes.SendersQuery)
    told = await found(visit, days=asked.days, part=asked.part)
    return JSONResponse(
        {
            "accounts": [
                {
                    "name": each.name,
                    "is_user": each.user is not None,
                    "disabled": each.user is not None and each.user.disabled,
                    "edition": each.edition,
                    **_sent(each.sent),
                    "exceptions": _exceptions(each.exceptions),
                }
                for each in told.accounts
            ],
            "networks": [{"network": name, **_sent(sent)} for name, sent in told.networks.items()],
            "addresses": [
                {"address": each.address, **_sent(each.sent), "exceptions": _exceptions(each.exceptions)}
                for each in told.addresses
            ],
            "addresses_in_all": told.addresses_in_all,
        }
    )


def _sent(sent: Sent) -> dict[str, Any]:
    return {
        "mails": sent.mails,
        "held": sent.held,
        "refused": sent.refused,
        "last_at": iso(sent.last_at),
    }


def _exceptions(exceptions: Iterable[Allowance]) -> list[dict[str, Any]]:
    return [exception_as_json(each) for each in exceptions]
