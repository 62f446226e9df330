from __future__ import annotations

from gatepost.admin.access import Permission
from gatepost.admin.routes import BEFORE_CHANGE, CAPTURE_ROUTES, ROUTES

ALL = (*ROUTES, *CAPTURE_ROUTES)


def test_no_route_stands_twice() -> None:
    assert len({(page.method, page.path) for page in ALL}) == len(ALL)


def test_nothing_that_changes_anything_is_public_but_the_login_and_sealed_links() -> None:
    changing = {page.path for page in ALL if page.method != "GET" and page.permission is Permission.PUBLIC}

    assert changing == {"/login", "/link/{token}"}  # the seal of a link says whom it was sent to


def test_what_is_open_before_the_password_is_changed_exists() -> None:
    assert {page.path for page in ALL} >= BEFORE_CHANGE
