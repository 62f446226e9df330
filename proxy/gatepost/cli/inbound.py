"""`gatepost inbound …`: whether mail that arrived is a buyer's."""

from __future__ import annotations

from typing import Annotated

import typer

from gatepost.cli.terminal import (
    DONE,
    FAILED,
    UNUSABLE,
    ConfigOption,
    JsonOption,
    configuration,
    emit,
    family,
    harmless,
    progress,
    say,
    say_error,
)

commands = family("Mail that arrives: check.")


@commands.callback()
def _root() -> None:
    """Mail that arrives: check."""


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

    limit = configuration(config).config.smtp.limits.message_bytes
    status = DONE
    with progress("Examining") as steps:
        for name in steps.over(walk(paths, documents=False)):
            for found in read_mails(name, limit):
                if found.error:
                    status = max(status, UNUSABLE)
                    _tell_error(found.name, found.error, as_json=as_json)
                else:
                    status = max(status, _one(found.name, found.raw, dns=dns, strict=strict, as_json=as_json))
    raise typer.Exit(status)


def _tell_error(name: str, error: str, *, as_json: bool) -> None:
    if as_json:
        emit({"file": name, "error": error})
    else:
        say_error(f"{harmless(name)}: {error}")


def _one(name: str, raw: bytes, *, dns: bool, strict: bool, as_json: bool) -> int:
    from gatepost.inbound.look import Rules, look
    from gatepost.report import finding_as_json

    arrival = look(raw, Rules(checked=dns, strict=strict)).arrival
    if as_json:
        emit(
            {
                "file": name,
                "sender": arrival.sender,
                "claims_amazon": arrival.claims_amazon,
                "authentic": arrival.authentic,
                "action": arrival.action.word,
                "findings": [finding_as_json(finding) for finding in arrival.findings],
            }
        )
    else:
        signed = {True: "signed by Amazon", False: "not signed by Amazon", None: "signatures not checked"}
        verdict = "suspicious" if arrival.findings else "nothing suspicious"
        say(f"{harmless(name)}: {verdict} ({harmless(arrival.sender)}, {signed[arrival.authentic]})")
        for finding in arrival.findings:
            said = f"{harmless(finding.evidence)} - {harmless(finding.note)}"
            say(f"  {finding.rule} ({finding.clause}): {said}")
    return FAILED if arrival.findings else DONE
