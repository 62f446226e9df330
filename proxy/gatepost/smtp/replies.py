"""Every reply of the SMTP side, in one table: code, enhanced code (RFC 3463), words.

Replies are printable ASCII, never echo what a client said, and no line exceeds 512 octets (RFC 5321
§4.5.3.1.5). RFC 2034 exempts the greeting, HELO, EHLO and the 3xx replies from enhanced codes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gatepost.model import Answer, AnswerKind, MessageId, RelayReply
from gatepost_policies.explain import sentence
from gatepost_policies.model import Action, Finding

LINE_OCTETS = 512
MOST_LINES = 12

_PLAIN = str.maketrans(
    {"ß": "ss", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "€": "EUR"}
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: its code, and all of its lines as they go over the wire."""

    code: int
    raw: bytes

    @property
    def text(self) -> str:
        """The reply as text, for the log."""
        return self.raw.decode("ascii").strip()

    @property
    def is_error(self) -> bool:
        """Whether the client did something that can't be done (5xx) or is told to come again (4xx)."""
        return self.code >= 400


class Refusal(Exception):
    """Ends a command with `reply`."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.code)
        self.reply = reply


def ascii_text(text: str) -> str:
    """`text` as printable ASCII on one line: accents dropped, what has no ASCII form becomes `?`."""
    if text.isascii() and text.isprintable():
        return text
    if not text.isascii():
        folded = unicodedata.normalize("NFKD", text.translate(_PLAIN))
        text = "".join(character for character in folded if not unicodedata.combining(character))
    return "".join(character if " " <= character <= "~" else _stand_in(character) for character in text)


def _stand_in(character: str) -> str:
    return " " if character.isspace() or not character.isprintable() else "?"


def reply(code: int, enhanced: str, *texts: str) -> Reply:
    """A reply of one line a text, each cut to what a line may hold."""
    prefix = f"{enhanced} " if enhanced else ""
    room = LINE_OCTETS - 6 - len(prefix)
    lines = [f"{code}-{prefix}{ascii_text(text)[:room]}" for text in texts]
    lines[-1] = f"{code} {lines[-1][4:]}"
    return Reply(code, "".join(f"{line}\r\n" for line in lines).encode("ascii"))


# --- the session ---------------------------------------------------------------------------------

OK = reply(250, "2.0.0", "OK")
FLUSHED = reply(250, "2.0.0", "Forgotten")
SENDER_OK = reply(250, "2.1.0", "Sender OK")
RECIPIENT_OK = reply(250, "2.1.5", "Recipient OK")
HELP = reply(214, "2.0.0", "Commands: AUTH DATA EHLO HELO HELP MAIL NOOP QUIT RCPT RSET STARTTLS VRFY")
GO_AHEAD = reply(354, "", "Go ahead; end with <CR><LF>.<CR><LF>")
BYE = reply(221, "2.0.0", "Bye")
START_TLS = reply(220, "2.0.0", "Ready to start TLS")
WELCOME = reply(235, "2.7.0", "Authentication succeeded")
ASK_BLANK = reply(334, "", "")
ASK_USERNAME = reply(334, "", "VXNlcm5hbWU6")
ASK_PASSWORD = reply(334, "", "UGFzc3dvcmQ6")
CAN_NOT_VERIFY = reply(252, "2.5.2", "Cannot verify; send the mail and see")

# --- what a client did wrong ---------------------------------------------------------------------

UNKNOWN_COMMAND = reply(500, "5.5.1", "Command not recognized")
NOT_TEXT = reply(500, "5.5.2", "Commands are UTF-8 text without control characters, ended by <CR><LF>")
COMMAND_TOO_LONG = reply(500, "5.5.2", "Command line too long")
NO_EXPN = reply(502, "5.5.1", "EXPN not implemented")
NOT_PERMITTED = reply(550, "5.7.1", "Not permitted")
NOT_A_WEB_SERVER = reply(221, "2.7.0", "This is a mail server; closing the connection")
NAME_MISSING = reply(501, "5.5.4", "Say who you are: EHLO name")
NO_ARGUMENT = reply(501, "5.5.4", "This command takes no argument")
VRFY_WHAT = reply(501, "5.5.4", "Syntax: VRFY address")
HELO_FIRST = reply(503, "5.5.1", "Send EHLO first")
EHLO_FIRST = reply(503, "5.5.1", "AUTH needs EHLO first")
NESTED_MAIL = reply(503, "5.5.1", "A mail is already begun; send RSET to drop it")
MAIL_FIRST = reply(503, "5.5.1", "Send MAIL first")
RCPT_FIRST = reply(554, "5.5.1", "No valid recipient was given")
MAIL_SYNTAX = reply(501, "5.5.4", "Syntax: MAIL FROM:<address> [parameters]")
RCPT_SYNTAX = reply(501, "5.5.4", "Syntax: RCPT TO:<address> [parameters]")
BAD_SENDER = reply(501, "5.1.7", "Bad sender address")
BAD_RECIPIENT = reply(501, "5.1.3", "Bad recipient address")
SENDER_NEEDS_DOMAIN = reply(553, "5.1.7", "The sender address needs a domain")
RECIPIENT_NEEDS_DOMAIN = reply(553, "5.1.3", "The recipient address needs a domain")
NOT_HERE = reply(550, "5.1.1", "No such mailbox here")
NO_SOURCE_ROUTES = reply(553, "5.1.3", "Source routes are not accepted")
ADDRESS_TOO_LONG = reply(501, "5.1.3", "Address longer than 254 octets")
NEEDS_SMTPUTF8 = reply(553, "5.6.7", "Addresses beyond ASCII need MAIL with SMTPUTF8")
BAD_PARAMETER = reply(501, "5.5.4", "Bad or repeated parameter")
UNKNOWN_PARAMETER = reply(555, "5.5.4", "Parameter not recognized or not implemented")
TOO_BIG = reply(552, "5.3.4", "Message too big")
LINE_TOO_LONG = reply(500, "5.5.2", "A line of the message is too long")
BARE_LINE_END = reply(550, "5.6.11", "The message holds a bare CR or LF; lines end with <CR><LF> only")
NUL_OCTET = reply(550, "5.6.0", "The message holds a NUL octet")

# --- limits, and our own troubles ----------------------------------------------------------------

TOO_MANY_CONNECTIONS = reply(421, "4.7.0", "Too many connections; try again later")
TOO_MANY_FROM_YOU = reply(421, "4.7.0", "Too many connections from your address; try again later")
TOO_FAST = reply(421, "4.7.0", "Connecting too fast; try again in a minute")
TOO_MANY_ERRORS = reply(421, "4.7.0", "Too many errors; closing the connection")
TOO_MUCH_JUNK = reply(421, "4.7.0", "Too many commands without a mail; closing the connection")
TOO_MANY_MESSAGES = reply(421, "4.7.0", "Enough mails on one connection; connect again")
TOO_MANY_RECIPIENTS = reply(452, "4.5.3", "Too many recipients")
TOO_SLOW = reply(421, "4.4.2", "Timeout; closing the connection")
SHUTTING_DOWN = reply(421, "4.3.2", "Shutting down; try again later")
INTERNAL_ERROR = reply(421, "4.3.0", "Internal error; try again later")
DISK_FULL = reply(452, "4.3.1", "Insufficient storage; try again later")
NOT_READY = reply(451, "4.3.0", "Temporarily unable to take mail; try again later")
BUSY = reply(451, "4.3.2", "Too much mail at once; try again later")

# --- who may send --------------------------------------------------------------------------------

NEEDS_AUTH = reply(530, "5.7.0", "Authentication required")
NEEDS_TLS = reply(530, "5.7.0", "Send STARTTLS first")
RELAY_DENIED = reply(554, "5.7.1", "Relay access denied")
ALREADY_SECURE = reply(503, "5.5.1", "TLS is in use already")
NO_TLS_HERE = reply(502, "5.5.1", "STARTTLS is not offered here")
AUTH_NEEDS_TLS = reply(538, "5.7.11", "Encryption required for authentication")
ALREADY_IN = reply(503, "5.5.1", "Already authenticated")
NOT_DURING_MAIL = reply(503, "5.5.1", "Not during a mail transaction")
UNKNOWN_MECHANISM = reply(504, "5.5.4", "Mechanism not supported: use PLAIN or LOGIN")
AUTH_CANCELLED = reply(501, "5.7.0", "Authentication cancelled")
AUTH_SYNTAX = reply(501, "5.5.2", "Cannot decode the authentication response")
WRONG_LOGIN = reply(535, "5.7.8", "Authentication failed")
TOO_MANY_LOGINS = reply(454, "4.7.0", "Too many failed logins; try again later")
LOGIN_UNAVAILABLE = reply(454, "4.7.0", "Temporary authentication failure")
LOGIN_LIMIT = reply(421, "4.7.0", "Too many failed logins; closing the connection")


def greeting(hostname: str) -> Reply:
    """The first words (RFC 5321 §4.2)."""
    return reply(220, "", f"{hostname} ESMTP Gatepost")


def hello(hostname: str, keywords: Sequence[str] = ()) -> Reply:
    """The answer to HELO, or with `keywords` to EHLO."""
    return reply(250, "", hostname, *keywords)


# --- the answer to a message ---------------------------------------------------------------------


def reply_to(answer: Answer) -> Reply:
    """What the sender reads after the final dot."""
    return _ANSWERS[answer.kind](answer)


def undecided(id: MessageId) -> Reply:
    """The gateway itself failed; nothing was sent."""
    return reply(451, "4.3.0", f"Could not be decided; try again later ({id})")


def _relayed(answer: Answer) -> Reply:
    given = answer.relay or RelayReply(250, "2.0.0", "Relayed")
    code = given.code if 200 <= given.code < 300 else 250
    return _passed_on(answer.id, RelayReply(code, given.enhanced, given.text), default="2.0.0")


def _refused_by_relay(answer: Answer) -> Reply:
    given = answer.relay or RelayReply(554, "5.0.0", "Refused by the relay")
    code = given.code if 400 <= given.code < 600 else 554
    return _passed_on(answer.id, RelayReply(code, given.enhanced, given.text), default=f"{code // 100}.0.0")


def _passed_on(id: MessageId, given: RelayReply, *, default: str) -> Reply:
    """The relay's words, cut so that the message id always has room behind them."""
    enhanced = given.enhanced if given.enhanced[:1] == default[:1] else default
    text = ascii_text(given.text)[: LINE_OCTETS - 40 - len(id)]
    return reply(given.code, enhanced, f"{text} ({id})")


