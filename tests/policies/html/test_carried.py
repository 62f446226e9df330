from __future__ import annotations

import pytest

from gatepost_policies.html import carried, read_html
from gatepost_policies.model import LinkKind


@pytest.mark.parametrize(
    ("source", "kind", "url"),
    [
        pytest.param(
            "<a href='https://a.example/x?y=1&amp;z=2'>t</a>",
            LinkKind.HREF,
            "https://a.example/x?y=1&z=2",
            id="a",
        ),
        pytest.param("<a href=' java&#115;cript:x '>t</a>", LinkKind.HREF, "javascript:x", id="script"),
        pytest.param(
            "<map name=m><area href=https://a.example></map>", LinkKind.AREA, "https://a.example", id="area"
        ),
        pytest.param(
            "<form action=https://a.example><input></form>", LinkKind.FORM, "https://a.example", id="form"
        ),
        pytest.param(
            "<button formaction=https://a.example>b</button>", LinkKind.FORM, "https://a.example", id="button"
        ),
        pytest.param(
            "<meta http-equiv=Refresh content='0; URL=https://a.example'>",
            LinkKind.META,
            "https://a.example",
            id="refresh",
        ),
        pytest.param(
            "<meta http-equiv=refresh content='5, https://a.example'>",
            LinkKind.META,
            "https://a.example",
            id="refresh-without-a-name",
        ),
        pytest.param(
            "<input type=image formaction=https://a.example>", LinkKind.FORM, "https://a.example", id="input"
        ),
        pytest.param(
            "<iframe srcdoc=\"<a href='https://a.example'>x</a>\"></iframe>",
            LinkKind.HREF,
            "https://a.example",
            id="document-in-an-attribute",
        ),
        pytest.param(
            "<svg><a><set attributeName=href to=https://a.example></set></a></svg>",
            LinkKind.SVG,
            "https://a.example",
            id="animated",
        ),
        pytest.param("<base href=https://a.example/>", LinkKind.BASE, "https://a.example/", id="base"),
        pytest.param(
            "<svg><a xlink:href=https://a.example><text>t</text></a></svg>",
            LinkKind.SVG,
            "https://a.example",
            id="svg",
        ),
        pytest.param(
            "<img src=https://a.example/p.png>", LinkKind.REMOTE, "https://a.example/p.png", id="img"
        ),
        pytest.param(
            "<img srcset='https://a.example/2.png 2x'>",
            LinkKind.REMOTE,
            "https://a.example/2.png",
            id="srcset",
        ),
        pytest.param(
            "<link rel=stylesheet href=https://a.example/s.css>",
            LinkKind.REMOTE,
            "https://a.example/s.css",
            id="link",
        ),
        pytest.param(
            "<iframe src=https://a.example></iframe>", LinkKind.REMOTE, "https://a.example", id="iframe"
        ),
        pytest.param(
            "<video poster=https://a.example/p></video>", LinkKind.REMOTE, "https://a.example/p", id="video"
        ),
        pytest.param(
            "<table background=https://a.example/b.png>",
            LinkKind.REMOTE,
            "https://a.example/b.png",
            id="background",
        ),
        pytest.param(
            "<p style='background:url(https://a.example/b)'>x", LinkKind.CSS, "https://a.example/b", id="css"
        ),
        pytest.param(
            '<style>p{background:url("https://a.example/b")}</style>',
            LinkKind.CSS,
            "https://a.example/b",
            id="sheet",
        ),
        pytest.param(
            "<style>@import url(https://a.example/c);</style>",
            LinkKind.CSS,
            "https://a.example/c",
            id="import",
        ),
        pytest.param(
            "<p onclick=\"location='https://a.example/x'\">x</p>",
            LinkKind.HREF,
            "https://a.example/x",
            id="script-event",
        ),
        pytest.param(
            "<!--[if mso]><v:roundrect href='https://a.example'>b</v:roundrect><![endif]-->",
            LinkKind.HREF,
            "https://a.example",
            id="outlook-button",
        ),
        pytest.param("<a href='mailto:a@b.example'>t</a>", LinkKind.HREF, "mailto:a@b.example", id="mailto"),
    ],
)
def test_every_way_to_carry_a_link_is_found(source: str, kind: LinkKind, url: str) -> None:
    assert (kind, url) in [(anchor.kind, anchor.url) for anchor in read_html(source).anchors]


def test_what_is_shown_for_a_link_is_its_visible_text() -> None:
    page = read_html("Go <a href=x> to <b>our</b>\nshop </a> now")
    (anchor,) = page.anchors
    assert page.text[anchor.start : anchor.end] == "to our shop"


def test_a_link_that_shows_nothing_has_no_range() -> None:
    (anchor,) = read_html("a<a href=x><span style='display:none'>b</span></a>c").anchors
    assert anchor.start == anchor.end


def test_a_linked_picture_says_so_on_both_sides() -> None:
    page = read_html("<a href=https://a.example><img src=cid:1 alt='Our shop' width=120 height=40></a>")
    anchor = page.anchors[0]
    (picture,) = page.pictures
    assert (anchor.image, anchor.alt) == (True, "Our shop")
    assert (picture.linked_to, picture.width, picture.height) == ("https://a.example", 120, 40)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "<img src=l.png usemap='#m'><map name=m><area href=https://a.example></map>", id="map-after"
        ),
        pytest.param(
            "<map name=M><area href=https://a.example></map><img src=l.png usemap='#m'>", id="map-before"
        ),
        pytest.param("<a href=https://a.example><table><tr><td><img src=l.png></table></a>", id="far-within"),
        pytest.param(
            "<a href=https://a.example style='background:url(l.png)'>x</a>", id="background-of-the-link"
        ),
        pytest.param(
            "<a href=https://a.example><div style='background-image:url(l.png)'>x</div></a>",
            id="background-within",
        ),
        pytest.param("<svg><a href=https://a.example><image href=l.png></image></a></svg>", id="svg"),
    ],
)
def test_pictures_know_where_they_lead(source: str) -> None:
    assert [picture.linked_to for picture in read_html(source).pictures] == ["https://a.example"]


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        pytest.param("width=1 height=1", (1, 1), id="attributes"),
        pytest.param("style='width:2px;height:3px'", (2, 3), id="style"),
        pytest.param("width='100%'", (None, None), id="percent"),
        pytest.param("", (None, None), id="none"),
        pytest.param("style='max-width:600px;width:50px' height=7", (50, 7), id="both"),
    ],
)
def test_pictures_tell_their_size(attributes: str, size: tuple[int | None, int | None]) -> None:
    (picture,) = read_html(f"<img src=x {attributes}>").pictures
    assert (picture.width, picture.height) == size


def test_data_and_attached_pictures_are_not_loaded_from_elsewhere() -> None:
    page = read_html("<img src='data:image/png;base64,AA=='><img src='cid:1'>")
    assert (len(page.pictures), page.anchors) == (2, ())


def test_links_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carried, "MAX_LINKS", 3)
    page = read_html("<a href=x>y</a>" * 5)
    assert (len(page.anchors), page.defects) == (3, ("too-many-links",))


def test_pictures_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carried, "MAX_PICTURES", 2)
    page = read_html("<img src=cid:x>" * 4)
    assert (len(page.pictures), page.defects) == (2, ("too-many-pictures",))


def test_a_flat_page_still_tells_its_links() -> None:
    source = (
        "<div>" * 3_000
        + "<a href='https://a.example'>x</a><meta http-equiv=refresh content='0;url=https://b.example'>"
    )
    assert [anchor.url for anchor in read_html(source).anchors] == ["https://a.example", "https://b.example"]
