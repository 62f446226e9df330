"""What is heard does not depend on whether it was heard before, nor on what stands around it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.language import hearing
from gatepost_policies.language.hearing import MAX_KEPT_CHARACTERS, hear
from gatepost_policies.language.sentences import split

PIECES = st.sampled_from(
    [
        "Thank you.",
        "is it here?",
        "Mr. Smith",
        "- one",
        " ",
        "\n",
        "\n\n",
        "\n \n",
        "  so",
        "日本語です。",
        "x" * 60,
    ]
)


def test_paragraphs_cover_the_text_in_order() -> None:
    text = "Hello,\n\n  one line\nand more\n \n\nBye"
    starts = [start for start, _ in hear(text)]
    assert [text[start : start + 5] for start in starts] == ["Hello", "  one", "Bye"]


@given(st.lists(PIECES, max_size=12).map("".join))
def test_sentences_are_those_of_the_whole_text(text: str) -> None:
    heard = [
        (start + sentence.start, start + sentence.end)
        for start, paragraph in hear(text)
        for sentence in paragraph.sentences
    ]
    assert heard == list(split(text))


@given(st.text(st.sampled_from("aä*5 ★f r.e\u00ad\u200b"), max_size=60))
def test_words_are_those_of_the_sentence(text: str) -> None:
    for _, paragraph in hear(text):
        for sentence in paragraph.sentences:
            end = sentence.offset + len(sentence.words)
            assert paragraph.folded.text[sentence.offset : end] == sentence.words


def test_the_path_of_a_link_is_not_heard() -> None:
    text = "See lamp-sample.org/review/write and rate 24/7 and/or www.amazon.com/review now."
    ((_, paragraph),) = hear(text)
    heard = paragraph.sentences[0].words.split()
    assert heard == [
        "see",
        "lamp",
        "sample",
        "org",
        "and",
        "rate",
        "24",
        "7",
        "and",
        "or",
        "www",
        "amazon",
        "com",
        "review",
        "now",
    ]
    assert paragraph.sentences[0].text == text


def test_a_paragraph_heard_before_is_not_heard_again() -> None:
    (_, first), (_, again) = hear("Is the lamp here?\n\nIs the lamp here?\n\n")
    assert first is again


def test_a_long_paragraph_is_not_kept() -> None:
    before = hearing._kept.cache_info().currsize
    list(hear("words and words " * MAX_KEPT_CHARACTERS))
    assert hearing._kept.cache_info().currsize == before


def test_a_question_is_heard_through_its_quotation_marks() -> None:
    ((_, paragraph),) = hear("He said: \u201cis it there?\u201d")
    assert [sentence.question for sentence in paragraph.sentences] == [True]
