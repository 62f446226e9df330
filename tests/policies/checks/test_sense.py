"""Whether words are meant: negation, reported rules, answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.checks.sense import Talk, narrowest, overlaps
from gatepost_policies.language.scene import observe
from gatepost_policies.model import Span
from kit.scenes import plain


def meant(text: str, concept: str) -> int:
    return sum(1 for _ in Talk(observe(plain(text))).meant(concept))


@pytest.mark.parametrize(
    ("text", "concept", "count"),
    [
        pytest.param("We offer you a voucher.", "voucher", 1, id="plain"),
        pytest.param("We can't offer you a voucher.", "voucher", 0, id="negation"),
        pytest.param("We don't send gifts, coupons or vouchers.", "voucher", 0, id="over an enumeration"),
        pytest.param("If you don't like it, please take this voucher.", "voucher", 1, id="not over a clause"),
        pytest.param("We can't repair it, but here is a voucher.", "voucher", 1, id="not over but"),
        pytest.param("Don't hesitate to use your voucher.", "voucher", 1, id="no real negation"),
        pytest.param("A voucher is not needed.", "voucher", 0, id="denied afterwards"),
        pytest.param("Amazon does not allow us to send a voucher.", "voucher", 0, id="reported rule"),
        pytest.param("You receive from us no reward for it.", "gift", 0, id="within what is given"),
        pytest.param(
            "Gutscheine können wir Ihnen leider nicht anbieten.", "voucher", 0, id="German verb last"
        ),
        pytest.param(
            "Za opinie nie oferujemy punktów.", "benefit", 0, id="Polish, within what it reaches over"
        ),
        pytest.param("Ihr Gutschein: 10 € für Ihre nächste Bestellung.", "voucher", 1, id="German, plain"),
        pytest.param("Size hediye kartı veremiyoruz.", "voucher", 0, id="Turkish suffix"),
        pytest.param("Si no llegó ¿acepta un vale de 5 €?", "voucher", 1, id="not into a Spanish question"),
        pytest.param("No le damos ningún vale de 5 €.", "voucher", 0, id="Spanish, denied"),
        pytest.param("ギフト券を差し上げることはできません。", "voucher", 0, id="Japanese verb last"),
    ],
)
def test_a_negation_governs_its_own_clause(text: str, concept: str, count: int) -> None:
    assert meant(text, concept) == count


SERVICE = "We have sent the missing screws by post today. "


@pytest.mark.parametrize(("sentences", "count"), [(0, 1), (5, 1), (6, 0), (40, 0)])
def test_words_that_hint_are_put_together_in_a_brief_mail_only(sentences: int, count: int) -> None:
    body = f"Hello Kim,\n\n{SERVICE * sentences}Please write us a review about the lamp."
    talk = Talk(observe(plain(body)))
    assert len(list(talk.together("please", ("review_talk",)))) == count
    assert len(list(talk.together("please", ("review_talk",), anywhere=True))) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("You asked whether you get a voucher.", 0, id="asked by the buyer"),
        pytest.param("You asked about the lamp; here is a voucher.", 1, id="a new breath"),
        pytest.param("Here is a voucher, as you asked about one.", 1, id="said before"),
        pytest.param(f"You asked about it and {'so on ' * 30}here is a voucher.", 1, id="out of reach"),
    ],
)
def test_what_the_buyer_asked_is_not_what_the_seller_says(text: str, count: int) -> None:
    assert meant(text, "voucher") == count


def test_the_words_before_a_title_may_reach_into_it() -> None:
    assert (
        meant("El libro «Cómo conseguir cinco estrellas» va de camino y llega el viernes.", "top_marks") == 0
    )


def test_an_answer_to_the_buyer_reaches_two_sentences() -> None:
    talk = Talk(observe(plain("You asked how to rate us. Open Your Orders. Click rate. Then rate us.")))
    assert [talk.answers_buyer(number) for number in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("subject", "body", "count"),
    [
        pytest.param("Re: a gift card for a review?", "We can't give vouchers for reviews.", 0, id="denied"),
        pytest.param("Odp.: Rabat za opinię?", "Nie oferujemy bonów za opinie.", 0, id="denied, Polish"),
        pytest.param("Re: a gift card for a review?", "Here you are.", 1, id="not denied"),
        pytest.param("A gift card for a review?", "We can't give vouchers for reviews.", 1, id="no answer"),
    ],
)
def test_the_subject_of_an_answer_is_the_buyers_where_it_is_denied(
    subject: str, body: str, count: int
) -> None:
    assert meant(f"{subject}\n\n{body}", "voucher") + meant(f"{subject}\n\n{body}", "discount") == count


@pytest.mark.parametrize(
    ("body", "concept", "count"),
    [
        pytest.param("We give nothing for reviews, that is not allowed.", "discount", 0, id="denied"),
        pytest.param("Sorry, that is not possible. Reviews must stay free.", "discount", 0, id="beside"),
        pytest.param("Sorry, that is not possible. Reviews must stay free.", "benefit", 0, id="a hint"),
        pytest.param("We pay nothing. A voucher would buy your opinion.", "top_marks", 0, id="a gift named"),
        pytest.param(
            "Sorry, that is not possible. Reviews must stay free.", "pay_outside", 1, id="no review"
        ),
        pytest.param("The lid is not broken. It is only loose.", "discount", 1, id="another matter"),
        pytest.param("With pleasure.", "discount", 1, id="no answer"),
        pytest.param("Don't wait, reviews are open.", "discount", 1, id="no real negation"),
        pytest.param("It is no trouble: write a review.", "discount", 1, id="an ask"),
    ],
)
def test_the_subject_of_an_answer_may_be_what_is_declined(body: str, concept: str, count: int) -> None:
    assert meant(f"Re: five stars for a 5% discount, or pay by PayPal?\n\n{body}", concept) == count


@pytest.mark.parametrize(
    ("subject", "body", "concept", "count"),
    [
        pytest.param(
            "Re: editing my review",
            "You asked how to edit one: open your profile.",
            "review_change",
            0,
            id="asked",
        ),
        pytest.param("Re: editing my review", "Here is the invoice.", "review_change", 1, id="not asked"),
        pytest.param("Editing my review", "You asked how to edit one.", "review_change", 1, id="no answer"),
        pytest.param(
            "Re: 20% off your next order", "You asked where it is.", "discount", 1, id="no buyer's wish"
        ),
    ],
)
def test_the_subject_of_an_answer_may_be_the_change_a_buyer_asked_about(
    subject: str, body: str, concept: str, count: int
) -> None:
    assert meant(f"{subject}\n\n{body}", concept) == count


def test_the_shorter_of_two_overlapping_spans_is_kept() -> None:
    assert narrowest([Span(0, 0, 10), Span(0, 4, 6), Span(0, 12, 14)]) == (Span(0, 4, 6), Span(0, 12, 14))


spans = st.builds(
    lambda passage, at, length: Span(passage, at, at + length),
    st.integers(0, 1),
    st.integers(0, 30),
    st.integers(1, 9),
)


@given(st.lists(spans, max_size=20))
def test_what_is_kept_is_what_comparing_all_with_all_would_keep(found: list[Span]) -> None:
    kept: list[Span] = []
    for span in sorted(found, key=lambda span: (span.end - span.start, span.passage, span.start)):
        if not any(overlaps(span, other) for other in kept):
            kept.append(span)
    assert narrowest(found) == tuple(sorted(kept, key=lambda span: (span.passage, span.start)))


def met(text: str) -> list[str]:
    talk = Talk(observe(plain(text)))
    return [
        hit.concept for _, hit in talk.together("benefit", ("review_talk",), unless=("remedy_done",), reach=1)
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("A goodie waits for whoever writes a review.", 1, id="in one sentence"),
        pytest.param("A goodie waits for you. It begins with a review.", 1, id="in the next"),
        pytest.param("A goodie waits for you. Enjoy the tea. It begins with a review.", 0, id="too far"),
        pytest.param("A goodie waits for you.", 0, id="alone"),
        pytest.param("We don't promise a goodie to whoever writes a review.", 0, id="denied"),
        pytest.param("A goodie is in the box. A review is entirely up to you.", 0, id="left free"),
        pytest.param("We have issued the refund for the goodie that your review mentions.", 0, id="a remedy"),
        pytest.param(
            "You asked about the goodie for a review. A goodie is no part of it.", 0, id="an answer"
        ),
    ],
)
def test_concepts_meet_in_a_sentence_or_near_it(text: str, count: int) -> None:
    assert len(set(met(text))) == count


def test_what_is_met_is_quoted_as_far_as_it_meets() -> None:
    text = "In our shed a goodie waits for all who leave a review today."
    talk = Talk(observe(plain(text)))
    spans = [hit.span for _, hit in talk.together("benefit", ("review_talk",))]
    assert any(text[span.start : span.end].startswith("goodie") for span in spans)
    assert all("review" in text[span.start : span.end] or "who leave" in text for span in spans)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param('The book "Win a Voucher" is out of print.', 0, id="in a title"),
        pytest.param('The book "Green Tea" comes with a voucher.', 1, id="after a title"),
        pytest.param('Say "voucher" when you order.', 1, id="in quotation marks that are no title"),
    ],
)
def test_words_in_a_quoted_title_are_not_meant(text: str, count: int) -> None:
    assert meant(text, "voucher") == count


def test_who_may_ignore_a_mail_is_asked_to_pay_all_the_same() -> None:
    text = "When you do so is entirely up to you. Please transfer the amount to our bank account."
    assert [number for number, _ in Talk(observe(plain(text))).together("pay_means", ("pay_moves",))] == []
    pays = Talk(observe(plain(text))).together("pay_means", ("pay_moves",), anywhere=True)
    assert [number for number, _ in pays] == [1]
