"""The rulebooks in force, and words made ready beside the mail."""

from __future__ import annotations

from gatepost.worker.rulebooks import make_words_ready
from gatepost_policies.language.lexicon import lexicon


async def test_no_phrase_is_left_for_a_mail_to_wait_for() -> None:
    await make_words_ready(("tr",), after=0)
    assert not list(lexicon("tr").prepared())
