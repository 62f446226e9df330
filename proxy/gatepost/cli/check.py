"""`gatepost check`: what the gateway would do with these mails, without sending any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from gatepost.cli.terminal import (
    DONE,
    FAILED,
    UNUSABLE,
    ConfigOption,
    JsonOption,
    configuration,
    emit,
    harmless,
    progress,
    say,
    say_error,
)

if TYPE_CHECKING:
    from gatepost.cli.aside import Aside
    from gatepost.cli.sources import Found
    from gatepost.config.schema import Policy
    from gatepost.worker import Rulebooks
    from gatepost_policies.model import Mail, Reading, Verdict


class Document(Enum):
    """What lies in the parcel (D4i, O1)."""

    INSERT = "insert"
    PACKING_SLIP = "packing-slip"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("check")(check)


def check(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Mails, folders, mboxes, or -")],
    edition: Annotated[str, typer.Option(help="Judge by this edition of the guidelines.")] = "",
    rcpt: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Recipient, instead of To and Cc; repeatable.")
    ] = None,
    medium: Annotated[
        Document | None, typer.Option(help="Judge documents and pictures as what lies in the parcel.")
    ] = None,
    account: Annotated[str, typer.Option(metavar="NAME", help="Judge as mail of this login.")] = "",
    as_filed: Annotated[
        bool, typer.Option("--as-filed", help="Judge without what was set on the site.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge files without sending. Exit 0: all pass; 1: some do not; 2: some can't be read."""
    from gatepost.cli.aside import aside_of
    from gatepost.cli.inforce import in_force

    loaded = configuration(config)
    policy = (loaded.config if as_filed else in_force(loaded.config)).policy
    status = DONE
    with progress("Judging") as steps, aside_of(loaded.config) as aside:
        judging = _Judging(
            _rulebooks(policy, edition),
            _given(rcpt or ()),
            medium,
            aside,
            account=account,
            as_filed=as_filed,
        )
        for found in steps.over(judging.sources(paths, loaded.config.smtp.limits.message_bytes)):
            status = max(status, _judge_one(judging, found, as_json=as_json))
    raise typer.Exit(status)


def _rulebooks(policy: Policy, edition: str) -> Rulebooks:
    from gatepost.worker import Rulebooks

    if edition:
        policy = policy.model_copy(update={"edition": edition, "by_account": {}, "by_marketplace": {}})
    return Rulebooks(policy)


def _given(addresses: Sequence[str]) -> tuple[str, ...]:
    """The addresses of --rcpt as given: their normal form is only looked at. A slip of the pen is said."""
    from email_validator import EmailNotValidError, validate_email

    for address in addresses:
        try:
            validate_email(
                address,
                check_deliverability=False,
                allow_quoted_local=True,
                allow_domain_literal=True,
                test_environment=True,
            )
        except EmailNotValidError as error:
            raise typer.BadParameter(f"{address}: {error}", param_hint="--rcpt") from error
    return tuple(addresses)


def _judge_one(judging: _Judging, found: Found, *, as_json: bool) -> int:
    from gatepost.cli import report
    from gatepost.errors import ConfigError

    try:
        verdict = None if found.error else judging.verdict(found)
    except ConfigError as error:
        found = type(found)(found.name, error=str(error))
        verdict = None
    except Exception as error:  # one mail that the reader can't bear must not hide the others
        found = type(found)(found.name, error=f"could not be judged: {type(error).__name__}")
        verdict = None
    if verdict is None:
        if as_json:
            emit({"file": found.name, "error": found.error})
        else:
            say_error(f"{harmless(found.name)}: {found.error}")
        return UNUSABLE
    if as_json:
        emit(report.as_json(found.name, verdict))
    else:
        for line in report.as_lines(found.name, verdict):
            say(line)
    return DONE if report.passes(verdict) else FAILED


