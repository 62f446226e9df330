from __future__ import annotations

from kit.site import OWN, PASSWORD, TestSite


async def test_whoever_is_logged_in_is_not_asked_again(site: TestSite) -> None:
    async with site.logged_in() as client:
        response = await client.get("/login?next=/queue")

    assert (response.status_code, response.headers["location"]) == (303, "/queue")


async def test_the_form_keeps_where_one_wanted_to_go(site: TestSite) -> None:
    async with site.client() as client:
        form = (await client.get("/login?next=/queue%3Frule%3Da")).text
        wrong = await client.post("/login", data={"name": "<b>", "next": "/queue"}, headers=OWN)

    assert 'name="next" value="/queue?rule=a"' in form
    assert 'name="next" value="/queue"' in wrong.text
    assert "<b>&" not in wrong.text
    assert 'value="&lt;b&gt;"' in wrong.text


async def test_a_file_where_a_password_belongs_is_a_wrong_password(site: TestSite) -> None:
    async with site.client() as client:
        response = await client.post(
            "/login", data={"name": "rita"}, files={"password": ("x", b"correct horse battery")}, headers=OWN
        )

    assert response.status_code == 401


async def test_ones_sessions_are_listed_and_ended_elsewhere(site: TestSite) -> None:
    async with site.logged_in() as client, site.client("192.0.2.9") as other:
        data = {"name": "rita", "password": PASSWORD}
        await other.post("/login", data=data, headers={**OWN, "user-agent": "Lynx"})
        page = await client.get("/account")
        await client.post("/account/sessions", data={"id": "others"}, headers=OWN)
        codes = (await client.get("/account")).status_code, (await other.get("/account")).status_code
        nothing = await client.post("/account/sessions", data={}, headers=OWN)

    assert "192.0.2.9" in page.text
    assert "Lynx" in page.text
    assert codes == (200, 303)
    assert nothing.status_code == 400
