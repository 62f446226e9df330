"""`gatepost inbound …`: whether mail that arrived is a buyer's, what came back, and the breaker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from gatepost.cli.terminal import (
    DONE,
    FAILED,
    UNUSABLE,
    ConfigOption,
    JsonOption,
    configuration,
    emit,
    fail,
    family,
    harmless,
    progress,
    say,
    say_error,
    table,
)

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost.config.schema import Inbound
    from gatepost.inbound.look import Looked, Rules
    from gatepost.store import Store

T = TypeVar("T")

commands = family("Mail that arrives: check, news, breaker, trip, reset.")


@commands.callback()
def _root() -> None:
    """Mail that arrives: check, news, breaker, trip, reset."""


@commands.command("check")
def check(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Mails, folders, mboxes, or -")],
    dns: Annotated[bool, typer.Option("--dns/--no-dns", help="Check the signatures; asks the DNS.")] = True,
    strict: Annotated[
        bool, typer.Option("--strict", help="By the letter of 2018: plain text, no picture, no link.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is suspicious about mail that arrived. Exit 0: nothing; 1: something; 2: unreadable."""
    from gatepost.cli.sources import read_mails, walk

    loaded = configuration(config).config
    rules = _rules(loaded.inbound, dns=dns, strict=strict)
    status = DONE
    with progress("Examining") as steps:
        for name in steps.over(walk(paths, documents=False)):
            for found in read_mails(name, loaded.smtp.limits.message_bytes):
                if found.error:
                    status = max(status, UNUSABLE)
                    _tell_error(found.name, found.error, as_json=as_json)
                else:
                    status = max(status, _one(found.name, found.raw, rules, as_json=as_json))
    raise typer.Exit(status)


def _rules(settings: Inbound, *, dns: bool, strict: bool) -> Rules:
    from gatepost.inbound.look import Rules, trusted

    return Rules(
        seconds=settings.dns_seconds,
        server=settings.name_server or "",
        sealers=trusted(settings.trusted_forwarders),
        strict=strict or settings.strict,
        checked=dns,
    )


def _tell_error(name: str, error: str, *, as_json: bool) -> None:
    if as_json:
        emit({"file": name, "error": error})
    else:
        say_error(f"{harmless(name)}: {error}")


def _one(name: str, raw: bytes, rules: Rules, *, as_json: bool) -> int:
    from gatepost.inbound.look import look

    looked = look(raw, rules)
    if as_json:
        emit({"file": name, **_as_json(looked)})
    else:
        _say(name, looked)
    return FAILED if looked.arrival.findings else DONE


def _as_json(looked: Looked) -> dict[str, Any]:
    from gatepost.report import finding_as_json

    arrival = looked.arrival
    return {
        "sender": arrival.sender,
        "claims_amazon": arrival.claims_amazon,
        "authentic": arrival.authentic,
        "proof": arrival.proof.by,
        "news": looked.news.kind.value if looked.news else "",
        "order_ids": list(looked.orders),
        "action": arrival.action.word,
        "findings": [finding_as_json(finding) for finding in arrival.findings],
    }


def _say(name: str, looked: Looked) -> None:
    arrival = looked.arrival
    signed = {True: f"by Amazon: {arrival.proof.by}", False: "not by Amazon", None: "signatures not checked"}
    verdict = "suspicious" if arrival.findings else "nothing suspicious"
    say(f"{harmless(name)}: {verdict} ({harmless(arrival.sender)}, {signed[arrival.authentic]})")
    if looked.news:
        say(f"  tells: {looked.news.kind.value} - {harmless(looked.news.words)}")
    for finding in arrival.findings:
        said = f"{harmless(finding.evidence)} - {harmless(finding.note)}"
        say(f"  {finding.rule} ({finding.clause}): {said}")


@commands.command("news")
def news(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 100,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """What Amazon and mail servers sent back, and what was done about it, the newest first."""
    from gatepost.report import iso

    rows = [
        {
            "at": iso(item.at),
            "kind": item.kind,
            "order_id": item.order,
            "buyer": item.buyer,
            "message": item.message,
            "proof": item.proof,
            "done": item.done,
            "status": item.status,
            "words": item.words,
        }
        for item in _with_store(config, lambda store: store.come_back.list(limit))
    ]
    if as_json:
        for row in rows:
            emit(row)
    else:
        heads = ("at", "kind", "order_id", "message", "done", "words")
        table(heads, [[str(row[head]) for head in heads] for row in rows])


@commands.command("breaker")
def breaker(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Whether the breaker holds mail that answers nobody. Exit 0: it does not; 1: it does."""
    from gatepost.report import iso

    found = _with_store(config, lambda store: store.breaker.tripped(fresh=True))
    if as_json:
        told = {"at": iso(found.at), "by": found.by, "reason": found.reason} if found else {}
        emit({"tripped": found is not None, **told})
        raise typer.Exit(DONE)
    if found is None:
        say("not tripped: mail goes out")
        raise typer.Exit(DONE)
    say(f"tripped since {iso(found.at)} by {harmless(found.by)}: {harmless(found.reason)}")
    say("mail that answers no buyer is held; when Amazon has lifted it: gatepost inbound reset --reason ...")
    raise typer.Exit(FAILED)


ReasonOption = Annotated[str, typer.Option("--reason", help="Why; goes into the audit trail.")]


@commands.command("trip")
def trip(reason: ReasonOption = "", config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Hold all mail that answers no buyer, as after a notice that the account is restricted."""
    from gatepost.cli.desk import who

    _need(reason)
    done = _with_store(config, lambda store: store.breaker.trip(by=who(), reason=reason))
    _tell("tripped" if done else "it was tripped already", tripped=True, as_json=as_json)


@commands.command("reset")
def reset(reason: ReasonOption = "", config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Let mail out again. What was held stays held until a person releases it."""
    from gatepost.cli.desk import who
    from gatepost.errors import StateError

    _need(reason)
    try:
        _with_store(config, lambda store: store.breaker.reset(by=who(), reason=reason))
    except StateError as error:
        fail(str(error), FAILED)
    words = "reset: mail goes out again; what was held waits in the quarantine"
    _tell(words, tripped=False, as_json=as_json)


def _tell(words: str, *, tripped: bool, as_json: bool) -> None:
    if as_json:
        emit({"tripped": tripped, "did": words})
    else:
        say(words)


def _need(reason: str) -> None:
    if not reason.strip():
        fail("say why: --reason TEXT")


def _with_store(path: Path | None, ask: Callable[[Store], Awaitable[T]]) -> T:
    from gatepost.cli.desk import run, store_of

    loaded = configuration(path)

    async def work() -> T:
        async with store_of(loaded.config) as store:
            return await ask(store)

    return run(work())
