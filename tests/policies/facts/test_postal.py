from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts import postal
from gatepost_policies.facts.postal import find_addresses
from kit.grounds import ground, words


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("12 Main Street\nSpringfield, IL 62704", id="us"),
        pytest.param("77 Orchard St Apt 4B\nProvidence, RI 02906-1234", id="us-apartment"),
        pytest.param("14 Fenwick Close\nLeeds\nWest Yorkshire\nLS17 8QT", id="uk"),
        pytest.param("200 King Street West, Toronto ON M5H 3T4", id="canada"),
        pytest.param("5 Collins Road\nMelbourne VIC 3000", id="australia"),
        pytest.param("Hauptstraße 5\n10115 Berlin", id="germany"),
        pytest.param("Am Alten Markt 12a, D-50667 Köln", id="germany-one-line"),
        pytest.param("Mariahilfer Straße 1\n1060 Wien", id="austria"),
        pytest.param("12 rue des Carmes, 44000 Nantes", id="france"),
        pytest.param("Calle Mayor 5, 2º A\n28013 Madrid", id="spain"),
        pytest.param("Via Roma 10\n20121 Milano", id="italy"),
        pytest.param("Kerkstraat 12\n1017 GP Amsterdam", id="netherlands"),
        pytest.param("ul. Długa 5/3\n00-238 Warszawa", id="poland"),
        pytest.param("Rua Augusta 100\n1100-053 Lisboa", id="portugal"),
        pytest.param("Rua das Flores, 123\nSão Paulo - SP\n01310-100", id="brazil"),
        pytest.param("Storgatan 5\n111 22 Stockholm", id="sweden"),
        pytest.param("Atatürk Cad. No:5\n34710 Kadıköy İstanbul", id="turkey"),
        pytest.param("〒150-0001 東京都渋谷区神宮前1-2-3", id="japan"),
    ],
)
def test_an_address_is_found_from_street_to_town(address: str) -> None:
    text = f"We sent it to:\n\n{address}\n\nThank you"
    (span,) = find_addresses(ground(text))
    assert words(text, span) == address


def test_a_label_makes_an_address_of_a_town() -> None:
    text = "Ship to: Ann Smith, Springfield, IL 62704"
    (span,) = find_addresses(ground(text))
    assert words(text, span) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Order 112-1234567-1234567 of 12345 pieces", id="numbers"),
        pytest.param("It arrives in 10115 Berlin soon", id="town-without-a-street"),
        pytest.param("call (217) 555-0123", id="telephone"),
        pytest.param("Main Street is nice", id="street-without-a-town"),
        pytest.param("Tracking RB123456785GB", id="parcel"),
    ],
)
def test_other_words_are_no_addresses(text: str) -> None:
    assert find_addresses(ground(text)) == []


@given(st.text(alphabet=st.sampled_from("0123456789 Main Street\nBerlin,LS QT〒都")))
def test_places_are_in_range(text: str) -> None:
    assert all(0 <= span.start <= span.end <= len(text) for span in find_addresses(ground(text)))


def test_finds_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postal, "MAX_ADDRESSES", 1)
    assert len(find_addresses(ground("Hauptstraße 5\n10115 Berlin\n\nHauptstraße 6\n10117 Berlin"))) == 1
