from __future__ import annotations

import re

import pytest

from gatepost_policies.facts.checkdigits import CHECKS
from gatepost_policies.facts.hosts import canonical_host
from gatepost_policies.facts.tables import table


@pytest.mark.parametrize(
    "name",
    ["carriers", "contact", "dates", "endings", "items", "mail_forms", "marketplaces", "money", "postal"],
)
def test_every_table_loads(name: str) -> None:
    assert table(name)


def test_store_domains_are_canonical_and_unique() -> None:
    domains = [entry["domain"] for entry in table("marketplaces")["marketplaces"]]
    assert domains == [canonical_host(domain) for domain in dict.fromkeys(domains)]


def test_carriers_shapes_compile_and_their_checks_exist() -> None:
    for entry in table("carriers")["carriers"].values():
        for shape in entry.get("shapes", ()):
            re.compile(shape["pattern"])
            assert not shape["check"] or shape["check"] in CHECKS


def test_each_language_has_twelve_months() -> None:
    assert {len(months) for months in table("dates")["months"].values()} == {12}


def test_a_missing_table_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        table("nothing")
