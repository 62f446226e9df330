"""A child process: asked, killed, started again; its answers are values and never code."""

from __future__ import annotations

import asyncio
import os
import pickle
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from gatepost import childprocess as module
from gatepost.childprocess import ChildProcess, plain_value
from gatepost.errors import ChildError
from gatepost.vision.seen import Seen
from gatepost_policies.model import Action

WORKING = """
import os, time
from gatepost.childprocess import serve

def work(question):
    if question == "die":
        os._exit(1)
    if question == "sleep":
        time.sleep(60)
    if question == "print":
        print("what a library prints")
    if question == "trick":
        return os.system
    return question, dict(os.environ)

serve(work)
"""
LOADING_FOR_EVER = "import time; time.sleep(60)"


@pytest.fixture
async def child() -> AsyncIterator[ChildProcess]:
    made = ChildProcess(WORKING, quiet=True)
    yield made
    await made.close()


async def test_a_question_is_answered_and_the_next_one_by_the_same_child(child: ChildProcess) -> None:
    first = await child.ask(Seen("words"))
    pid = child.pid
    assert isinstance(first, tuple)
    assert first[0] == Seen("words")
    assert await child.ask("again")
    assert child.pid == pid


async def test_nothing_of_our_environment_reaches_the_child(
    child: ChildProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEPOST_STORE__DATABASE_URL", "postgresql://secret")
    answer = await child.ask("environment")
    assert isinstance(answer, tuple)
    assert "GATEPOST_STORE__DATABASE_URL" not in answer[1]


async def test_what_libraries_print_is_no_answer(child: ChildProcess) -> None:
    answer = await child.ask("print")
    assert isinstance(answer, tuple)
    assert answer[0] == "print"


async def test_questions_wait_their_turn(child: ChildProcess) -> None:
    answers = await asyncio.gather(*(child.ask(number) for number in range(5)))
    assert [answer[0] for answer in answers if isinstance(answer, tuple)] == [0, 1, 2, 3, 4]


async def test_a_child_that_dies_is_an_error_and_the_next_question_starts_another(
    child: ChildProcess,
) -> None:
    with pytest.raises(ChildError, match="died"):
        await child.ask("die")
    assert await child.ask("again")


async def test_at_its_deadline_a_working_child_is_killed(child: ChildProcess) -> None:
    await child.ready()
    pid = child.pid
    assert pid is not None
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await child.ask("sleep")
    assert child.pid is None
    await child.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_who_stops_waiting_leaves_it_loading(child: ChildProcess) -> None:
    async with asyncio.TaskGroup() as group:
        early = group.create_task(child.ask("early"))
        while child.pid is None:
            await asyncio.sleep(0)
        early.cancel()
    pid = child.pid
    await child.ready()
    assert child.pid == pid


async def test_a_child_that_never_gets_ready_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOADING_SECONDS", 0.05)
    stuck = ChildProcess(LOADING_FOR_EVER)
    with pytest.raises(ChildError, match="did not start"):
        await stuck.ready()
    assert stuck.pid is None
    await stuck.close()


async def test_a_child_that_can_not_start_is_an_error() -> None:
    broken = ChildProcess("raise SystemExit(1)")
    with pytest.raises(ChildError, match="did not start"):
        await broken.ask("anything")
    await broken.close()


async def test_a_child_that_answers_with_code_is_not_believed(child: ChildProcess) -> None:
    with pytest.raises(ChildError):
        await child.ask("trick")
    assert child.pid is None


@pytest.mark.parametrize(
    "value",
    [None, 1.5, ("a", [b"b"], {"c": {"d"}}), Seen("w"), Action.REJECT, date(2026, 11, 23),
     datetime(2026, 11, 23, tzinfo=UTC), Decimal("1.50"), frozenset({"x"})],
    ids=repr,
)  # fmt: skip
def test_values_are_answers(value: object) -> None:
    assert plain_value(pickle.dumps(value)) == value


class Trick:
    """Runs a command where it is loaded."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(pickle.dumps(Trick()), id="a call"),
        pytest.param(pickle.dumps(os.system), id="a function"),
        pytest.param(pickle.dumps(plain_value), id="a function of ours"),
        pytest.param(pickle.dumps(ChildProcess), id="a class of ours that is no value"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"not a pickle", id="noise"),
    ],
)
def test_anything_else_is_none(content: bytes) -> None:
    with pytest.raises(pickle.UnpicklingError):
        plain_value(content)
