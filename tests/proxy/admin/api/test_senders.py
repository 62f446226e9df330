from __future__ import annotations

from gatepost.directory import Scope
from gatepost.model import Session
from kit.messages import allowance
from kit.program import program
from kit.site import TestSite, held, raw_of


async def test_who_sends_is_told_with_counts_and_exceptions(site: TestSite) -> None:
    session = Session("192.0.2.7", "desk", "ESMTPSA", "pat")
    await site.keep(held("m1", site.clock.now(), session=session), raw_of("m1"))
    await site.store.allowances.allow(allowance("p4-marketing", sender="@shop.example"))
    async with program(site, Scope.READ) as client:
        told = (await client.get("senders")).json()
        none = (await client.get("senders?part=nobody&days=1")).json()
        bad = await client.get("senders?days=0")

    (account,) = told["accounts"]
    (address,) = told["addresses"]
    assert (account["name"], account["is_user"], account["mails"], account["held"]) == ("pat", True, 1, 1)
    assert [each["rule"] for each in address["exceptions"]] == ["p4-marketing"]
    assert {each["network"] for each in told["networks"]} == {"127.0.0.0/8", "::1/128"}
    assert (none["addresses"], bad.status_code) == ([], 422)
