from __future__ import annotations

from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model import MessageId
from gatepost.notices.letter import Letter, compose, entry_of, is_own
from kit.messages import AT, SELLER, entry, message
from kit.telling import subject, text


def mail_of(letter: Letter) -> bytes:
    return compose(
        letter, sender="postmaster@gate.example", hostname="gate.example", id=MessageId("n1"), at=AT
    )


@given(st.text(), st.text(), st.text(), st.text())
def test_no_word_breaks_out_of_a_notice(title: str, words: str, to: str, about: str) -> None:
    raw = mail_of(Letter("held:m1", to, title, words, about=about))
    mail = message_from_bytes(raw)

    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert set(mail.keys()) <= {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
        "Precedence", "In-Reply-To", "References", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding",
    }  # fmt: skip
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert mail.defects == []


def test_words_arrive_as_they_were() -> None:
    mail = message_from_bytes(
        mail_of(Letter("held:m1", SELLER, "Zurückgehalten: Größe – 例え", "Grüße\n.\nEnde"))
    )

    assert subject(mail) == "Zurückgehalten: Größe – 例え"
    assert text(mail).replace("\r\n", "\n") == "Grüße\n.\nEnde\n"


@pytest.mark.parametrize("about", ["<1@a> <2@b>", "1@a", "<1\r\nBcc: x@y>", "<ü@a>", "<" + "a" * 300 + ">"])
def test_what_is_no_message_id_is_left_out(about: str) -> None:
    assert b"In-Reply-To" not in mail_of(Letter("held:m1", SELLER, "s", "t", about=about))


def test_notices_and_reports_are_known_as_our_own() -> None:
    letter = Letter("held:m1", SELLER, "s", "t")
    made = entry_of(letter, b"", id=MessageId("n1"), at=AT, hostname="gate.example")

    assert is_own(made)
    assert made.fingerprint == "notice:held:m1"
    assert not is_own(entry(message()))
