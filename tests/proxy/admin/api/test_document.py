"""The description of the API is true: a generator of requests finds no answer that it does not describe."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from gatepost.admin.api.document import document
from gatepost.admin.api.table import OPERATIONS
from gatepost.directory import Scope
from gatepost.model import OrderId
from kit.browser import served
from kit.messages import ORDER
from kit.program import token_for
from kit.site import TestSite
from kit.stores import in_doubt, relayed

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the generator's own imports warn
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.specs.openapi.checks import positive_data_acceptance

KNOWN = {
    "key": ["policy.modes", "notices.reviewers", "site.require_totp"],
    "rule": ["p4-marketing"],
    "step": ["1"],
    "which": ["original"],
    "id": ["held1", "held2", "m1"],
    "order": [ORDER],
    "name": ["rita"],
    "language": ["en", "de"],
    "address": ["abcdefghij12345@marketplace.amazon.com"],
    "value": [ORDER],
}
EXAMPLES = 8
NOT_SAID = [positive_data_acceptance]  # a schema can't say which cursor is one, or which password is easy


def test_every_operation_is_described_with_its_permission() -> None:
    described = document(OPERATIONS)
    found = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in described["paths"].items()
        for method in methods
    }

    assert described["openapi"] == "3.1.0"
    assert found == {(each.method, each.path) for each in OPERATIONS}


def test_every_reference_leads_somewhere() -> None:
    described = document(OPERATIONS)
    text = str(described)
    names = {part.split("'")[0] for part in text.split("#/components/schemas/")[1:]}

    assert names <= set(described["components"]["schemas"])


async def test_whoever_asks_gets_the_description(site: TestSite) -> None:
    async with site.client() as client:
        response = await client.get("/api/v1/openapi.json")

    assert response.json()["info"]["title"] == "Gatepost"


@pytest.mark.filterwarnings("ignore")  # what the generator itself is warned of
async def test_no_generated_request_is_answered_in_a_way_that_is_not_described(site: TestSite) -> None:
    await site.hold("held1")
    await site.hold("held2")
    await in_doubt(site.store, "m1")
    await relayed(site.store, "m2", orders=[OrderId(ORDER)])
    await site.user("rita")
    secret = await token_for(site, Scope.ADMIN)
    async with served(site.app) as url:
        await asyncio.to_thread(fuzz, site, url, secret)


def fuzz(site: TestSite, url: str, secret: str) -> None:
    schema = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json")
    count = 0
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]  # a description with faults raises here
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _run(site, operation.as_strategy(generation_mode=mode), secret)
            count += 1
    assert count >= len(OPERATIONS)


def _run(site: TestSite, cases: Any, secret: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def calls(case: Any) -> None:
        site.clock.pass_by(minutes=2)  # the generator tries bad tokens, too: they are to be forgotten
        for name, known in KNOWN.items():
            if name in (case.path_parameters or {}) and len(str(case.path_parameters[name])) % 2:
                case.path_parameters[name] = known[len(str(case.body)) % len(known)]
        case.call_and_validate(
            headers={"Authorization": f"Bearer {secret}"}, timeout=20, excluded_checks=NOT_SAID
        )

    calls()
