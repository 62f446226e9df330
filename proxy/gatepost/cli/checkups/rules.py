"""The rules: every edition that the configuration names loads."""

from __future__ import annotations

from gatepost.cli.checkups.found import Finding, ok, problem
from gatepost.config.schema import Policy
from gatepost.errors import GatepostError
from gatepost.worker import Rulebooks
from gatepost_policies.errors import PackError


def rules(policy: Policy) -> list[Finding]:
    """Load the rules as the gateway would."""
    try:
        rulebook = Rulebooks(policy).default
    except (GatepostError, PackError) as error:
        return [
            problem("rules", str(error), "mend the rule, or take it out; gatepost policy test tells more")
        ]
    return [ok("rules", f"{rulebook.edition}: {len(rulebook.rules)} rules, digest {rulebook.digest[:12]}")]
