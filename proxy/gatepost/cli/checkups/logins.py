"""Logging in on the site: whether what it needs is installed, for what the configuration and users ask."""

from __future__ import annotations

from gatepost.admin import second
from gatepost.admin.optional import lacks
from gatepost.cli.checkups.found import Finding, ok, problem
from gatepost.cli.desk import store_of
from gatepost.config import Config
from gatepost.config.overlay import overlaid
from gatepost.errors import GatepostError
from gatepost.store import home_of


async def logins(config: Config) -> list[Finding]:
    """What is wanted and not installed: then people are shut out, or the gateway does not start."""
    if not config.site.enabled:
        return [ok("logins", "the site is switched off")]
    config, enrolled = await _known(config)
    found = [problem(each.key, f"not installed: {each.follows}", each.mend) for each in lacks(config.site)]
    if enrolled and not second.is_available():
        words = f"{enrolled} users have a second factor, which can't be checked: only recovery codes open"
        found.append(problem("second factor", words, "pip install 'gatepost[totp]'"))
    if found:
        return found
    if not second.is_available():
        return [ok("logins", "passwords; a second factor needs pip install 'gatepost[totp]'")]
    return [ok("logins", f"passwords, second factor{', identity provider' if config.site.oidc else ''}")]


async def _known(config: Config) -> tuple[Config, int]:
    """The configuration under what was set on the site, and how many users have a second factor."""
    try:
        if not home_of(config.store).is_there():
            return config, 0
        async with store_of(config, read_only=True) as store:
            settings = await store.settings.all()
            users = await store.users.list()
    except GatepostError:  # the store's own check-up tells of it
        return config, 0
    under = overlaid(config, {name: setting.value for name, setting in settings.items()})
    return under.config, sum(user.has_totp and not user.disabled for user in users)
