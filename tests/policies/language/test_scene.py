"""Sentences with their language, owner and concepts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost_policies.language.identify import ask_model
from gatepost_policies.language.lexicon import Phrases
from gatepost_policies.language.scene import MAX_SENTENCES, observe
from gatepost_policies.model import Mail, Passage, Section, Source
from kit.scenes import plain


def test_a_hit_spans_the_original_words() -> None:
    mail = plain("Hello Anna,\n\nplease le\u00adave us a review.")
    (hit,) = observe(mail).having("review_ask")
    assert mail.passages[0].text[hit.span.start : hit.span.end] == "le\u00adave us a review"


def test_quoted_words_are_left_out_unless_asked_for() -> None:
    scene = observe(plain("Thank you for writing.\n", quoted="> Shall I leave a review?\n"))
    assert scene.having("review_ask") == ()
    assert len(scene.having("review_ask", own=False)) == 1


def test_a_sentence_never_crosses_from_one_owner_to_another() -> None:
    scene = observe(plain("We reply to your words", quoted=" which were these"))
    assert [s.section for s in scene.sentences] == [Section.AUTHOR, Section.QUOTED]


def test_each_passage_has_its_own_language() -> None:
    english = "Thank you for your order, we have shipped it to you today."
    german = "Vielen Dank für Ihre Bestellung, wir haben sie heute für Sie verschickt."
    mail = Mail((), "", (Passage(Source.PLAIN, "p", german), Passage(Source.HTML, "h", english)))
    assert [s.language for s in observe(mail).sentences] == ["de", "en"]


def test_a_foreign_sentence_within_a_passage_is_read_in_its_own_language() -> None:
    scene = observe(
        plain(
            "Thank you for your order, we have shipped it to you today and hope that you like it. "
            "Wir würden uns sehr freuen, wenn Sie uns eine Bewertung mit 5 Sternen geben."
        )
    )
    assert [s.language for s in scene.sentences] == ["en", "de"]
    assert scene.having("review_ask")[0].language == "de"


def test_a_short_subject_takes_the_language_of_the_mail() -> None:
    scene = observe(
        plain("Vielen Dank für Ihre Bestellung, wir haben sie heute verschickt.", subject="Service")
    )
    assert scene.sentences[0].language == "de"


def test_words_that_no_language_is_sure_of_are_read_in_that_of_the_subject() -> None:
    scene = observe(plain("Reviewers receive a voucher.", subject="Your order"))
    assert [s.language for s in scene.sentences] == ["en", "en"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Tak for din ordre. Vi har sendt den til dig i dag, og du kan følge pakken her.", "da"),
        ("Kiitos tilauksestasi, se on lähetetty tänään ja saapuu teille pian.", "fi"),
        ("Děkujeme za vaši objednávku, kterou jsme dnes odeslali.", "cs"),
        ("Спасибо за ваш заказ, мы отправили его сегодня.", "ru"),
        ("Ευχαριστούμε για την παραγγελία σας.", "el"),
        ("感谢您的订购，我们今天已经发货。", "zh"),
        ("주문해 주셔서 감사합니다. 오늘 발송했습니다.", "ko"),
    ],
)
def test_a_language_without_rules_is_still_recognised(text: str, language: str) -> None:
    assert observe(plain(text)).language == language


@pytest.mark.parametrize("text", ["", "112-1234567-1234567", "OK", "ACME Deluxe 3000"])
def test_text_too_short_to_tell_has_no_language(text: str) -> None:
    assert observe(plain(text)).language == ""


def test_questions_are_known() -> None:
    assert [s.question for s in observe(plain("Happy? Then write. Good; no?")).sentences] == [
        True,
        False,
        True,
    ]


def test_a_rule_may_look_for_its_own_phrases() -> None:
    mail = plain("Our Été sale is on.")
    (sentence,) = observe(mail).sentences
    (hit,) = sentence.find(Phrases.compiled({"mine": ["été sale"]}, language="en"))
    assert mail.passages[0].text[hit.span.start : hit.span.end] == "Été sale"


def test_a_mail_of_endless_sentences_is_read_up_to_the_limit_and_says_so() -> None:
    scene = observe(plain("Yes. " * (MAX_SENTENCES + 50)))
    assert (len(scene.sentences), scene.complete) == (MAX_SENTENCES, False)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_spans_lie_in_their_sentence_whatever_the_text(text: str) -> None:
    for sentence in observe(plain(text)).sentences:
        for hit in sentence.hits:
            assert sentence.start <= hit.span.start < hit.span.end <= sentence.end


@settings(deadline=None)
@given(st.text(max_size=300))
def test_sentences_are_in_reading_order_whatever_the_text(text: str) -> None:
    for before, after in pairwise(observe(plain(text)).sentences):
        assert before.end <= after.start


@pytest.mark.parametrize(
    "piece", ["leave us ", "free ", "a review ", "5 ", "⭐", "if you are happy ", "\u200b", "、"]
)
def test_repeated_words_make_no_more_hits_than_words(piece: str) -> None:
    text = piece * 2000
    scene = observe(plain(text))
    assert sum(len(s.hits) for s in scene.sentences) <= 20 * len(text)


def test_drawn_lines_do_not_make_a_mail_nobodys() -> None:
    said = "Your parcel came back to our depot. Write to me and I shall send it to you again, please."
    asked = ask_model.cache_info()
    assert observe(plain("\n".join(["- " * 60, said, "= " * 60]))).language == "en"
    assert ask_model.cache_info() == asked
