from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from gatepost.admin.guard import MAIL_POLICY, PAGE_POLICY, is_our_host, is_own_request
from gatepost.config.schema import Site
from kit.site import BASE, OWN, TestSite

LOOPBACK = Site()
PUBLIC = Site(address="0.0.0.0:8025", public_url="https://gate.example")
OPEN = Site(address="0.0.0.0:8025")


@pytest.mark.parametrize(
    ("host", "site", "ours"),
    [
        pytest.param("127.0.0.1:8025", LOOPBACK, True, id="own address"),
        pytest.param("localhost:9000", LOOPBACK, True, id="through a tunnel"),
        pytest.param("[::1]:8025", LOOPBACK, True, id="IPv6"),
        pytest.param("evil.example", LOOPBACK, False, id="rebound name"),
        pytest.param("evil.example:8025", LOOPBACK, False, id="rebound name with port"),
        pytest.param("", LOOPBACK, False, id="none"),
        pytest.param("[", LOOPBACK, False, id="broken"),
        pytest.param("gate.example", PUBLIC, True, id="public name"),
        pytest.param("192.0.2.1:8025", PUBLIC, True, id="address behind the public name"),
        pytest.param("evil.example", PUBLIC, False, id="not the public name"),
        pytest.param("anything.example", OPEN, True, id="no name known"),
    ],
)
def test_hosts(host: str, site: Site, ours: bool) -> None:
    assert is_our_host(host, site) is ours


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        pytest.param({"sec-fetch-site": "same-origin"}, True, id="same origin"),
        pytest.param({"sec-fetch-site": "same-origin", "origin": BASE}, True, id="same origin, both"),
        pytest.param({"origin": BASE}, True, id="old browser"),
        pytest.param({}, False, id="says nothing"),
        pytest.param({"sec-fetch-site": "cross-site"}, False, id="cross-site"),
        pytest.param({"sec-fetch-site": "same-site"}, False, id="neighbour"),
        pytest.param({"sec-fetch-site": "none"}, False, id="typed"),
        pytest.param({"origin": "https://evil.example"}, False, id="foreign origin"),
        pytest.param({"origin": "null"}, False, id="sandboxed origin"),
        pytest.param(
            {"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, False, id="at odds"
        ),
        pytest.param({"sec-fetch-site": "cross-site", "origin": BASE}, False, id="at odds, other way"),
        pytest.param({"origin": "http://["}, False, id="broken"),
    ],
)
def test_changes_come_from_own_pages_only(headers: dict[str, str], own: bool) -> None:
    assert is_own_request(Headers({"host": "127.0.0.1:8025", **headers}), LOOPBACK) is own


def test_the_public_url_is_an_own_origin_behind_a_proxy() -> None:
    headers = Headers({"host": "10.0.0.5:8025", "origin": "https://gate.example"})

    assert is_own_request(headers, PUBLIC)


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
)
async def test_a_foreign_page_changes_nothing(site: TestSite, headers: dict[str, str]) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        response = await client.post("/mail/held1/release", headers=headers)

    assert response.status_code == 403
    assert site.upstream.sent == []


@pytest.mark.parametrize("path", ["/mail/held1/release", "/mail/held1/reject", "/logout"])
async def test_get_never_changes_state(site: TestSite, path: str) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        responses = [await client.get(path) for _ in range(5)]
        still_in = await client.get("/queue")

    assert {response.status_code for response in responses} == {405}
    assert "held1" in still_in.text


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/static/site.css", "/queue", "/healthz"])
async def test_every_answer_has_its_headers(site: TestSite, path: str) -> None:
    async with site.client() as client:
        headers = (await client.get(path)).headers

    assert headers["content-security-policy"] == PAGE_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert ("no-store" in headers["cache-control"]) == (path != "/static/site.css")


def test_no_page_allows_inline_script() -> None:
    assert "script-src 'self';" in PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY
    assert MAIL_POLICY == (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'; sandbox"
    )


async def test_a_forged_host_is_sent_away_and_never_repeated(site: TestSite) -> None:
    async with site.client() as client:
        response = await client.get("/login", headers={"host": "evil.example"})

    assert response.status_code == 421
    assert "evil.example" not in response.text + str(response.headers)


async def test_metrics_are_for_programs_on_this_machine(site: TestSite) -> None:
    async with site.client() as here, site.client("192.0.2.9") as there:
        seen = [
            (await here.get("/metrics")).status_code,
            (await here.get("/metrics", headers={"x-forwarded-for": "192.0.2.9"})).status_code,
            (await there.get("/metrics")).status_code,
        ]

    assert seen == [200, 404, 404]


async def test_own_requests_pass(site: TestSite) -> None:
    async with site.logged_in() as client:
        assert (await client.post("/logout", headers=OWN)).status_code == 303
