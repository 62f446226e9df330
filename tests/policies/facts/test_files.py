"""Files to look at, and what they say put into the reading."""

from __future__ import annotations

import base64

from gatepost_policies import judge, load, read
from gatepost_policies.facts import Words, unseen, with_words
from gatepost_policies.rule import Example
from gatepost_policies.selftest import mail_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def reading(**values: object):  # type: ignore[no-untyped-def] # an Example's own fields
    return read(mail_of(Example(**values)))  # type: ignore[arg-type] # as above


def test_pictures_and_documents_are_to_be_looked_at_and_texts_are_not() -> None:
    attached = (
        ("a.png", "image/png", "x"),
        ("b.pdf", "application/pdf", "%PDF-1"),
        ("c.txt", "text/plain", "c"),
    )
    assert [file.name for file in unseen(reading(say="Hi", attach=attached).mail)] == ["a.png", "b.pdf"]


def test_a_picture_within_the_markup_is_to_be_looked_at() -> None:
    uri = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    [file] = unseen(reading(html=f"<img src='{uri}' alt='Logo'><p>Hello</p>").mail)
    assert (file.name, file.content) == ("Logo", PNG)


def test_a_signature_is_no_document() -> None:
    attached = (("smime.p7s", "application/pkcs7-signature", "x"),)
    assert unseen(reading(say="Hi", attach=attached).mail) == ()


def rules(words: Words) -> set[str]:
    raw = b"To: k3v9x2m7q4w8z1p@marketplace.amazon.com\r\nSubject: Order 112-1234567-1234567\r\n\r\n"
    whole = with_words(read(raw + b"Here is the invoice for your lamp.\r\n"), [words])
    return {finding.rule for finding in judge(whole, load("amazon-2018-10")).findings}


def test_what_a_file_says_is_judged_like_the_text() -> None:
    assert "d4c-positive-only" in rules(Words("a.pdf", words="Please leave us a 5 star review."))
    assert "p4-marketing" in rules(Words("a.png", in_pictures="20% off your next order"))
    assert "p1-external-link" in rules(Words("a.pdf", links=("https://lampshop.com/x",)))
    assert "p3-linked-logo" in rules(Words("a.png", codes=("https://lampshop.com/x",)))
    assert rules(Words("a.png", codes=("4006381333931",), in_pictures="Lamp Shop")) == set()


def test_a_carriers_code_is_allowed() -> None:
    assert (
        rules(Words("label.png", codes=("https://www.ups.com/track?tracknum=1Z999AA10123456784",))) == set()
    )


def test_what_was_not_read_is_a_finding() -> None:
    assert rules(Words("a.pdf", unread="the PDF is encrypted")) == {"g1-unread-file"}
