from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts import items
from gatepost_policies.facts.items import find_items
from kit.grounds import ground, words


@pytest.mark.parametrize(
    ("text", "name", "quantity"),
    [
        pytest.param("2 x Desk Lamp", "Desk Lamp", 2, id="before"),
        pytest.param("1 × Gartenstuhl, grün", "Gartenstuhl, grün", 1, id="times-sign"),
        pytest.param("- 3x Lamp", "Lamp", 3, id="list"),
        pytest.param("Desk Lamp x 2", "Desk Lamp", 2, id="after"),
        pytest.param("Desk Lamp (x2)", "Desk Lamp", 2, id="after-in-brackets"),
        pytest.param("Desk Lamp, Qty: 2", "Desk Lamp", 2, id="qty"),
        pytest.param("Desk Lamp\nQuantity: 2", "Desk Lamp", 2, id="label-below"),
        pytest.param("Item: Desk Lamp\nQuantity: 2", "Desk Lamp", 2, id="labels"),
        pytest.param("Artikel: Lampe\nMenge: 2", "Lampe", 2, id="german"),
        pytest.param("Lampe (2 Stück)", "Lampe", 2, id="german-units"),
        pytest.param("Lampe de bureau - Quantité : 2", "Lampe de bureau", 2, id="french"),
        pytest.param("Lámpara, cantidad: 2", "Lámpara", 2, id="spanish"),
        pytest.param("Lampada, quantità: 2", "Lampada", 2, id="italian"),
        pytest.param("Lamp, aantal: 2", "Lamp", 2, id="dutch"),
        pytest.param("Lampa biurkowa, ilość: 2 szt.", "Lampa biurkowa", 2, id="polish"),
        pytest.param("Luminária, quantidade: 2", "Luminária", 2, id="portuguese"),
        pytest.param("Lampa, antal: 2", "Lampa", 2, id="swedish"),
        pytest.param("Masa lambası, 2 adet", "Masa lambası", 2, id="turkish"),
        pytest.param("商品名：ランプ\n数量：2", "ランプ", 2, id="japanese"),
        pytest.param("ランプ 2個", "ランプ", 2, id="japanese-counter"),
        pytest.param("your purchase of 1 of The Big Lamp.", "The Big Lamp", 1, id="of"),
        pytest.param("1 st Lampa, blå", "Lampa, blå", 1, id="swedish-before"),
        pytest.param("Ürün: 2 adet masa lambası, gri", "masa lambası, gri", 2, id="turkish-before"),
        pytest.param("2 un. Luminária de papel", "Luminária de papel", 2, id="portuguese-before"),
        pytest.param("– 1 paire de chaussettes, noires", "chaussettes, noires", 1, id="french-pairs"),
        pytest.param("Wollmantel, Gr. M\t1\t59,90 €", "Wollmantel, Gr. M", 1, id="row-with-a-price"),
        pytest.param("Stjärna i papper\t1 st", "Stjärna i papper", 1, id="row-with-a-unit"),
        pytest.param("Item\tQty\tPrice\nDesk Lamp\t2\t$5.00", "Desk Lamp", 2, id="table"),
    ],
)
def test_an_item_line_gives_name_and_quantity(text: str, name: str, quantity: int) -> None:
    (item,) = find_items(ground(text))
    assert (item.name, item.quantity) == (name, quantity)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("size 20 x 30 cm", id="size"),
        pytest.param("120x60x75", id="measures"),
        pytest.param("Toddler 2 Piece Pajama Set", id="name-with-a-unit"),
        pytest.param("Qty: 0", id="none"),
        pytest.param("Room\t12", id="row-without-a-price"),
        pytest.param("Monday\t9\t17\topen", id="row-of-numbers"),
        pytest.param("It is the 1 st time.", id="no-unit"),
        pytest.param("We sent it 2 days ago", id="duration"),
        pytest.param("Order 112-1234567-1234567", id="order"),
        pytest.param("5 of 5 stars", id="rating"),
        pytest.param("1080x1920", id="resolution"),
    ],
)
def test_other_numbers_are_no_quantities(text: str) -> None:
    assert find_items(ground(text)) == []


def test_the_place_covers_name_and_quantity() -> None:
    text = "Hello,\nDesk Lamp\nQuantity: 2\nBye"
    (item,) = find_items(ground(text))
    assert words(text, item.span) == "Desk Lamp\nQuantity: 2"


@given(st.text(alphabet=st.sampled_from("0123456789x× qty:Lamp\n\t")))
def test_places_are_in_range(text: str) -> None:
    assert all(0 <= one.span.start < one.span.end <= len(text) for one in find_items(ground(text)))


def test_finds_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MAX_ITEMS", 1)
    assert len(find_items(ground("1 x Lamp\n2 x Chair"))) == 1


def test_a_quantity_without_any_name_has_none() -> None:
    (item,) = find_items(ground("Qty: 2"))
    assert (item.name, item.quantity) == ("", 2)


def test_a_row_that_does_not_fit_its_table_is_none() -> None:
    assert find_items(ground("Item\tQty\nLamp\tseveral\nLamp\t1\t$5")) == []
