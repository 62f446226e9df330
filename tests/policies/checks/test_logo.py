"""Pictures that lead to, or name, a website."""

from __future__ import annotations

import pytest

from kit.judged import case, evidence, words

TEXT = "<p>Your lamp has been repaired.</p>"
AREA = "<area href='https://a.com/' shape='rect' coords='0,0,9,9'>"
MAP = f"<img src='cid:l' usemap='#m'><map name='m'>{AREA}</map>"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<a href='https://a.com/'><img src='cid:l'></a>", id="a linked picture"),
        pytest.param(
            "<a href='https://a.com/'><b><img src='cid:l'></b> Lamp Shop</a>", id="a picture among words"
        ),
        pytest.param(MAP, id="an image map"),
    ],
)
def test_a_picture_that_leads_to_a_site_is_found(html: str) -> None:
    assert words("linked_logo", case(html=html + TEXT)) == ["https://a.com/"]


def test_each_target_is_found_once() -> None:
    logo = "<a href='https://a.com/'><img src='cid:l' alt='Lamp Shop'></a>"
    [found] = evidence("linked_logo", case(html=logo + TEXT + logo))
    assert found.note == 'the picture "Lamp Shop" leads there'


def test_a_picture_whose_text_is_an_address_is_found() -> None:
    assert words("linked_logo", case(html=f"<img src='cid:l' alt='www.lampshop.com'>{TEXT}")) == [
        "www.lampshop.com"
    ]


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<img src='cid:l' alt='Lamp Shop'>", id="no link"),
        pytest.param("<a href='https://www.amazon.com/returns'><img src='cid:l'></a>", id="a needed page"),
        pytest.param("<a href='https://a.com/'>Lamp Shop</a>", id="a link without a picture"),
    ],
)
def test_other_pictures_are_left_alone(html: str) -> None:
    assert words("linked_logo", case(html=html + TEXT)) == []
