from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts.threads import MOST_IDS, case_of, thread_ids


def test_the_mails_of_a_thread_are_named_once_and_without_brackets() -> None:
    assert thread_ids(("<a@x> (why) <b@x>", "<b@x>")) == ("a@x", "b@x")


def test_of_an_endless_thread_the_last_mails_count() -> None:
    found = thread_ids([" ".join(f"<{number}@x>" for number in range(500))])
    assert len(found) == MOST_IDS
    assert found[-1] == "499@x"


def test_the_case_stands_behind_the_plus() -> None:
    assert case_of("<K3V9+1F2E@marketplace.amazon.com>") == "1f2e"
    assert case_of("k3v9@marketplace.amazon.com") == ""
    assert case_of("k3v9") == ""


@given(st.lists(st.text(max_size=200), max_size=5))
def test_any_header_is_read(fields: list[str]) -> None:
    assert all(id and "<" not in id and " " not in id for id in thread_ids(fields))
