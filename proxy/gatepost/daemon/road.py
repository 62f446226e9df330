"""The road to the relay as the configuration wants it: the service and the commands take the same one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from gatepost.attempt import Road, Terms
from gatepost.config import Config
from gatepost.config.schema import OnRelayFailure
from gatepost.daemon.clock import new_message_id
from gatepost.ports import Clock, Journal, Standings, Upstream
from gatepost.store import Store
from gatepost.store.standing import SqlStandings
from gatepost.tasks import Tasks


def backoff(seconds: Sequence[int], attempts: int) -> timedelta:
    """The wait after so many attempts: the configured steps, the last one for ever."""
    return timedelta(seconds=seconds[min(attempts, len(seconds) - 1)])


def road_for(
    config: Config, *, hostname: str, upstream: Upstream, journal: Journal, clock: Clock, tasks: Tasks
) -> Road:
    """The road over these parts, on the operator's terms."""
    delivery = config.delivery
    return Road(
        upstream=upstream,
        journal=journal,
        clock=clock,
        tasks=tasks,
        terms=Terms(
            spool=delivery.on_relay_failure is OnRelayFailure.SPOOL,
            backoff=partial(backoff, delivery.retry_seconds),
            give_up=timedelta(hours=delivery.give_up_hours),
            hostname=hostname,
        ),
        new_id=new_message_id,
    )


def standings_of(store: Store, config: Config) -> Standings:
    """What judging is told of threads and of the account."""
    return SqlStandings(store.threads, store.breaker, timedelta(days=config.retention.threads_days))
