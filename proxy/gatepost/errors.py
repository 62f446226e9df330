"""The proxy's exceptions.

GatepostError
├── ConfigError          the configuration can't be used: file, line, key, why
├── StoreError           the store could not keep or give what was asked; nothing half done
│   └── StateError       someone else changed the state first
├── FeedError            a file of order data can't be used as a whole
├── JudgeError           the mail could not be judged in time or at all
├── ChildError           a process of our own died at its work, or did not start
└── UpstreamError        the relay
    ├── Refused          said 5xx: definite
    ├── TryLater         said 4xx, or could not be reached, before anything was taken: definite
    └── InDoubt          the answer to the final dot was lost: it may have the mail

Caught at two places only: where a resource is owned, and in `pipeline.handle`.
"""

from __future__ import annotations

from gatepost.model import RefusedRecipient, RelayReply


class GatepostError(Exception):
    """All that the proxy raises on purpose."""


class ConfigError(GatepostError):
    """A configuration that can't be used; `key` names what shows only once its values are put to use."""

    def __init__(self, words: str, *, key: str = "") -> None:
        super().__init__(words)
        self.key = key


class StoreError(GatepostError):
    """The store refused (disk full, locked, damaged); nothing of the job is kept."""


class StateError(StoreError):
    """The row is not in the state that the change starts from: someone else was first."""


class FeedError(GatepostError):
    """A file of order data that can't be used as a whole."""


class JudgeError(GatepostError):
    """A mail could not be judged within its budget."""


class ChildError(GatepostError):
    """A process of our own died at its work, or did not start."""


class UpstreamError(GatepostError):
    """The relay did not take the mail."""


class Refused(UpstreamError):
    """The relay said 5xx; it does not have the mail."""

    def __init__(self, reply: RelayReply, recipients: tuple[RefusedRecipient, ...] = ()) -> None:
        super().__init__(f"{reply.code} {reply.text}")
        self.reply, self.recipients = reply, recipients


class TryLater(UpstreamError):
    """The relay said 4xx or was not reached; it does not have the mail."""

    def __init__(self, why: str, reply: RelayReply | None = None) -> None:
        super().__init__(why)
        self.reply = reply


class InDoubt(UpstreamError):
    """The connection ended after the final dot and before its answer: nobody knows."""
