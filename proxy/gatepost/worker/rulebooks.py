"""The rulebooks in force: one an edition, chosen by seller account, marketplace, or the default."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from gatepost.config.schema import Policy
from gatepost.errors import ConfigError
from gatepost.pipeline import Rules
from gatepost_policies import Finding, PackError, Rule, Rulebook, judge, load, marketplace_of, read
from gatepost_policies.language.lexicon import known_languages, lexicon
from gatepost_policies.selftest import mail_of

ONE_PER_ORDER = "d4b-one-per-order"

SETTLED_SECONDS = 20.0
"""After its start a gateway has mail to catch up with; what may wait waits so long."""
_REST_SECONDS = 0.001
_AT_ONCE = 8  # phrases, of some 0.2 ms each


class Rulebooks:
    """All editions that the configuration names, loaded whole or not at all.

    Raises ConfigError when a pack, an own rule or an override is wrong; then what was in force stays so.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        names = {policy.edition, *policy.by_account.values(), *policy.by_marketplace.values()}
        try:
            self._books = {name: self._load(name) for name in sorted(names)}
        except PackError as error:
            key = f"policy.{error.key or 'edition'}" if not error.file else ""
            raise ConfigError(f"policy: {error}", key=key) from error

    def _load(self, edition: str) -> Rulebook:
        policy = self._policy
        return load(
            edition,
            folders=(policy.rules_folder,) if policy.rules_folder else (),
            modes=policy.modes,
            actions=policy.actions,
            allowed_hosts=policy.allowed_hosts,
        )

    @property
    def default(self) -> Rulebook:
        """The rulebook of `policy.edition`."""
        return self._books[self._policy.edition]

    def all(self) -> Mapping[str, Rulebook]:
        """Every rulebook that the configuration names, by edition."""
        return dict(self._books)

    def select(self, account: str, buyers: Sequence[str]) -> Rulebook:
        """The rulebook for an account writing to these buyers: by account, marketplace, default."""
        if account in self._policy.by_account:
            return self._books[self._policy.by_account[account]]
        for buyer in buyers:
            if edition := self._policy.by_marketplace.get(marketplace_of(buyer)):
                return self._books[edition]
        return self.default

    def warm(self) -> None:
        """Judge one example in each language, so that no first mail waits for its words to be made ready."""
        examples = {
            language: several[0]
            for rule in self.default.rules
            for language, several in rule.violates.items()
            if several
        }
        for example in examples.values():
            judge(read(mail_of(example)), self.default)

    def rules(self) -> Rules:
        """The rules that the pipeline fires itself."""
        book = self.default
        unreadable = next(rule for rule in book.rules if rule.category == "unreadable-content")
        return Rules(_as_finding(book.rule(ONE_PER_ORDER)), _as_finding(unreadable))


async def make_words_ready(
    languages: Sequence[str] = known_languages(), *, after: float = SETTLED_SECONDS
) -> None:
    """Compile, a little at a time, the phrases that no mail has asked for: 0.2 s of work a language.

    Without it the first mail to ask for a phrase pays for it.
    """
    await asyncio.sleep(after)
    for language in languages:
        for number, _ in enumerate(lexicon(language).prepared()):
            if number % _AT_ONCE == 0:
                await asyncio.sleep(_REST_SECONDS)  # mail goes first


def _as_finding(rule: Rule) -> Finding:
    return Finding(
        rule=rule.id,
        category=rule.category,
        clause=rule.clause,
        action=rule.action,
        mode=rule.mode,
        evidence="",
        part="",
        start=0,
        end=0,
        fix=rule.fix,
        title=rule.title,
    )
