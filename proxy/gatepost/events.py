"""Every event the log can hold, one typed function each: `noun.past_verb`, one JSON line on stdout.

No body text and no address in clear: addresses are logged as their domain. Values are escaped, so no mail
can forge a line; what strangers can cause at will is logged so often a minute and then counted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, TextIO

import structlog

from gatepost.loglines import Lines, Repeats, cleaned
from gatepost.model import Message, MessageId

_log: Any = structlog.stdlib.get_logger()  # structlog's bound loggers are dynamic


_repeats = Repeats(60)


def set_up(
    level: str = "info", *, plain: bool = False, file: TextIO | None = None, repeats: Repeats | None = None
) -> None:
    """Send events of `level` and above to stdout, as JSON or, for people at a terminal, as plain text.

    With `file` they go there: a command's stdout is for its answer. `repeats` says how often a stranger's
    doings are told.
    """
    levels = {"debug": 10, "info": 20, "warning": 30, "error": 40}
    target = file or sys.stdout
    render: list[Any] = [structlog.processors.JSONRenderer()]
    if plain:  # without its own tracebacks: those show local variables, and so what mails say
        traceback = structlog.dev.plain_traceback
        colors = not target.closed and target.isatty()
        render = [cleaned, structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=traceback)]
    global _log, _repeats
    _repeats = repeats or _repeats
    structlog.configure(
        processors=[
            _repeats,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            *render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(levels[level]),
        logger_factory=lambda *_: Lines(target),
        cache_logger_on_first_use=False,
    )
    _log = structlog.get_logger().bind()  # made once, not anew for each event


def domain(address: str) -> str:
    """What the log may show of an address."""
    _, sign, name = address.rpartition("@")
    return name.lower() if sign else "<>"


def message_received(message: Message) -> None:
    """A mail was taken whole; nothing is decided yet."""
    _log.debug(
        "message.received",
        id=message.id,
        peer=message.session.peer,
        account=message.session.account,
        sender=domain(message.envelope.mail_from),
        recipients=len(message.envelope.recipients),
        bytes=len(message.raw),
    )


def message_done(
    message: Message, *, action: str, answer: str, rules: Sequence[str], purpose: str, seconds: float
) -> None:
    """The one line that tells a message's whole story."""
    _log.info(
        "message.done",
        id=message.id,
        peer=message.session.peer,
        account=message.session.account,
        sender=domain(message.envelope.mail_from),
        recipients=len(message.envelope.recipients),
        bytes=len(message.raw),
        action=action,
        answer=answer,
        rules=list(rules),
        purpose=purpose,
        ms=round(seconds * 1000, 1),
    )


def message_undecided(id: MessageId, error: BaseException) -> None:
    """Something of ours failed; the sender was told 451 and comes again."""
    _log.error("message.undecided", id=id, error=type(error).__name__, exc_info=error)


def task_failed(name: str, error: BaseException) -> None:
    """Background work ended with an error."""
    _log.error("task.failed", task=name, error=type(error).__name__, exc_info=error)


def message_in_doubt(id: MessageId, why: str) -> None:
    """The relay may have the mail: it counts as sent, and a person decides."""
    _log.error("message.in_doubt", id=id, why=why)


def outcome_unwritten(id: MessageId, state: str, error: BaseException) -> None:
    """The store failed just when an outcome was to be written; it is tried again."""
    _log.error("outcome.unwritten", id=id, state=state, error=str(error))


def attempt_failed(id: MessageId, error: BaseException) -> None:
    """Something of ours failed during an attempt; the message was left where it can be found."""
    _log.error("attempt.failed", id=id, error=type(error).__name__, exc_info=error)


def message_looped(id: MessageId) -> None:
    """Too many Received headers: refused (RFC 5321 §6.3)."""
    _log.warning("message.looped", id=id)


def message_overnested(id: MessageId) -> None:
    """Too many parts, or parts too deep within each other, for a mail to a buyer: refused."""
    _log.warning("message.overnested", id=id)


