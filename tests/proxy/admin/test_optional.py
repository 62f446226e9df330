from __future__ import annotations

import pytest

from gatepost.admin import oidc, second
from gatepost.admin.optional import lacks
from gatepost.config.schema import Oidc, Site

WANTED = Site(
    public_url="https://review.example.com",
    oidc=Oidc(issuer="https://login.example.com", client_id="gatepost"),
    require_totp=("admin",),
)


def test_what_is_installed_lacks_nothing() -> None:
    assert list(lacks(WANTED)) == []


@pytest.mark.parametrize(("site", "keys"), [(Site(), []), (WANTED, ["site.oidc", "site.require_totp"])])
def test_only_what_is_wanted_and_not_installed_is_told(
    monkeypatch: pytest.MonkeyPatch, site: Site, keys: list[str]
) -> None:
    for module in (oidc, second):
        monkeypatch.setattr(module, "is_available", lambda: False)
    found = list(lacks(site))

    assert [each.key for each in found] == keys
    assert all(each.mend.startswith("pip install 'gatepost[") for each in found)
