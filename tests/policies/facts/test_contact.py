from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts import contact
from gatepost_policies.facts.contact import find_emails, find_phones
from gatepost_policies.model import Span
from kit.grounds import ground, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("write to help@shop.com.", "help@shop.com", id="plain"),
        pytest.param("<help+eu@shop.co.uk>", "help+eu@shop.co.uk", id="plus"),
        pytest.param("help [at] shop.com", "help [at] shop.com", id="spelt-at"),
        pytest.param("help (at) shop (dot) com", "help (at) shop (dot) com", id="spelt-dot"),
        pytest.param("ｈｅｌｐ＠ｓｈｏｐ．ｃｏｍ", "ｈｅｌｐ＠ｓｈｏｐ．ｃｏｍ", id="full-width"),
        pytest.param("info@bücher.de", "info@bücher.de", id="idn"),
    ],
)
def test_an_e_mail_address_is_found(text: str, found: str) -> None:
    assert [words(text, span) for span in find_emails(ground(text))] == [found]


@pytest.mark.parametrize(
    "text", ["@shop", "a@b", "https://user@shop.com/", "5 @ 3.50", "help@file.pdf", "a @ b.com"]
)
def test_what_is_no_e_mail_address_is_left_alone(text: str) -> None:
    assert find_emails(ground(text)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("call +49 30 1234567 now", "+49 30 1234567", id="international"),
        pytest.param("0049 (0)30 1234567", "0049 (0)30 1234567", id="with-zeros"),
        pytest.param("(217) 555-0123", "(217) 555-0123", id="american"),
        pytest.param("1-888-555-0142", "1-888-555-0142", id="toll-free"),
        pytest.param("Tel.: 030/1234567", "030/1234567", id="german-label"),
        pytest.param("Téléphone : 01 23 45 67 89", "01 23 45 67 89", id="french"),
        pytest.param("WhatsApp: 600 123 456", "600 123 456", id="whatsapp"),
        pytest.param("020 7946 0958", "020 7946 0958", id="british"),
        pytest.param("電話：03-1234-5678", "03-1234-5678", id="japanese"),
        pytest.param("phone number 2175550123", "2175550123", id="label"),
    ],
)
def test_a_telephone_number_is_found(text: str, found: str) -> None:
    assert [words(text, span) for span in find_phones(ground(text), [])] == [found]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Order 112-1234567-1234567", id="order"),
        pytest.param("ISBN 978-3-16-148410-0", id="isbn"),
        pytest.param("EUR 1.234.567,00", id="amount"),
        pytest.param("2175550123", id="digits-alone"),
        pytest.param("10:30-12:45 on 12.11.2026", id="times"),
        pytest.param("ref 217-555-0123", id="reference"),
        pytest.param("model 4711-0815", id="model"),
    ],
)
def test_other_numbers_are_no_telephones(text: str) -> None:
    assert find_phones(ground(text), []) == []


def test_a_parcels_number_is_no_telephone() -> None:
    text = "call +49 30 1234567"
    assert find_phones(ground(text), [Span(0, 5, 19)]) == []


@given(st.text(alphabet=st.sampled_from("0123456789+-() .@abctel:at[]")))
def test_places_are_in_range(text: str) -> None:
    for span in (*find_emails(ground(text)), *find_phones(ground(text), [])):
        assert 0 <= span.start < span.end <= len(text)


def test_finds_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact, "MAX_FOUND", 1)
    text = f"a@b.com c@d.com +49 30 1234567 {'and so on ' * 10} +49 30 7654321"
    assert (len(find_emails(ground(text))), len(find_phones(ground(text), []))) == (1, 1)


def test_an_order_id_is_no_telephone_and_hides_none() -> None:
    text = "call 112-1234567-1234567 or +49 30 1234567"
    (found,) = find_phones(ground(text), [], [Span(0, 5, 24)])
    assert text[found.start : found.end] == "+49 30 1234567"


def test_a_number_may_be_parted_by_many_signs() -> None:
    text = "Tel: 030 (123) - (45 67)"
    (found,) = find_phones(ground(text), [])
    assert text[found.start :].startswith("030 (123)")
