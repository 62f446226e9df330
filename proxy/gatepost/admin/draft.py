"""A draft as a message that is judged and never sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from gatepost.admin.visit import Desk
from gatepost.model import Envelope, Message, MessageId, Recipient, Session
from gatepost_policies.facts import addresses_in, buyers
from gatepost_policies.mime import decode_text, read_headers
from gatepost_policies.model import Verdict

BUYER = "buyer-of-a-draft@marketplace.amazon.com"
SENDER = "draft@seller.example"
MAX_RECIPIENTS = 100


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a draft gave."""

    verdict: Verdict
    assumed: bool  # no buyer was among the recipients: judged as if one were


def compose(subject: str, text: str, *, html: bool) -> bytes:
    """The draft as a mail to a buyer."""
    lines = [
        f"From: {SENDER}",
        f"To: {BUYER}",
        f"Subject: {' '.join(subject.split())}",
        "MIME-Version: 1.0",
        f"Content-Type: text/{'html' if html else 'plain'}; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        text,
    ]
    return _with_crlf("\n".join(lines).encode("utf-8", "replace"))


def from_file(raw: bytes, name: str = "", *, subject: str = "") -> bytes:
    """An uploaded mail with the line ends of its way; of a text or a page, a mail that says it."""
    ending = name.lower().rpartition(".")[2]
    if ending in ("txt", "text", "html", "htm"):
        return compose(subject, decode_text(raw)[0], html=ending.startswith("htm"))
    return _with_crlf(raw)


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
    judgement = await desk.judge.judge(message)
    if judgement.verdict is None:
        raise AssertionError("mail to a buyer always has a verdict")
    return Checked(judgement.verdict, assumed)


def _recipients(raw: bytes) -> tuple[str, ...]:
    block = read_headers(raw)
    return addresses_in(value for name in ("to", "cc") for value in block.values(name))
