from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.admin import oidc, second
from gatepost.cli.checkups.found import State
from gatepost.cli.checkups.logins import logins
from gatepost.config import Config
from gatepost.config.schema import Oidc, Site
from gatepost.config.schema import Store as StoreConfig
from gatepost.store import Store
from gatepost.store.users import Role
from kit.command import command
from kit.desk import Desk

OIDC = Oidc(issuer="https://login.example.com", client_id="gatepost")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the core install is."""
    for module in (oidc, second):
        monkeypatch.setattr(module, "is_available", lambda: False)


def at(folder: Path, **site: object) -> Config:
    place = StoreConfig(path=folder / "gatepost.db")
    return Config(store=place, site=Site.model_validate({"public_url": "https://r.example.com", **site}))


async def test_what_is_installed_is_well(tmp_path: Path) -> None:
    [found] = await logins(at(tmp_path, oidc=OIDC, require_totp=("admin",)))
    assert (found.state, "identity provider" in found.found) == (State.OK, True)


@pytest.mark.usefixtures("bare")
async def test_what_is_wanted_and_not_installed_is_a_problem_with_its_cure(tmp_path: Path) -> None:
    found = await logins(at(tmp_path, oidc=OIDC, require_totp=("admin",)))
    assert {each.state for each in found} == {State.PROBLEM}
    assert [(each.subject, each.mend) for each in found] == [
        ("site.oidc", "pip install 'gatepost[oidc]'"),
        ("site.require_totp", "pip install 'gatepost[totp]'"),
    ]


@pytest.mark.usefixtures("bare")
async def test_what_nobody_wants_is_no_problem(tmp_path: Path) -> None:
    for config in (at(tmp_path), at(tmp_path, enabled=False, require_totp=("admin",))):
        assert [each.state for each in await logins(config)] == [State.OK]


@pytest.mark.usefixtures("bare")
def test_what_was_set_on_the_site_and_who_has_a_factor_count_too(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    async def work(store: Store) -> None:
        await store.settings.put("site.require_totp", ["reviewer"], by="ada")
        await store.users.add("rita", "correct horse battery", Role.REVIEWER, by="test")
        await store.proofs.enrol("rita", "JBSWY3DPEHPK3PXP", 1, ["a"], by="rita")

    desk.do(work)
    rows = {row["check"]: row for row in command("doctor", "--json", "--config", desk.file).rows}
    checked = command("config", "check", "--config", desk.file)
    assert rows["site.require_totp"]["status"] == "problem"
    assert rows["second factor"]["mend"] == "pip install 'gatepost[totp]'"
    assert (checked.status, "gatepost[totp]" in checked.err) == (2, True)
