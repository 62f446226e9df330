"""Reading AUTH, and slowing down who guesses."""

from __future__ import annotations

import asyncio
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.config.schema import AuthLimits
from gatepost.smtp import replies
from gatepost.smtp.login import Guard, Window, decode, split_plain
from gatepost.smtp.replies import Refusal, Reply

HERE, THERE = "192.0.2.7", "198.51.100.7"


class Watch:
    """A stopwatch that stands still."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Users:
    """Knows one user; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.password = "right"
        self.error: Exception | None = None

    async def __call__(self, username: str, password: str) -> bool:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return (username, password) == ("shop", self.password)


def guard(users: Users, watch: Watch | None = None, **limits: float) -> Guard:
    return Guard(users, AuthLimits.model_validate(limits), seconds=5, now=watch or Watch())


async def tries(guard: Guard, *passwords: str, client: str = HERE, username: str = "shop") -> list[Reply]:
    return [await guard.check(username, password, client=client) for password in passwords]


async def test_the_right_password_is_welcome_and_the_wrong_one_is_not() -> None:
    assert await tries(guard(Users()), "right", "wrong") == [replies.WELCOME, replies.WRONG_LOGIN]


async def test_an_unknown_user_reads_the_same_words() -> None:
    assert await tries(guard(Users()), "right", username="nobody") == [replies.WRONG_LOGIN]


async def test_an_address_that_guesses_is_locked_and_later_free_again() -> None:
    users, watch = Users(), Watch()
    keeper = guard(users, watch, failures_per_address=3, window_seconds=60)
    for number in range(3):
        await tries(keeper, "wrong", username=f"user{number}")
    assert await tries(keeper, "right") == [replies.TOO_MANY_LOGINS]
    assert users.asked == 3
    watch.seconds += 60
    assert await tries(keeper, "right") == [replies.WELCOME]


async def test_an_account_that_is_guessed_at_is_locked_from_all_addresses() -> None:
    keeper = guard(Users(), failures_per_account=3, failures_per_address=100)
    for number in range(3):
        await tries(keeper, "wrong", client=f"198.51.100.{number}", username="Shop")
    assert await tries(keeper, "right", client=THERE) == [replies.TOO_MANY_LOGINS]


async def test_strangers_can_not_lock_out_an_address_that_has_logged_in() -> None:
    keeper = guard(Users(), failures_per_account=3)
    await tries(keeper, "right", client=HERE)
    await tries(keeper, "wrong", "wrong", "wrong", client=THERE)
    assert await tries(keeper, "right", client=HERE) == [replies.WELCOME]


async def test_an_address_that_has_logged_in_can_not_guess_for_ever() -> None:
    users = Users()
    keeper = guard(users, failures_per_address=3)
    answers = await tries(keeper, "right", *["wrong"] * 10)
    assert answers.count(replies.WRONG_LOGIN) == 3
    assert answers[-1] is replies.TOO_MANY_LOGINS


async def test_a_login_at_the_relay_that_was_right_a_moment_ago_is_not_checked_again() -> None:
    users, watch = Users(), Watch()
    keeper = Guard(users, AuthLimits(), seconds=5, remembered_seconds=60, now=watch)
    await tries(keeper, "right", "right", "right")
    assert users.asked == 1
    watch.seconds += 60
    users.password = "changed"
    assert await tries(keeper, "right") == [replies.WRONG_LOGIN]


async def test_a_user_who_was_locked_out_a_moment_ago_is_not_let_in() -> None:
    users = Users()
    keeper = guard(users)
    assert await tries(keeper, "right") == [replies.WELCOME]
    users.password = "changed, or the user disabled"
    assert await tries(keeper, "right") == [replies.WRONG_LOGIN]


async def test_a_login_that_can_not_be_checked_is_to_come_again() -> None:
    users = Users()
    users.error = OSError("the disk is gone")
    assert (
        await tries(guard(users, failures_per_address=1), "right", "right") == [replies.LOGIN_UNAVAILABLE] * 2
    )


async def test_a_check_that_takes_too_long_is_to_come_again() -> None:
    async def never(username: str, password: str) -> bool:
        await asyncio.Event().wait()
        return True

    keeper = Guard(never, AuthLimits(), seconds=0.01)
    assert await keeper.check("shop", "right", client=HERE) is replies.LOGIN_UNAVAILABLE


async def test_at_most_four_checks_run_at_once() -> None:
    running, most = 0, 0
    go = asyncio.Event()

    async def slow(username: str, password: str) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await go.wait()
        running -= 1
        return True

    keeper = Guard(slow, AuthLimits(), seconds=5)
    checks = [asyncio.ensure_future(keeper.check(str(number), "x", client=HERE)) for number in range(20)]
    while most < 4:
        await asyncio.sleep(0)
    go.set()
    assert set(await asyncio.gather(*checks)) == {replies.WELCOME}
    assert most == 4


def test_each_failure_of_a_connection_waits_longer_up_to_a_bound() -> None:
    keeper = guard(Users(), delay_seconds=1, failures_per_connection=4)
    assert [keeper.delay_seconds(failures) for failures in range(1, 8)] == [1, 2, 4, 8, 16, 16, 16]
    assert [keeper.is_enough(failures) for failures in (3, 4)] == [False, True]


async def test_a_name_of_kilobytes_takes_no_kilobytes_of_the_tables() -> None:
    keeper = guard(Users(), failures_per_account=2)
    for number in range(2):
        await tries(keeper, "wrong", client=f"192.0.2.{number}", username="a" * 9_000 + str(number))
    assert await tries(keeper, "wrong", client=THERE, username="a" * 300) == [replies.TOO_MANY_LOGINS]


def test_the_tables_of_failures_are_bounded() -> None:
    window = Window(60, Watch())
    for number in range(10_050):
        window.add(str(number))
    assert (window.count("0"), window.count("10049")) == (0, 1)


@given(st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8"), min_size=1))
def test_text_is_decoded_as_it_was_meant(text: str) -> None:
    assert decode(b64encode(text.encode()).decode()) == text


@pytest.mark.parametrize("token", ["!", "YQ", "YQ==\n", "/w==", "wyg=", "YQ= =", "é"])
def test_what_is_not_base64_of_utf8_is_refused(token: str) -> None:
    with pytest.raises(Refusal) as refused:
        decode(token)
    assert refused.value.reply is replies.AUTH_SYNTAX


def test_a_client_may_give_up() -> None:
    with pytest.raises(Refusal) as refused:
        decode("*")
    assert refused.value.reply is replies.AUTH_CANCELLED


def test_an_equal_sign_is_an_empty_response() -> None:
    assert decode("=") == ""


@pytest.mark.parametrize("response", ["\0shop\0right", "shop\0shop\0right"])
def test_plain_holds_name_and_password(response: str) -> None:
    assert split_plain(response) == ("shop", "right")


@pytest.mark.parametrize(
    "response", ["", "shop", "shop\0right", "\0shop\0", "\0\0right", "a\0b\0c\0d", "boss\0shop\0x"]
)
def test_any_other_plain_is_refused(response: str) -> None:
    with pytest.raises(Refusal):
        split_plain(response)
