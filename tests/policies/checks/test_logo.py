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


TRACKING = "https://www.ups.com/track?tracknum=1Z5R89390357567127"
SHOP = "https://lampshop.com/"
PICTURE = "<img src='cid:l' alt='Logo' width=120 height=40>"
MAPPED = "<img src='cid:l' alt='Logo' width=120 usemap=#M>"
FILL = "<v:roundrect href='URL'><v:fill type='frame' src='cid:l'/></v:roundrect>"
FORMS = {
    "a link around a picture": f"<a href='URL'>{PICTURE}</a>",
    "in tables within tables": f"<table><tr><td><table><tr><td><a href='URL'>{PICTURE}</a></table></table>",
    "around a table": f"<a href='URL'><table><tr><td>{PICTURE}</td></tr></table></a>",
    "around a cell's content": f"<table><tr><td><a href='URL'><b>{PICTURE}</b></a></td></tr></table>",
    "an area of a map": f"<map name=m><area href='URL' shape=default></map>{MAPPED}",
    "a map that comes later": f"{MAPPED}<map name=m><area href='URL'></map>",
    "a background in the link": "<a href='URL' style='background:url(cid:l)'>&nbsp;</a>",
    "a background within the link": "<a href='URL'><div style='background-image:url(cid:l)'>&nbsp;</div></a>",
    "a cell's background": "<a href='URL'><table><tr><td background='cid:l'>&nbsp;</td></tr></table></a>",
    "a shape for Outlook": (
        "<!--[if mso]><v:rect href='URL'><v:imagedata src='cid:l'/></v:rect><![endif]-->"
    ),
    "a fill for Outlook": f"<!--[if gte mso 9]>{FILL}<![endif]-->",
    "for all but Outlook": f"<!--[if !mso]><!--><a href='URL'>{PICTURE}</a><!--<![endif]-->",
    "a link in a drawing": "<svg><a href='URL'><image href='cid:l' width=9 height=9></image></a></svg>",
    "an old link in a drawing": "<svg><a xlink:href='URL'><image xlink:href='cid:l'></image></a></svg>",
    "a button that is a picture": f"<a href='URL'><button>{PICTURE}</button></a>",
    "a picture by its sources": f"<a href='URL'><picture><source srcset='cid:l'>{PICTURE}</picture></a>",
}
"""Every way in which a picture leads somewhere; URL is where to."""


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_picture_that_leads_to_the_shop_is_found_in_every_form(form: str) -> None:
    assert words("linked_logo", case(html=form.replace("URL", SHOP) + TEXT)) == [SHOP]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_carriers_picture_that_leads_to_the_parcel_is_left_alone_in_every_form(form: str) -> None:
    assert words("linked_logo", case(html=form.replace("URL", TRACKING) + TEXT)) == []


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_carriers_picture_that_leads_to_the_shop_is_found(form: str) -> None:
    passing_on = f"{TRACKING}&next={SHOP}"
    assert words("linked_logo", case(html=form.replace("URL", passing_on) + TEXT)) == [passing_on]


def test_a_link_whose_words_are_a_pictures_text_is_found() -> None:
    body = f"<img src='cid:l' alt='Lamp Shop at lampshop.com'>{TEXT}"
    assert words("linked_logo", case(html=body)) == ["lampshop.com"]


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
