"""Tells buyers' alias addresses from all others: Amazon makes one for each buyer and seller, by store."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from gatepost_policies.facts.hosts import canonical_host, suffix
from gatepost_policies.facts.tables import table

_PREFIX: Final = "marketplace.amazon."
MAX_ADDRESS: Final = 2_000  # characters; RFC 5321 allows 254
MAX_FIELD: Final = 20_000  # characters of one To or Cc that are looked at
# Not email.utils.getaddresses: it recurses on nested comments.
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"@]{1,128}@[^\s<>()\[\],;:\"@]{1,254}")
# What routes mail on inside a local part: the percent hack, a bang path, a quoted inner address.
_HOPS: Final = re.compile(r"[%!:,@\s\"()<>\[\];]+")


@lru_cache(maxsize=1)
def _domains() -> dict[str, str]:
    return {entry["domain"]: entry["id"] for entry in table("marketplaces")["marketplaces"]}


@lru_cache(maxsize=4096)
def _is_buyer_domain(domain: str) -> bool:
    host = canonical_host(domain)
    if host in _domains():
        return True
    ending = host.removeprefix(_PREFIX)
    return ending != host and bool(ending) and suffix(ending) == ending


def _parts(address: str) -> tuple[str, str]:
    local, _, domain = address.strip()[:MAX_ADDRESS].strip("<>").rpartition("@")
    return local, domain


def is_buyer(address: str) -> bool:
    """Whether mail to `address` may reach an Amazon buyer.

    The whole domain decides, in any case, script width or IDNA form, never a suffix or a part of it;
    addresses that route through another host to a buyer's domain (`user%domain@relay`, source routes)
    count too.
    """
    local, domain = _parts(address)
    if _is_buyer_domain(domain):
        return True
    if not local or _HOPS.search(local) is None:
        return False
    return any(_is_buyer_domain(hop) for hop in _HOPS.split(local)[:50] if "." in hop)


def addresses_in(fields: Iterable[str]) -> tuple[str, ...]:
    """The addresses in the values of address headers (To, Cc), in order; names and comments are left out."""
    return tuple(found for field in fields for found in _ADDRESS.findall(field[:MAX_FIELD]))


def buyers(recipients: Iterable[str]) -> tuple[str, ...]:
    """Those of `recipients` (envelope addresses) that are Amazon buyers, as given."""
    return tuple(address for address in recipients if is_buyer(address))


def bare_alias(address: str) -> str:
    """A buyer's alias in lower case, without the `+case` behind its local part: that names no buyer."""
    local, _, domain = address.strip().strip("<>").lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def marketplace_of(address: str) -> str:
    """The MarketplaceId of the store that a buyer's address belongs to; "" when unknown or no buyer's."""
    local, domain = _parts(address)
    hops = [domain, *(_HOPS.split(local)[:50] if "." in local else ())]
    return next((found for hop in hops if (found := _domains().get(canonical_host(hop), ""))), "")
