"""Letters from the store, and own words that are tried before they are kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gatepost.config.schema import Letters, Policy
from gatepost.daemon.importing import import_file
from gatepost.daemon.lettering import letter, require_passing, tried
from gatepost.errors import ConfigError, FeedError
from gatepost.letters import LANGUAGES, LetterKind, Wish, shipped_words
from gatepost.store import Store
from gatepost.worker import Rulebooks
from kit import shop
from kit.shop import MARKETS

BOOKS = Rulebooks(Policy(by_account={"shop2": "amazon-2020-11"}))


@pytest.fixture
async def sale(shop_store: Store, tmp_path: Path) -> shop.Sale:
    some = shop.sales(MARKETS["de"], 1)
    for file in (shop.report(tmp_path / "o.txt", some), shop.shipments(tmp_path / "s.txt", some)):
        await import_file(shop_store.orders, file, by="ada")
    shop_store.orders.forget()
    return some[0]


async def test_a_letter_says_what_is_on_record_in_the_language_of_the_store(
    shop_store: Store, sale: shop.Sale
) -> None:
    wish = Wish("shipment-confirmation", sale.order, delivery=date(2026, 11, 27))
    made = await letter(shop_store, Letters(seller="Lampen GmbH"), wish)
    assert (made.composed.language, made.buyer) == ("de", sale.buyer)
    assert {sale.tracking, "27. November 2026", "Lampen GmbH"} <= {
        words for words in (sale.tracking, "27. November 2026", "Lampen GmbH") if words in made.composed.text
    }


async def test_what_is_said_counts_more_than_what_is_on_record(shop_store: Store, sale: shop.Sale) -> None:
    wish = Wish("order-unavailable", sale.order, amount=Decimal("5.50"), reason="no-stock", language="en")
    made = await letter(shop_store, Letters(), wish)
    assert "5.50 EUR" in made.composed.text


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Wish("delay", "999-1234567-1234567"), "nothing is known of order"),
        (Wish("love-letter", "ORDER"), "there is no letter"),
        (Wish("return-confirmation", "ORDER"), "no refund is on record"),
    ],
)
async def test_what_can_not_be_made_is_told(shop_store: Store, sale: shop.Sale, wish: Wish, why: str) -> None:
    order = sale.order if wish.order == "ORDER" else wish.order
    with pytest.raises(FeedError, match=why):
        await letter(shop_store, Letters(), Wish(wish.letter, order))


async def test_words_of_the_site_take_the_place_of_the_folders(
    shop_store: Store, sale: shop.Sale, tmp_path: Path
) -> None:
    words = "{0} Bestellung $order. Bitte bewerten Sie sie bei Amazon."
    form = f'review-request: {{{{subject: "{{0}} $order", text: "{words}"}}}}\n'
    (tmp_path / "de.yaml").write_text(form.format("Ordner"), encoding="utf-8")
    settings, wish = Letters(folder=tmp_path), Wish("review-request", sale.order)
    assert (await letter(shop_store, settings, wish)).composed.subject.startswith("Ordner")
    await shop_store.own_letters.put("de", form.format("Seite"), by="ada")
    assert (await letter(shop_store, settings, wish)).composed.subject.startswith("Seite")
    assert await shop_store.own_letters.drop("de", by="ada")
    assert (await letter(shop_store, settings, wish)).composed.subject.startswith("Ordner")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_of_the_shipped_words_passes_in_every_language(language: str) -> None:
    assert tried(language, shipped_words(language).decode(), BOOKS, seller="Lamps & Co") == []


BAD = {
    "en": "Please leave us a 5 star review for order $order on Amazon.",
    "de": "Bitte geben Sie uns eine 5-Sterne-Bewertung für die Bestellung $order bei Amazon.",
    "fr": "Merci de nous laisser un avis 5 étoiles sur Amazon pour la commande $order.",
    "es": "Por favor, déjenos una reseña de 5 estrellas en Amazon por el pedido $order.",
    "it": "Ci lasci una recensione a 5 stelle su Amazon per l'ordine $order.",
    "nl": "Geef ons een 5-sterrenbeoordeling op Amazon voor bestelling $order.",
    "pl": "Prosimy o wystawienie nam opinii z 5 gwiazdkami na Amazon za zamówienie $order.",
    "pt": "Por favor, deixe uma avaliação de 5 estrelas na Amazon para o pedido $order.",
    "sv": "Ge oss gärna ett 5-stjärnigt omdöme på Amazon för beställning $order.",
    "tr": "Lütfen $order numaralı sipariş için Amazon'da bize 5 yıldızlı yorum yazın.",
    "ja": "注文番号 $order について、Amazonで星5つのレビューをお願いいたします。",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_break_the_guidelines_are_refused_with_the_finding(language: str) -> None:
    words = f'review-request: {{subject: "$order", text: "{BAD[language]}"}}\n'
    bad = tried(language, words, BOOKS, seller="")
    assert {one.letter for one in bad} == {"review-request"}
    assert {one.edition for one in bad} == {"amazon-2018-10", "amazon-2020-11"}
    assert "review-positive-only" in {each.category for one in bad for each in one.findings}
    with pytest.raises(ConfigError, match=r"review-request \(amazon-2018-10\)"):
        require_passing(bad)


def test_words_that_are_no_letters_are_refused_with_their_line() -> None:
    with pytest.raises(ConfigError, match=r"de\.yaml:2"):
        tried("de", "\nsorry: {}\n", BOOKS, seller="")


def test_every_letter_is_tried() -> None:
    link = "See www.shop-lamps.example"
    names = "$order $delivery $items $carrier $tracking $address $amount $refund_date $reason"
    words = "".join(f'{kind.value}: {{subject: "$order", text: "{link} {names}"}}\n' for kind in LetterKind)
    assert {one.letter for one in tried("en", words, BOOKS, seller="")} == {kind.value for kind in LetterKind}
