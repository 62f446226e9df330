"""Links that are not needed, that opt out, or whose words deceive."""

from __future__ import annotations

import pytest

from gatepost_policies.checks.links import shown_hosts, validate_only
from gatepost_policies.model import Source
from kit.judged import case, evidence, words


def test_each_website_is_found_once() -> None:
    html = "<a href='https://a.com/x'>A</a> <a href='https://a.com/x'>A again</a> <a href='https://a.com/y'>B</a>"
    assert words("external_link", case(html=html)) == ["A", "B"]


def test_a_link_that_hides_its_target_tells_it_in_the_note() -> None:
    [found] = evidence("external_link", case(html="<p>See <a href='https://lampshop.com/'>our page</a></p>"))
    assert (found.text, found.note.split(";")[0]) == ("our page", "leads to lampshop.com")


def test_a_link_without_words_is_found_by_its_address() -> None:
    html = "<p>Hello</p><meta http-equiv='refresh' content='0;url=https://lampshop.com/'>"
    [found] = evidence("external_link", case(html=html))
    assert (found.text, found.span) == ("https://lampshop.com/", None)


def test_amazons_pages_are_told_from_others() -> None:
    built = case("https://www.amazon.com/shops/x and https://lampshop.com/")
    assert words("external_link", built, only="amazon-pages") == ["https://www.amazon.com/shops/x"]
    assert words("external_link", built, only="other-sites") == ["https://lampshop.com/"]
    assert len(words("external_link", built)) == 2


def test_only_takes_its_two_words() -> None:
    validate_only({})
    with pytest.raises(ValueError, match="amazon-pages or other-sites"):
        validate_only({"only": "amazon"})


@pytest.mark.parametrize(
    ("href", "shown", "deceives"),
    [
        ("https://click.mailer.com/7", "www.ups.com/track", True),
        ("https://wwwapps.ups.com/track?n=1", "www.ups.com", False),
        ("https://www.amazon.de/returns", "www.amazon.com", False),
        ("https://lampshop.com/", "our page", False),
        ("https://lampshop.com/", "lampshop.com", False),
        ("mailto:a@lampshop.com", "www.lampshop.com", False),
    ],
)
def test_words_that_name_another_site_deceive(href: str, shown: str, deceives: bool) -> None:
    found = words("link_text", case(html=f"<p>Here: <a href='{href}'>{shown}</a></p>"))
    assert found == ([shown] if deceives else [])


def test_an_opt_out_header_is_found() -> None:
    built = case("Hello", headers={"List-Unsubscribe": "<mailto:stop@a.com>", "X-Desk": "7"})
    [found] = evidence("opt_out", built)
    assert (found.text, found.label) == ("<mailto:stop@a.com>", "header:List-Unsubscribe")


@pytest.mark.parametrize(
    "html",
    [
        "<a href='https://a.com/unsubscribe?u=7'>here</a>",
        "<a href='mailto:a@b.com?subject=unsubscribe'>here</a>",
        "<a href='https://a.com/u'>Unsubscribe</a>",
        "<a href='https://a.com/email-preferences'>settings</a>",
    ],
)
def test_an_opt_out_link_is_found_by_address_or_words(html: str) -> None:
    assert len(words("opt_out", case(html=f"<p>Your lamp is ready.</p>{html}"))) == 1


def test_the_buyers_own_wish_to_opt_out_is_not_the_sellers() -> None:
    text = "It is done.\n\nOn 3 May 2026 Ann wrote:\n> please unsubscribe me https://a.com/unsubscribe"
    assert words("opt_out", case(text)) == []


def test_an_answer_about_opting_out_is_no_offer_of_it() -> None:
    assert words("opt_out", case("You asked to unsubscribe from our messages; we send none.")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We have no newsletter, so there is nothing to unsubscribe from.", []),
        ("If you do not want our mails, unsubscribe by answering.", ["unsubscribe"]),
        ("If not, unsubscribe with one word.", ["unsubscribe"]),
        ("Please unsubscribe in that newsletter itself. It was not sent by us.", []),
        ("Please unsubscribe in that newsletter itself.", ["unsubscribe"]),
    ],
)
def test_where_there_is_no_list_nothing_opts_out(text: str, found: list[str]) -> None:
    assert [word for word in words("opt_out", case(text)) if word == "unsubscribe"] == found


def test_addresses_in_pictures_texts_are_seen() -> None:
    built = case(html="<p>Hello</p><img src='cid:a' alt='www.lampshop.com'>")
    assert [link.host for link in shown_hosts(built, Source.ALT)] == ["www.lampshop.com"]
