"""A draft as a message that is judged and never sent."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from gatepost.admin.mailview import safe_name
from gatepost.admin.visit import Desk
from gatepost.model import Envelope, Message, MessageId, Recipient, Session
from gatepost.release import Excusing
from gatepost_policies.facts import addresses_in, buyers
from gatepost_policies.mime import decode_text, read_headers
from gatepost_policies.model import Verdict

BUYER = "buyer-of-a-draft@marketplace.amazon.com"
SENDER = "draft@seller.example"
MAX_RECIPIENTS = 100
MAIL_ENDINGS = ("eml", "mime", "mht")
_FIELD = re.compile(rb"(?:From [^\n]*\n)?[A-Za-z][!-9;-~]*[ \t]*:[^\n]*\n(?:[!-9;-~]+[ \t]*:|[ \t]|\r?\n)")


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a draft gave."""

    verdict: Verdict
    assumed: bool  # no buyer was among the recipients: judged as if one were


def compose(subject: str, text: str, *, html: bool, files: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """The draft as a mail to a buyer, with its files as attachments."""
    head = [
        f"From: {SENDER}",
        f"To: {BUYER}",
        f"Subject: {' '.join(subject.split())}",
        "MIME-Version: 1.0",
    ]
    body = [
        f"Content-Type: text/{'html' if html else 'plain'}; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        text,
    ]
    if not files:
        return _with_crlf("\n".join([*head, *body]).encode("utf-8", "replace"))
    boundary = f"=_{secrets.token_hex(16)}"
    lines = [*head, f'Content-Type: multipart/mixed; boundary="{boundary}"', "", f"--{boundary}", *body]
    for name, content in files:
        lines += ["", f"--{boundary}", *_attached(name, content)]
    return _with_crlf("\n".join([*lines, "", f"--{boundary}--", ""]).encode("utf-8", "replace"))


def _attached(name: str, content: bytes) -> list[str]:
    """A file as a part of no declared type: it is known by its content."""
    return [
        "Content-Type: application/octet-stream",
        f'Content-Disposition: attachment; filename="{safe_name(name)}"',
        "Content-Transfer-Encoding: base64",
        "",
        base64.encodebytes(content).decode("ascii"),
    ]


def from_file(raw: bytes, name: str = "", *, subject: str = "", text: str = "", html: bool = False) -> bytes:
    """An uploaded mail with the line ends of its way; of a text or a page, a mail that says it.

    Any other file is attached to a mail that says `text`.
    """
    ending = name.lower().rpartition(".")[2]
    if ending in ("txt", "text", "html", "htm"):
        return compose(subject, decode_text(raw)[0], html=ending.startswith("htm"))
    if not name or ending in MAIL_ENDINGS or _FIELD.match(raw):
        return _with_crlf(raw)
    return compose(subject, text, html=html, files=[(name, raw)])


def _with_crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


async def check(desk: Desk, raw: bytes, *, by: str, recipients: tuple[str, ...] = ()) -> Checked:
    """Judge `raw` as the gateway would; recipients are those given, else those of To and Cc.

    Without a buyer among them it is judged as if there were one. Raises JudgeError.
    """
    given = (recipients or _recipients(raw))[:MAX_RECIPIENTS]
    assumed = not buyers(given)
    message = Message(
        id=MessageId(f"draft-{secrets.token_hex(8)}"),
        received_at=desk.clock.now(),
        session=Session(peer="127.0.0.1", helo="draft", protocol="HTTP", account=by),
        envelope=Envelope(SENDER, tuple(Recipient(to) for to in (*given, *((BUYER,) if assumed else ())))),
        raw=raw,
    )
    async with desk.checking:  # live mail needs the same judge, and the one reader of files
        judgement = await Excusing(desk.judge, desk.bench.exceptions).judge(message)
    if judgement.verdict is None:
        raise AssertionError("mail to a buyer always has a verdict")
    return Checked(judgement.verdict, assumed)


def _recipients(raw: bytes) -> tuple[str, ...]:
    block = read_headers(raw)
    return addresses_in(value for name in ("to", "cc") for value in block.values(name))
