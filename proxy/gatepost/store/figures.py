"""Figures over a span of time: what became of mails, who sent them, how right the rules were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gatepost.model import DayFigures, OriginFigures, RuleFigures, SenderFigures
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.review import CORRECTED, REJECTED
from gatepost.store.rows import micros, moment, session_of

MOST, MOST_ORIGINS = 20, 5_000
"""Rules and senders of a list, and all that send at all."""
SECONDS = 20.0

_DAY = timedelta(days=1) // timedelta(microseconds=1)
_FIELD: Mapping[str, str] = {
    "pass": "went",
    "relay": "went",
    "quarantine": "held",
    "reject": "refused",
    "repair": "repaired",
}
_DAYS = f"""
SELECT received_at / {_DAY} AS day, action, count(*) AS n FROM messages
WHERE received_at >= :since AND received_at < :until GROUP BY received_at / {_DAY}, action
"""  # noqa: S608 - a number
_RULES = """
SELECT rule, count(*) AS n FROM message_rules
WHERE received_at >= :since AND received_at < :until GROUP BY rule
"""
_SENDERS = """
SELECT sender, n, held, refused FROM (SELECT sender, count(*) AS n,
  sum(CASE WHEN action = 'quarantine' THEN 1 ELSE 0 END) AS held,
  sum(CASE WHEN action = 'reject' THEN 1 ELSE 0 END) AS refused
FROM messages WHERE received_at >= :since AND received_at < :until AND action <> 'pass'
GROUP BY sender) AS counted ORDER BY held + refused DESC, n DESC, sender LIMIT :most
"""
_ORIGINS = """
SELECT session, sender, count(*) AS n, max(received_at) AS last_at,
  sum(CASE WHEN action = 'quarantine' THEN 1 ELSE 0 END) AS held,
  sum(CASE WHEN action = 'reject' THEN 1 ELSE 0 END) AS refused
FROM messages WHERE received_at >= :since AND received_at < :until AND action <> 'pass'
GROUP BY session, sender ORDER BY n DESC, session, sender LIMIT :most
"""
_DECIDED = """
SELECT message_rules.rule AS rule, reviewed.decision AS decision,
  CASE WHEN wrong_findings.rule IS NULL THEN 0 ELSE 1 END AS wrong, count(*) AS n
FROM reviewed JOIN message_rules ON message_rules.message_id = reviewed.message_id
LEFT JOIN wrong_findings ON wrong_findings.message_id = reviewed.message_id
  AND wrong_findings.rule = message_rules.rule
WHERE reviewed.at >= :since AND reviewed.at < :until AND message_rules.mode = 'enforce'
GROUP BY message_rules.rule, reviewed.decision, CASE WHEN wrong_findings.rule IS NULL THEN 0 ELSE 1 END
"""
_WRONG_BESIDE = """
SELECT rule, count(*) AS n FROM wrong_findings WHERE at >= :since AND at < :until
AND NOT EXISTS (SELECT 1 FROM reviewed WHERE reviewed.message_id = wrong_findings.message_id)
GROUP BY rule
"""


class Figures:
    """Questions about a span of time, its end left out. Reads only."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def days(self, since: datetime, until: datetime) -> Sequence[DayFigures]:
        """Each day of the span, the first first; days without mail too."""
        rows = await self._db.read(lambda tx: tx.execute(_DAYS, _span(since, until)), seconds=SECONDS)
        days = {
            (since + timedelta(days=number)).date(): DayFigures((since + timedelta(days=number)).date())
            for number in range((until - since).days)
        }
        for row in rows:
            on, field = moment(row["day"] * _DAY).date(), _FIELD.get(row["action"], "went")
            day = days.get(on, DayFigures(on))
            days[on] = replace(day, **{field: getattr(day, field) + row["n"]})
        return [days[on] for on in sorted(days)]

    async def senders(self, since: datetime, until: datetime) -> Sequence[SenderFigures]:
        """Those whose mail was held or refused most."""
        params = {**_span(since, until), "most": MOST}
        rows = await self._db.read(lambda tx: tx.execute(_SENDERS, params), seconds=SECONDS)
        return [SenderFigures(row["sender"], row["n"], row["held"], row["refused"]) for row in rows]

    async def origins(self, since: datetime, until: datetime) -> Sequence[OriginFigures]:
        """Who sends from where: by login, machine and From address, those with the most mails first."""
        params = {**_span(since, until), "most": MOST_ORIGINS}
        rows = await self._db.read(lambda tx: tx.execute(_ORIGINS, params), seconds=SECONDS)
        return [_origin(row) for row in rows]

    async def rules(self, since: datetime, until: datetime) -> Sequence[RuleFigures]:
        """The rules that found most, and what people made of it in that time."""
        found = await self._db.read(lambda tx: _rules(tx, _span(since, until)), seconds=SECONDS)
        return sorted(found.values(), key=lambda figures: (-figures.found, figures.rule))[:MOST]

    async def waiting(self, befores: Sequence[datetime]) -> Sequence[int]:
        """How many held mails came before each of these moments."""
        sums = ", ".join(
            f"coalesce(sum(CASE WHEN received_at < :before{number} THEN 1 ELSE 0 END), 0) AS n{number}"
            for number in range(len(befores))
        )
        sql = f"SELECT {sums} FROM messages WHERE state = 'held'"  # noqa: S608 - numbers
        params = {f"before{number}": micros(before) for number, before in enumerate(befores)}
        row = (await self._db.read(lambda tx: tx.execute(sql, params)))[0]
        return [int(row[f"n{number}"]) for number in range(len(befores))]


def _origin(row: Row) -> OriginFigures:
    session = session_of(row["session"])
    return OriginFigures(
        account=session.account,
        peer=session.peer,
        sender=row["sender"],
        mails=row["n"],
        held=row["held"],
        refused=row["refused"],
        last_at=moment(row["last_at"]),
    )


def _span(since: datetime, until: datetime) -> dict[str, Value]:
    return {"since": micros(since), "until": micros(until)}


def _rules(tx: Tx, span: Mapping[str, Value]) -> dict[str, RuleFigures]:
    found = {row["rule"]: RuleFigures(row["rule"], found=row["n"]) for row in tx.execute(_RULES, span)}

    def add(rule: str, field: str, count: int) -> None:
        figures = found.get(rule, RuleFigures(rule))
        found[rule] = replace(figures, **{field: getattr(figures, field) + count})

    for row in tx.execute(_DECIDED, span):
        upheld = row["decision"] in (CORRECTED, REJECTED)
        add(row["rule"], "wrong" if row["wrong"] else "upheld" if upheld else "overruled", row["n"])
    for row in tx.execute(_WRONG_BESIDE, span):
        add(row["rule"], "wrong", row["n"])
    return found
