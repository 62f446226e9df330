from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gatepost.admin.guard import PAGE_POLICY
from gatepost.admin.ports import PAGE, Listing, Question
from gatepost.daemon.archive import StoreArchive
from gatepost.errors import StoreError
from gatepost.model import MessageId, MessageState
from gatepost.release import Released, ReleaseOutcome
from kit.site import OWN, TestSite, open_site


async def test_a_page_that_is_not_there_says_so(site: TestSite) -> None:
    async with site.client() as client:
        response = await client.get("/nowhere")

    assert response.status_code == 404
    assert "There is nothing here" in response.text


async def test_the_api_speaks_problem_details(site: TestSite) -> None:
    async with site.client() as client:
        responses = [await client.get("/api/v1/held"), await client.get("/api/v1/nothing")]

    assert [response.headers["content-type"] for response in responses] == ["application/problem+json"] * 2
    assert responses[0].json() == {"type": "about:blank", "title": "Unauthorized", "status": 401}


async def test_what_is_not_captured_has_no_pages(tmp_path: Path) -> None:
    async with open_site(tmp_path, capture=False) as site, site.logged_in() as client:
        assert (await client.get("/sent")).status_code == 404
        assert "Sent (captured)" not in (await client.get("/")).text


class Failing(StoreArchive):
    """An archive of which no list can be read."""

    error: Exception = StoreError("the disk is full")

    async def find(
        self, question: Question, *, limit: int = PAGE, offset: int = 0, after: str = ""
    ) -> Listing:
        raise self.error

    async def counts(self) -> Mapping[MessageState, int]:
        raise self.error


class Broken(Failing):
    """An archive with a fault that nobody foresaw."""

    error = RuntimeError("secret inside")


async def test_a_store_that_fails_is_told_as_such_and_nothing_else(tmp_path: Path) -> None:
    async with open_site(tmp_path, archive=Failing) as site, site.logged_in() as client:
        page, call = await client.get("/queue"), await client.get("/api/v1/held")

    assert (page.status_code, call.status_code) == (503, 503)
    assert "try again" in page.text


async def test_an_unforeseen_fault_shows_nothing_of_the_inside(tmp_path: Path) -> None:
    async with open_site(tmp_path, archive=Broken) as site, site.logged_in() as client:
        response = await client.get("/queue")

    assert response.status_code == 500
    assert "secret inside" not in response.text
    assert response.headers["content-security-policy"] == PAGE_POLICY


async def test_a_release_that_the_store_refuses_is_told_on_the_next_page(tmp_path: Path) -> None:
    async def refuses(id: MessageId, *, by: str, asks: object = None) -> ReleaseOutcome:
        return ReleaseOutcome(id, Released.FAILED, why="the disk is full")

    async with open_site(tmp_path, release=refuses) as site, site.logged_in() as client:
        await site.hold("held1")
        await client.post("/mail/held1/release", headers=OWN)
        page = await client.get("/queue")

    assert "Still held: the store failed (the disk is full)." in page.text


async def test_a_login_that_was_asked_for_a_page_leads_there_with_its_question(site: TestSite) -> None:
    async with site.client() as client:
        response = await client.get("/queue?rule=a&page=2")

    assert response.headers["location"] == "/login?next=/queue%3Frule%3Da%26page%3D2"


async def test_ids_of_nothing_are_404_everywhere(site: TestSite) -> None:
    id = MessageId("nothing")
    async with site.logged_in() as client:
        paths = [
            f"/mail/{id}",
            f"/mail/{id}/download",
            f"/mail/{id}/file/0",
            f"/mail/{id}/html/0",
            f"/sent/{id}",
        ]
        codes = {(await client.get(path)).status_code for path in paths}

    assert codes == {404}