def message_unjudged(id: MessageId, error: BaseException) -> None:
    """The mail could not be judged within its budget and is held."""
    _log.warning("message.unjudged", id=id, why=str(error))


def message_released(id: MessageId, by: str) -> None:
    """A person released a held mail."""
    _log.info("message.released", id=id, by=by)


def message_rejected(id: MessageId, by: str) -> None:
    """A person rejected a held mail."""
    _log.info("message.rejected", id=id, by=by)


def message_retried(id: MessageId, answer: str, attempts: int) -> None:
    """A stored mail was offered to the relay again."""
    _log.info("message.retried", id=id, answer=answer, attempts=attempts)


def message_recovered(id: MessageId, state: str) -> None:
    """A dead process had left this message in flight; this is where it is now."""
    _log.warning("message.recovered", id=id, state=state)


def notice_queued(id: MessageId, kind: str) -> None:
    """A notice waits in the spool; `id` is its own."""
    _log.info("notice.queued", id=id, kind=kind)


def notice_put_off(id: MessageId) -> None:
    """A sender was told enough for this hour: the rest is summed up in one notice."""
    _log.warning("notice.put_off", id=id)


def hook_delivered(hook: str, call: str) -> None:
    """A webhook took a call."""
    _log.info("hook.delivered", hook=hook, call=call)


def hook_failed(hook: str, call: str, why: str) -> None:
    """A webhook did not take a call; it is tried again."""
    _log.warning("hook.failed", hook=hook, call=call, why=why)


def hook_given_up(hook: str, call: str, why: str) -> None:
    """A webhook did not take a call in all its time."""
    _log.error("hook.given_up", hook=hook, call=call, why=why)


def clock_jumped(seconds: float) -> None:
    """The machine's clock was set by more than an hour: for a day nothing is deleted by age."""
    _log.error("clock.jumped", seconds=round(seconds))


def round_failed(error: BaseException) -> None:
    """The spool could not be worked on; the next round tries again."""
    _log.error("round.failed", error=str(error))


def orders_imported(name: str, kind: str, *, rows: int, bad: int) -> None:
    """A file of order data was imported; of `bad` rows it says what is wrong with them."""
    _log.info("orders.imported", file=name, kind=kind, rows=rows, bad=bad)


def orders_refused(name: str, error: str) -> None:
    """A file of order data can't be used, or can't be moved away."""
    _log.warning("orders.refused", file=name, error=error)


def worker_started(pid: int) -> None:
    """A process for heavy mails was started."""
    _log.info("worker.started", pid=pid)


def gateway_started(*, smtp: Sequence[str], site: str, edition: str, relay: str) -> None:
    """The gateway listens."""
    _log.info("gateway.started", smtp=list(smtp), site=site, edition=edition, relay=relay)


def tell_repeats(*, at_once: bool = False) -> None:
    """Say how many lines were left out, by kind; those whose minute is not over only when told `at_once`."""
    for kind, count in _repeats.over(at_once=at_once).items():
        lines_left_out(kind, count)


def lines_left_out(kind: str, count: int) -> None:
    """So many more events of this kind happened and were not logged one by one."""
    _log.warning("lines.left_out", kind=kind, count=count)


def gateway_stopped(cut_off: int) -> None:
    """The gateway has stopped; mail of `cut_off` tasks is found at the next start."""
    tell_repeats(at_once=True)
    _log.info("gateway.stopped", cut_off=cut_off)


def gateway_reloaded(edition: str, digest: str) -> None:
    """New rules are in force."""
    _log.info("gateway.reloaded", edition=edition, digest=digest)


def setting_refused(name: str, why: str) -> None:
    """What was set on the site does not fit any more and is left out; the file's value holds."""
    _log.error("setting.refused", name=name, why=why)


def reload_refused(error: BaseException) -> None:
    """The new configuration is wrong; the old one stays in force."""
    _log.error("reload.refused", error=str(error))


