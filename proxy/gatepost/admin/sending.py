"""Who sends through the gateway: logins, networks, From addresses; what they sent, and what holds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address

from gatepost.config.schema import Config
from gatepost.directory import User
from gatepost.model import Allowance, OriginFigures

MOST_ADDRESSES = 200
ELSEWHERE = "elsewhere"
"""Mail that came without a login from none of the trusted networks, as they are now."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sent to buyers in a span of days, as it came."""

    mails: int = 0
    held: int = 0
    refused: int = 0
    last_at: datetime | None = None

    def __add__(self, more: Sent) -> Sent:
        times = [at for at in (self.last_at, more.last_at) if at]
        return Sent(
            self.mails + more.mails,
            self.held + more.held,
            self.refused + more.refused,
            max(times, default=None),
        )


@dataclass(frozen=True, slots=True)
class Account:
    """A login: a gateway user, or one that only the relay knows."""

    name: str
    user: User | None
    edition: str  # of its own; "" for the one of its marketplace, or the default
    sent: Sent
    exceptions: tuple[Allowance, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """A From address that was seen."""

    address: str
    sent: Sent
    exceptions: tuple[Allowance, ...]


@dataclass(frozen=True, slots=True)
class Senders:
    """All of them."""

    accounts: Sequence[Account]
    networks: Mapping[str, Sent]
    addresses: Sequence[Address]
    addresses_in_all: int = field(default=0)


def senders(
    config: Config,
    users: Iterable[User],
    origins: Sequence[OriginFigures],
    exceptions: Sequence[Allowance],
    *,
    part: str = "",
) -> Senders:
    """Who sends; of the From addresses those that hold `part`, the busiest first, MOST_ADDRESSES at most."""
    known = {user.name: user for user in users}
    by_account = _summed((each.account, each) for each in origins if each.account)
    editions = config.policy.by_account
    names = sorted({*known, *by_account, *editions})
    by_address = _summed((each.sender.lower(), each) for each in origins)
    wanted = [address for address in by_address if part.lower() in address]
    busiest = sorted(wanted, key=lambda address: (-by_address[address].mails, address))
    return Senders(
        accounts=[
            Account(
                name=name,
                user=known.get(name),
                edition=editions.get(name, ""),
                sent=by_account.get(name, Sent()),
                exceptions=tuple(each for each in exceptions if each.account == name),
            )
            for name in names
        ],
        networks=_by_network(config.smtp.trusted_networks, origins),
        addresses=[
            Address(address, by_address[address], _for_address(address, exceptions))
            for address in busiest[:MOST_ADDRESSES]
        ],
        addresses_in_all=len(wanted),
    )


def _summed(origins: Iterable[tuple[str, OriginFigures]]) -> dict[str, Sent]:
    found: dict[str, Sent] = {}
    for name, each in origins:
        found[name] = found.get(name, Sent()) + Sent(each.mails, each.held, each.refused, each.last_at)
    return found


def _by_network(
    networks: Sequence[IPv4Network | IPv6Network], origins: Iterable[OriginFigures]
) -> Mapping[str, Sent]:
    """What came without a login, by the first network that it came from; those without mail too."""
    summed = _summed((_network_of(each.peer, networks), each) for each in origins if not each.account)
    return {str(network): summed.pop(str(network), Sent()) for network in networks} | summed


def _network_of(peer: str, networks: Sequence[IPv4Network | IPv6Network]) -> str:
    try:
        address = ip_address(peer)
    except ValueError:
        return ELSEWHERE
    return next((str(each) for each in networks if address in each), ELSEWHERE)


def _for_address(address: str, exceptions: Iterable[Allowance]) -> tuple[Allowance, ...]:
    domain = f"@{address.rpartition('@')[2]}"
    return tuple(each for each in exceptions if each.sender and each.sender in (address, domain))
