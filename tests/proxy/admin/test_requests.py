from __future__ import annotations

import pytest
from starlette.requests import Request

from gatepost.admin.requests import FORM_BYTES, asked, is_id, page_number
from kit.site import OWN, TestSite


def request(query: str) -> Request:
    return Request(
        {"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": []}
    )


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 1),
        ("page=3", 3),
        ("page=0", 1),
        ("page=-1", 1),
        ("page=x", 1),
        ("page=99999999999", 1),
        ("page=٣", 1),
    ],
)
def test_page_numbers(query: str, number: int) -> None:
    assert page_number(request(query)) == number


def test_what_is_asked_is_short_and_printable() -> None:
    assert asked(request("q=%00a%0d%0ab" + "c" * 1_000), "q") == "ab" + "c" * 198


@pytest.mark.parametrize("id", ["a", "01JD-x_y.z", "A" * 80])
def test_ids(id: str) -> None:
    assert is_id(id)


@pytest.mark.parametrize("id", ["", "../x", ".hidden", "a b", "a\0", "A" * 81, "a/b", "ü"])
def test_what_is_no_id(id: str) -> None:
    assert not is_id(id)


@pytest.mark.parametrize(
    "path", ["/mail/..%2f..%2fetc%2fpasswd", "/mail/%00", "/mail/%2e%2e", "/mail//etc", "/mail/" + "a" * 81]
)
async def test_paths_that_are_no_ids_lead_nowhere(site: TestSite, path: str) -> None:
    async with site.logged_in() as client:
        assert (await client.get(path)).status_code == 404


async def test_a_form_larger_than_it_can_be_is_refused(site: TestSite) -> None:
    async with site.client() as client:
        response = await client.post(
            "/login",
            content=b"name=" + b"x" * FORM_BYTES,
            headers={**OWN, "content-type": "application/x-www-form-urlencoded"},
        )

    assert response.status_code == 413


@pytest.mark.parametrize("body", [b"--x\r\nbroken", b"\xff\xfe", b""])
async def test_a_broken_form_is_no_fault_of_ours(site: TestSite, body: bytes) -> None:
    async with site.logged_in() as client:
        response = await client.post(
            "/check", content=body, headers={**OWN, "content-type": "multipart/form-data; boundary=x"}
        )

    assert response.status_code in (400, 422)


async def test_too_many_fields_are_refused(site: TestSite) -> None:
    body = "&".join(f"id=a{n}" for n in range(1_000))
    async with site.logged_in() as client:
        response = await client.post(
            "/queue", content=body, headers={**OWN, "content-type": "application/x-www-form-urlencoded"}
        )

    assert response.status_code == 400