def sign_on_failed(why: str) -> None:
    """A login by the identity provider did not work."""
    _log.warning("sign_on.failed", why=why)


def admin_missing() -> None:
    """Nobody can log in to the site yet: `gatepost user add NAME --role admin`."""
    _log.warning("admin.missing", mend="gatepost user add NAME --role admin")


def workers_started(count: int) -> None:
    """All worker processes listen."""
    _log.info("workers.started", count=count)


def worker_died(index: int, status: int) -> None:
    """A worker process ended by itself and is started again."""
    _log.error("worker.died", worker=index, status=status)


def upstream_connected(host: str, port: int, *, tls: str, seconds: float) -> None:
    """A connection to a relay is ready for mail; `tls` is the version, "" in clear."""
    _log.info("upstream.connected", host=host, port=port, tls=tls, ms=round(seconds * 1000, 1))


def upstream_refused(id: MessageId, host: str, code: int, enhanced: str) -> None:
    """The relay said no to a mail, or could not have taken it as it is."""
    _log.warning("upstream.refused", id=id, host=host, code=code, enhanced=enhanced)


def upstream_failed(host: str, why: str, id: MessageId | None = None) -> None:
    """The relay did not take a mail now, or could not be asked: it does not have it."""
    _log.warning("upstream.failed", id=id, host=host, why=why)


def upstream_in_doubt(id: MessageId, host: str, why: str) -> None:
    """The relay's answer to the final dot was lost."""
    _log.error("upstream.in_doubt", id=id, host=host, why=why)


def connection_refused(peer: str, why: str) -> None:
    """A client was turned away before its session began."""
    _log.warning("connection.refused", peer=peer, why=why)


def session_ended(peer: str, why: str) -> None:
    """A session was ended by us: too many errors, too slow, too much."""
    _log.info("session.ended", peer=peer, why=why)


def session_injected(peer: str, octets: int) -> None:
    """What a client, or somebody between, sent in clear behind STARTTLS was thrown away."""
    _log.warning("session.injected", peer=peer, octets=octets)


def command_refused(peer: str, reply: str) -> None:
    """A client said what can't be done, or not now; `reply` is what it was told."""
    _log.info("command.refused", peer=peer, reply=reply)


def data_refused(peer: str, octets: int, reply: str) -> None:
    """A mail was refused as it came in: too big, a line too long, a bare line end, a NUL, no room."""
    _log.info("data.refused", peer=peer, octets=octets, reply=reply)


def session_failed(peer: str, error: BaseException) -> None:
    """Something of ours failed in an SMTP session; the client was told to come again."""
    _log.error("session.failed", peer=peer, error=type(error).__name__, exc_info=error)


def login_refused(client: str, why: str) -> None:
    """A client's AUTH failed: the wrong password, or locked after too many of them."""
    _log.warning("login.refused", client=client, why=why)


def login_failed(client: str, error: BaseException) -> None:
    """A login could not be checked; the client was told to come again."""
    _log.error("login.failed", client=client, error=type(error).__name__)


def message_expired(id: MessageId) -> None:
    """Nobody decided on a held mail in time; its sender is told."""
    _log.warning("message.expired", id=id)


def inbound_started(smtp: Sequence[str]) -> None:
    """Mail for the seller is taken here."""
    _log.info("inbound.started", smtp=smtp)


def inbound_unchecked(id: MessageId, why: str) -> None:
    """A mail that arrived could not be looked at; it is marked or held as suspicious."""
    _log.warning("inbound.unchecked", id=id, why=why)


def inbound_told(id: MessageId, kind: str, done: str) -> None:
    """Something came back from Amazon or a mail server; `done` is what was done about it."""
    _log.warning("inbound.told", id=id, kind=kind, done=done)


def breaker_tripped(by: str) -> None:
    """No mail of the seller's own accord goes out any more, until a person resets the breaker."""
    _log.error("breaker.tripped", by=by)


def breaker_reset(by: str) -> None:
    """A person reset the breaker: mail goes out again."""
    _log.warning("breaker.reset", by=by)
