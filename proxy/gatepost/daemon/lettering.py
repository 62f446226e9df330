"""Letters from what the store knows of an order, for command and site; own words checked when saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from gatepost.config.schema import Letters
from gatepost.errors import ConfigError, FeedError
from gatepost.letters import Composed, Facts, LetterKind, Wish, compose, facts_of, load
from gatepost.model import OrderId
from gatepost.orderdata import OrderLine
from gatepost.store import Store
from gatepost.worker import Rulebooks
from gatepost_policies import judge, read
from gatepost_policies.known import Known
from gatepost_policies.model import Finding

LANGUAGES_OF = {
    "A1PA6795UKMFR9": "de", "A13V1IB3VIYZZH": "fr", "APJ6JRA9NG5V4": "it", "A1RKKUPIHCS9HS": "es",
    "A1805IZSGTT6HS": "nl", "A2NODRKZP88ZB9": "sv", "A1C3SOZRARQ6R3": "pl", "A33AVAJ2PDY3EV": "tr",
    "A1VC38T7YXB528": "ja", "A2Q3Y263D00KWC": "pt", "A1AM78C64UM0Y8": "es",
}  # fmt: skip
"""The language of a store; English where it is not listed."""

Found = Mapping[str, Sequence[Finding]]
"""What a letter would be held or refused for, by edition."""

_TRIAL_STORES = {"en": "com", "pt": "com.br", "sv": "se", "tr": "com.tr", "ja": "co.jp"}
_TRIAL_ADDRESSES = {
    "en": ("Jane Doe", "12 Main Street", "62701", "Springfield", "IL", "US"),
    "ja": ("山田太郎", "千代田1-1", "100-0001", "千代田区", "東京都", "JP"),
}
_TRIAL_ADDRESS = ("Erika Muster", "Hauptstr. 12", "10115", "Berlin", "DE")


@dataclass(frozen=True, slots=True)
class Lettered:
    """A letter from the data."""

    composed: Composed
    buyer: str  # "" when the order report has no address
    known: Known


async def letter(store: Store, settings: Letters, wish: Wish) -> Lettered:
    """The letter. Raises FeedError for what nobody knows, ConfigError for words that are wrong."""
    known = await store.orders.known([wish.order])
    lines = [line for line in await store.orders.lines([OrderId(wish.order)]) if isinstance(line, OrderLine)]
    found = known.order(wish.order)
    if found is None or not lines:
        raise FeedError(
            f"nothing is known of order {wish.order}; import an order report first: gatepost orders import"
        )
    language = wish.language or LANGUAGES_OF.get(found.marketplace, "en")
    own = (await store.own_letters.all()).get(language)
    templates = load(language, settings.folder, own=own.words if own else None)
    facts = _with(facts_of(found, lines, seller=settings.seller), wish)
    try:
        kind = LetterKind(wish.letter)
    except ValueError:
        raise FeedError(f"there is no letter {wish.letter!r}") from None
    return Lettered(compose(kind, facts, templates), found.buyer, known)


def _with(facts: Facts, wish: Wish) -> Facts:
    return replace(
        facts,
        reason=wish.reason,
        delivery=wish.delivery or facts.delivery,
        amount=wish.amount or facts.amount,
        refund_date=wish.refund_date or facts.refund_date,
    )


@dataclass(frozen=True, slots=True)
class BadLetter:
    """A letter of one's own that breaks the guidelines, by one edition."""

    letter: str
    edition: str
    findings: Sequence[Finding]


def tried(language: str, words: str, rulebooks: Rulebooks, *, seller: str) -> Sequence[BadLetter]:
    """What every letter of `words` would be held or refused for, by each edition that may judge it.

    Left out is what the shipped letter would be, too: the edition of 2020 forbids some letters whatever they
    say. Raises ConfigError, with its line, for words that can't be used at all.
    """
    templates, shipped = load(language, own=words), load(language)
    to = f"k3v9x2m7q4w8z1p@marketplace.amazon.{_TRIAL_STORES.get(language, language)}"
    facts = _trial_facts(language, to, seller)
    return [
        BadLetter(kind.value, edition, found)
        for kind in LetterKind
        if templates.letters[kind] != shipped.letters[kind]
        for edition, found in _new(
            _judged(compose(kind, facts, templates), to, rulebooks),
            _judged(compose(kind, facts, shipped), to, rulebooks),
        )
    ]


def _new(own: Found, shipped: Found) -> Iterator[tuple[str, Sequence[Finding]]]:
    """What only the own words are found for."""
    for edition, found in own.items():
        rules = {each.rule for each in shipped[edition]}
        if fresh := [each for each in found if each.rule not in rules]:
            yield edition, fresh


def _trial_facts(language: str, to: str, seller: str) -> Facts:
    return Facts(
        order="112-1234567-1234567",
        buyer=to,
        recipient="Jane Doe",
        seller=seller,
        items=((2, "Brass lamp"), (1, "Shade")),
        address=_TRIAL_ADDRESSES.get(language, _TRIAL_ADDRESS),
        carrier="UPS",
        tracking="1Z999AA10123456784",
        delivery=date(2026, 11, 27),
        amount=Decimal("24.50"),
        currency="EUR",
        refund_date=date(2026, 11, 20),
        reason="no-stock",
    )


def _judged(made: Composed, to: str, rulebooks: Rulebooks) -> Found:
    judged = {}
    for edition, book in rulebooks.all().items():
        found: dict[tuple[str, str], Finding] = {}
        for with_html in (False, True):
            raw = made.mail(sender="seller@localhost", to=to, with_html=with_html)
            verdict = judge(read(raw), book, recipients=(to,))
            if verdict.action.value:
                acting = (each for each in verdict.findings if each.acts and each.action.value)
                found |= {(each.rule, each.evidence): each for each in acting}
        judged[edition] = tuple(found.values())
    return judged


def require_passing(bad: Sequence[BadLetter]) -> None:
    """Raise ConfigError with all that is wrong; nothing when nothing is."""
    if bad:
        words = [
            f"{one.letter} ({one.edition}): {each.rule} ({each.clause})"
            + (f': "{each.evidence}"' if each.evidence else "")
            + (f"; {each.fix}" if each.fix else "")
            for one in bad
            for each in one.findings
        ]
        raise ConfigError("\n".join(dict.fromkeys(words)))
