"""Letters: made from order data, shown with their verdict, sent through the gateway; own words kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import draft, requests
from gatepost.admin.books import Letter
from gatepost.admin.pages.orders import ORDER
from gatepost.admin.specimen import view_of
from gatepost.admin.visit import Visit
from gatepost.admin.words import OUTCOMES
from gatepost.errors import ConfigError, FeedError, JudgeError
from gatepost.letters import Wish
from gatepost.model import Answer, AnswerKind

REASONS = {"no-stock": "the item is out of stock", "could-not-ship": "the item could not be shipped"}
MAX_WORDS = 200_000  # characters of own letters
_FIELDS = ("letter", "order", "language", "delivery", "amount", "refund_date", "reason", "html")
SENT: Mapping[AnswerKind, tuple[str, str]] = {
    AnswerKind.RELAYED: ("good", "Sent: the relay has it."),
    AnswerKind.STORED: ("good", "Stored: it goes out as soon as the relay takes it."),
    AnswerKind.HELD: ("wait", "Held for review."),
    AnswerKind.REFUSED: ("bad", "Refused by the rules; nothing was sent."),
    AnswerKind.REFUSED_BY_RELAY: ("bad", "The relay refused it; nothing was sent."),
    AnswerKind.DEFERRED: ("bad", "The relay can't take it now; nothing was sent."),
    AnswerKind.UNDECIDED: ("bad", "The gateway failed before anything was sent; try again."),
    AnswerKind.IN_DOUBT: ("wait", "The relay's answer was lost: it may have gone out."),
    AnswerKind.BUSY: ("wait", "The same letter is being sent right now."),
    AnswerKind.LOOP: ("bad", "Refused; nothing was sent."),
    AnswerKind.TOO_DEEP: ("bad", "Refused; nothing was sent."),
}
"""What the page says of each answer of the gateway."""


async def form(visit: Visit) -> Response:
    """The form; with a letter and an order, the letter and its verdict."""
    given = {name: requests.asked(visit.request, name, 60) for name in _FIELDS}
    if not given["order"]:
        return _page(visit, given)
    return await _shown(visit, given)


async def send(visit: Visit) -> Response:
    """Send the letter, or show again what is wrong with it."""
    async with requests.form_of(visit.request) as body:
        given = {name: requests.text(body, name, 60) for name in _FIELDS}
    try:
        letter = await _made(visit, given)
        answer = await visit.desk.books.send(letter, by=visit.who.name)
    except (FeedError, ConfigError) as error:
        return _page(visit, given, 422, fault=str(error))
    kind, words = told(answer)
    visit.note(kind, words, answer.id if answer.kind is AnswerKind.HELD else "")
    return visit.go(f"/orders/{given['order']}")


def told(answer: Answer) -> tuple[str, str]:
    """The kind of note and the words for an answer; of a refusal with the rules."""
    kind, words = SENT[answer.kind]
    rules = ", ".join(dict.fromkeys(each.rule for each in answer.findings))
    return kind, f"{words} ({rules})" if rules else words


def wish(given: Mapping[str, str]) -> Wish:
    """The form as a wish. Raises FeedError that names the field that is wrong."""
    if not ORDER.fullmatch(given["order"]):
        raise FeedError("an order ID looks like 112-1234567-1234567")
    if given["reason"] not in ("", *REASONS):
        raise FeedError("reason: no-stock or could-not-ship")
    return Wish(
        letter=given["letter"],
        order=given["order"],
        language=given["language"],
        delivery=_day(given["delivery"], "day of delivery"),
        amount=_sum(given["amount"]),
        refund_date=_day(given["refund_date"], "day of the refund"),
        reason=given["reason"],
    )


async def _made(visit: Visit, given: Mapping[str, str]) -> Letter:
    return await visit.desk.books.letter(wish(given), html=given["html"] == "yes")


def _day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise FeedError(f"{name}: {text!r} is not like 2026-11-27") from None


def _sum(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 < value < 10**10:
        raise FeedError(f"sum: {text!r} is not like 24.50")
    return value


async def _shown(visit: Visit, given: Mapping[str, str]) -> Response:
    try:
        letter = await _made(visit, given)
        checked = await judged(visit, letter)
    except (FeedError, ConfigError) as error:
        return _page(visit, given, 422, fault=str(error))
    except JudgeError as error:
        return _page(visit, given, 503, fault=f"It could not be judged: {error}.")
    verdict = checked.verdict
    shown = await view_of(visit.desk, letter.raw, verdict.findings, verdict.links)
    return _page(visit, given, letter=letter, verdict=verdict, shown=shown)


async def judged(visit: Visit, letter: Letter) -> draft.Checked:
    """The verdict that the gateway would give. Raises JudgeError."""
    to = (letter.to,) if letter.to else ()
    return await draft.check(visit.desk, letter.raw, by=visit.who.name, recipients=to)


def _page(visit: Visit, given: Mapping[str, str], status: int = 200, **values: Any) -> Response:
    books = visit.desk.books
    empty: dict[str, Any] = {"letter": None, "verdict": None, "shown": None, "fault": ""}
    known = {"letters": books.letters, "languages": books.languages, "reasons": REASONS}
    return visit.page("compose.html", status, given=given, outcomes=OUTCOMES, **known, **{**empty, **values})


async def words(visit: Visit) -> Response:
    """The letters of one language, to read and to change."""
    return await _words(visit, _language(visit))


async def keep_words(visit: Visit) -> Response:
    """Keep own letters once they pass, or go back to the shipped ones."""
    language = _language(visit)
    async with requests.form_of(visit.request, 4 * MAX_WORDS) as body:
        text = str(body.get("words", ""))[:MAX_WORDS].replace("\r\n", "\n")
        drops = requests.text(body, "do") == "drop"
    if drops:
        await visit.desk.books.drop_words(language, by=visit.who.name)
        visit.note("good", "The letters are the former ones again.")
        return visit.go(f"/letters/{language}")
    try:
        await visit.desk.books.keep_words(language, text, by=visit.who.name)
    except ConfigError as error:
        return await _words(visit, language, 422, text=text, fault=str(error))
    visit.note("good", "Kept: they pass, and are used from now on.")
    return visit.go(f"/letters/{language}")


async def _words(
    visit: Visit, language: str, status: int = 200, *, text: str = "", fault: str = ""
) -> Response:
    kept = await visit.desk.books.words(language)
    languages = visit.desk.books.languages
    values = {"kept": kept, "text": text or kept.text, "faults": fault.splitlines()}
    return visit.page("letters.html", status, languages=languages, **values)


def _language(visit: Visit) -> str:
    language = str(visit.request.path_params["language"])
    if language not in visit.desk.books.languages:
        raise HTTPException(404)
    return language
