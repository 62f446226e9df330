"""`gatepost compose`: the permitted mails, made from order data, judged before anybody sees them."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatepost.cli.terminal import (
    FAILED,
    ConfigOption,
    JsonOption,
    configuration,
    emit,
    fail,
    harmless,
    say,
    say_error,
)

if TYPE_CHECKING:
    from gatepost.config import Config
    from gatepost.daemon.lettering import Lettered
    from gatepost.letters import Composed, Wish
    from gatepost_policies.known import Known
    from gatepost_policies.model import Verdict


class Letter(Enum):
    """What can be composed; the contract's names."""

    SHIPMENT = "shipment-confirmation"
    UNAVAILABLE = "order-unavailable"
    DELAY = "delay"
    RETURN = "return-confirmation"
    REVIEW_REQUEST = "review-request"


class Reason(Enum):
    """Why an order can't be shipped (D2b)."""

    NO_STOCK = "no-stock"
    COULD_NOT_SHIP = "could-not-ship"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("compose")(compose)


def compose(
    letter: Annotated[
        Letter,
        typer.Argument(
            metavar="LETTER",
            help="shipment-confirmation, order-unavailable, delay, return-confirmation or review-request.",
        ),
    ],
    order: Annotated[str, typer.Argument(metavar="ORDER", help="An order that was imported.")],
    language: Annotated[str, typer.Option(help="Like de; the language of the order's store.")] = "",
    delivery: Annotated[str, typer.Option(metavar="DAY", help="Expected delivery, like 2026-11-27.")] = "",
    amount: Annotated[str, typer.Option(metavar="SUM", help="Refunded, where none is on record.")] = "",
    refund_date: Annotated[str, typer.Option(metavar="DAY", help="Day of the refund.")] = "",
    reason: Annotated[Reason | None, typer.Option(help="For order-unavailable.")] = None,
    sender: Annotated[
        str, typer.Option("--from", metavar="ADDRESS", help="Sender; letters.from_address.")
    ] = "",
    html: Annotated[bool, typer.Option("--html", help="With a simple HTML part.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the mail there.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Send it through the gateway itself.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a permitted mail from order data. It is judged first; one that breaks a rule is not written."""
    from gatepost.cli.desk import run
    from gatepost.daemon.clock import SystemClock

    loaded = configuration(config).config
    wish = _wish(letter, order, language=language, reason=reason)
    made = run(_made(loaded, _given(wish, delivery=delivery, amount=amount, refund_date=refund_date)))
    composed = made.composed
    sender = sender or loaded.letters.from_address
    if (out or send) and not sender:
        fail("no sender: give --from, or set letters.from_address")
    if (out or send) and not made.buyer:
        fail(f"order {order}: the order report has no address of the buyer", FAILED)
    to = made.buyer or "buyer@marketplace.amazon.com"
    raw = composed.mail(sender=sender or "seller@localhost", to=to, with_html=html, at=SystemClock().now())
    verdict = _verdict(loaded, raw, to, made.known if made.buyer else None)
    _tell(composed, verdict, raw, as_json=as_json, quiet=bool(out or send))
    if verdict.action.value:
        raise typer.Exit(FAILED)
    if out:
        out.write_bytes(raw)
        say(f"{out}: written")
    if send:
        _send(loaded, raw, sender, to)


def _wish(letter: Letter, order: str, *, language: str, reason: Reason | None) -> Wish:
    from gatepost.letters import Wish

    return Wish(letter.value, order, language, reason=reason.value if reason else "")


async def _made(config: Config, wish: Wish) -> Lettered:
    from gatepost.cli.desk import store_of
    from gatepost.daemon.lettering import letter

    async with store_of(config, read_only=True) as store:
        return await letter(store, config.letters, wish)


def _given(wish: Wish, *, delivery: str, amount: str, refund_date: str) -> Wish:
    """The wish, with what was said on the command line."""
    from dataclasses import replace

    values: dict[str, Any] = {}
    if delivery:
        values["delivery"] = _day(delivery, "--delivery")
    if refund_date:
        values["refund_date"] = _day(refund_date, "--refund-date")
    if amount:
        values["amount"] = _sum(amount)
    return replace(wish, **values)


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not like 2026-11-27", param_hint=name) from None


def _sum(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value <= 0:
        raise typer.BadParameter(f"{text!r} is not a sum like 24.50", param_hint="--amount")
    return value


def _verdict(config: Config, raw: bytes, to: str, known: Known | None) -> Verdict:
    from gatepost.worker import Rulebooks
    from gatepost_policies import judge, read
    from gatepost_policies.known import NOTHING_KNOWN

    rulebook = Rulebooks(config.policy).select("", (to,))
    return judge(read(raw), rulebook, recipients=(to,), known=known or NOTHING_KNOWN)


def _tell(composed: Composed, verdict: Verdict, raw: bytes, *, as_json: bool, quiet: bool) -> None:
    from gatepost.cli import report

    if as_json:
        emit(
            {"letter": composed.kind.value, "language": composed.language, "subject": composed.subject}
            | {"text": composed.text, "html": composed.html, "action": verdict.action.word}
            | {"findings": [finding.rule for finding in verdict.findings]}
        )
        return
    if verdict.action.value:
        say_error("this letter breaks the guidelines:")
        for line in report.as_lines(composed.kind.value, verdict):
            say(line)
        return
    if not quiet:
        say(f"Subject: {harmless(composed.subject)}")
        sys.stdout.write(f"\n{composed.text}")


def _send(config: Config, raw: bytes, sender: str, to: str) -> None:
    """Hand the mail to the gateway's own first listener, as mail software would."""
    import smtplib

    from gatepost.config.address import split

    host, port = split(config.smtp.listeners[0].address)
    try:
        with smtplib.SMTP(host, port, timeout=60) as client:
            client.sendmail(sender, [to], raw)
    except smtplib.SMTPResponseException as error:
        words = error.smtp_error
        fail(
            f"the gateway said {error.smtp_code}: {words.decode() if isinstance(words, bytes) else words}",
            FAILED,
        )
    except (OSError, smtplib.SMTPException) as error:
        fail(f"not sent: {error}; is the gateway running at {host}:{port}?", FAILED)
    say(f"sent to {to}")