class _Judging:
    """Judges found files by one set of rulebooks."""

    def __init__(
        self,
        rulebooks: Rulebooks,
        recipients: Sequence[str],
        document: Document | None,
        aside: Aside,
        *,
        account: str,
        as_filed: bool,
    ) -> None:
        """`as_filed`: the exceptions that people made do not count."""
        self.rulebooks, self.recipients, self.document = rulebooks, tuple(recipients), document
        self.aside, self.account, self.as_filed = aside, account, as_filed

    def sources(self, paths: Sequence[str], limit: int) -> Iterator[Found]:
        """Every mail or document that `paths` hold."""
        from gatepost.cli.sources import read_document, read_mails, walk

        for name in walk(paths, documents=self.document is not None):
            if self.document is None:
                yield from read_mails(name, limit)
            else:
                yield read_document(name, limit)

    def verdict(self, found: Found) -> Verdict:
        """The verdict on one of them; a mail to no buyer passes with nothing found."""
        return self._of_mail(found) if self.document is None else self._of_document(found, self.document)

    def _of_mail(self, found: Found) -> Verdict:
        from gatepost.worker.beside import named_in
        from gatepost.worker.judging import TOO_DEEP
        from gatepost_policies.facts import buyers, read, unseen, with_words
        from gatepost_policies.judging import judge

        reading = read(found.raw)
        recipients = self.recipients or _recipients(reading)
        to = buyers(recipients)
        rulebook = self.rulebooks.select(self.account, to)
        if not to:
            return _untouched(rulebook.edition, rulebook.digest)
        orders = [order.id for order in reading.facts.order_ids]
        beside = self.aside.of(orders, unseen(reading.mail), to, named_in(reading.mail))
        whole = with_words(reading, beside.words)
        verdict = judge(whole, rulebook, recipients=recipients, known=beside.known)
        if not self.as_filed:
            verdict = self._excused(verdict, reading.mail)
        return verdict if TOO_DEEP.isdisjoint(reading.mail.defects) else self._unread(verdict)

    def _excused(self, verdict: Verdict, mail: Mail) -> Verdict:
        """The verdict without the weight of what people allowed, as the gateway has it."""
        from gatepost.decide import excused
        from gatepost.model import Judgement
        from gatepost.worker.judging import sender_of

        sender = sender_of(mail)
        judgement = Judgement(buyers=(), verdict=verdict, sender=sender)
        judged = excused(judgement, self.aside.allowed(), account=self.account, mail_from=sender)
        return judged.verdict or verdict

    def _unread(self, verdict: Verdict) -> Verdict:
        """The verdict on a mail with more parts than are read: refused, whatever was found in the others."""
        from gatepost_policies.model import Action, Mode

        finding = replace(
            self.rulebooks.rules().unreadable,
            action=Action.REJECT,
            mode=Mode.ENFORCE,
            note="too many parts, or parts too deep within each other",
        )
        return replace(verdict, findings=(finding, *verdict.findings))

    def _of_document(self, found: Found, document: Document) -> Verdict:
        from gatepost_policies.judging import judge
        from gatepost_policies.model import Medium

        return judge(self._read_document(found), self.rulebooks.default, medium=Medium(document.value))

    def _read_document(self, found: Found) -> Reading:
        """What lies in the parcel: texts, pages and mails as they are, all else as it is seen; by content."""
        from pathlib import Path

        from gatepost.errors import ConfigError
        from gatepost.vision.eyes import MISSING
        from gatepost_policies.facts import read_file, unseen, with_words

        reading = read_file("" if found.name == "-" else Path(found.name).name, found.raw)
        files = unseen(reading.mail)
        words = self.aside.words(files)
        if not reading.mail.passages and any(each.unread == MISSING.unread for each in words):
            raise ConfigError(MISSING.unread)
        return with_words(reading, words)


def _recipients(reading: Reading) -> tuple[str, ...]:
    from gatepost_policies.facts import addresses_in

    return addresses_in(value for name in ("To", "Cc") for value in reading.mail.values(name))


def _untouched(edition: str, digest: str) -> Verdict:
    from gatepost_policies.model import Purpose, Verdict

    return Verdict(edition, digest, Purpose.OTHER, "", (), (), (), asks_review=False)
