"""Goes through the passages of a mail once and notes what they say."""

from __future__ import annotations

from gatepost_policies.facts.orders import find_orders
from gatepost_policies.model import Facts, Mail, OrderId
from gatepost_policies.text import unmask


def find_facts(mail: Mail) -> Facts:
    """What `mail` says, in reading order, each with its place."""
    orders: list[OrderId] = []
    for number, passage in enumerate(mail.passages):
        plain = unmask(passage.text)
        orders += find_orders(number, passage, plain)
    return Facts(order_ids=tuple(orders))
