from __future__ import annotations

from dataclasses import replace

import pytest

from gatepost.admin.words import STATES, STORIES, VERBS, outcome, story
from gatepost.model import Answer, AnswerKind, MessageId, MessageState, RelayReply
from gatepost.release import Released, ReleaseOutcome
from gatepost_policies.model import Action
from kit.messages import AT, entry, message

ID = MessageId("m1")


def test_every_state_and_action_has_its_words() -> None:
    assert set(STATES) == {state.value for state in MessageState}
    assert set(STORIES) == set(MessageState)
    assert set(VERBS) == {action.word for action in Action}


@pytest.mark.parametrize("released", list(Released))
@pytest.mark.parametrize("kind", [None, *AnswerKind])
def test_every_outcome_has_a_sentence(released: Released, kind: AnswerKind | None) -> None:
    answer = Answer(kind, ID, relay=RelayReply(250, "", "ok")) if kind else None

    tone, text = outcome(ReleaseOutcome(ID, released, answer), None)

    assert tone in ("good", "bad", "wait")
    assert text.endswith(".")


def test_a_doubt_is_never_told_as_a_delay() -> None:
    stored = ReleaseOutcome(ID, Released.SENT, Answer(AnswerKind.STORED, ID))

    assert "in doubt" in outcome(stored, MessageState.IN_DOUBT)[1]
    assert "goes out later" in outcome(stored, MessageState.SPOOLED)[1]


def test_a_rejection_that_could_not_be_told_says_so() -> None:
    assert outcome(ReleaseOutcome(ID, Released.REJECTED, why="the disk is full"), None)[0] == "wait"


def test_mail_to_nobody_we_know_passed_untouched() -> None:
    passed = replace(entry(message(at=AT), MessageState.RELAYED), buyers=())

    assert "passed untouched" in story(passed)


def test_the_note_of_a_rejection_is_part_of_its_story() -> None:
    rejected = replace(entry(message(at=AT), MessageState.REJECTED), last_error="No offers.")

    assert story(rejected) == "A reviewer rejected it. The note: No offers."