def _refused(answer: Answer) -> Reply:
    """One line a finding that acts, strictest first; at most twelve lines, the last names the message."""
    sentences = list(dict.fromkeys(sentence(finding) for finding in _acting(answer.findings)))
    most = MOST_LINES - 1
    if len(sentences) > most:
        rest = len(sentences) - (most - 1)
        sentences = [*sentences[: most - 1], f"... and {rest} more"]
    return reply(550, "5.7.1", *sentences, f"Refused, nothing was sent: message {answer.id}")


def _acting(findings: Sequence[Finding]) -> list[Finding]:
    acting = [finding for finding in findings if finding.acts and finding.action is not Action.RELAY]
    return sorted(acting or findings, key=lambda finding: -finding.action)


_ANSWERS: dict[AnswerKind, Callable[[Answer], Reply]] = {
    AnswerKind.RELAYED: _relayed,
    AnswerKind.HELD: lambda answer: reply(250, "2.0.0", f"Held for review {answer.id}"),
    AnswerKind.STORED: lambda answer: reply(250, "2.0.0", f"Stored for delivery {answer.id}"),
    AnswerKind.REFUSED: _refused,
    AnswerKind.REFUSED_BY_RELAY: _refused_by_relay,
    AnswerKind.DEFERRED: lambda answer: reply(
        451, "4.4.1", f"The relay can't take mail now; try again later ({answer.id})"
    ),
    AnswerKind.UNDECIDED: lambda answer: undecided(answer.id),
    AnswerKind.IN_DOUBT: lambda answer: reply(
        451,
        "4.4.2",
        f"It may have been sent, the relay's answer was lost; kept for a person to settle ({answer.id})",
    ),
    AnswerKind.BUSY: lambda answer: reply(
        451, "4.3.2", f"The same mail is being handled right now; try again later ({answer.id})"
    ),
    AnswerKind.TOO_DEEP: lambda answer: reply(
        554, "5.6.0", f"The message has too many parts, or parts too deep within each other ({answer.id})"
    ),
    AnswerKind.LOOP: lambda answer: reply(554, "5.4.6", f"Mail loop: too many Received lines ({answer.id})"),
}
