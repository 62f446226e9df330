"""What a mail is for (G1): from its subject, its own sentences, its place in a thread and its facts.

A permitted purpose is claimed by what the mail does, not by a word in it: a parcel that was shipped
is news in a shipment confirmation and a circumstance in an answer. A mail has the purpose OTHER only
when nothing in it belongs to an order, or when it does nothing but thank, greet or advertise.
"""

from __future__ import annotations

from typing import Final

from gatepost_policies.language.scene import Scene
from gatepost_policies.model import Purpose, Reading
from gatepost_policies.signs import SUBSTANCE, Signs, signs_of


def purpose_of(
    reading: Reading, scene: Scene, *, asks_review: bool, promotes: bool = False, answers: bool = False
) -> Purpose:
    """The purpose of the mail.

    `asks_review` tells whether it asks for a review anywhere, `promotes` whether it advertises: a mail
    that advertises and does nothing for an order has no permitted purpose. `answers` is known from
    elsewhere: it answers a mail of the buyer's, whatever its own headers say.
    """
    signs = signs_of(reading, scene, answers=answers)
    return _news(signs, asks_review) or _rest(signs, asks_review, promotes)


def _news(signs: Signs, asks_review: bool) -> Purpose | None:
    """The purpose of a mail that brings news of the order, unless it rather answers the buyer."""
    if signs.reply or signs.prompted:
        return None
    late = _announces_delay(signs)
    if late and not signs.all & {"cancelled", "refunded"}:
        return Purpose.DELAY
    if _is_unavailable(signs):
        return Purpose.UNAVAILABLE
    if late:
        return Purpose.DELAY
    if "returned" in signs.told and signs.all & {"refunded", "refund_due", "inspecting"}:
        return Purpose.RETURN
    sent = signs.sent_as_news and "substitute_goods" not in signs.told
    if sent and (signs.tracking or signs.sent_in_subject or not asks_review):
        return Purpose.SHIPMENT
    return None


def _is_unavailable(signs: Signs) -> bool:
    """Whether the seller can't or won't send what was ordered; the buyer who cancelled knows of it."""
    if "cancelled" in signs.told and "buyer_cancelled" not in signs.opening:
        return True
    return "unavailable" in signs.told and not signs.opening & EXCUSES


def _announces_delay(signs: Signs) -> bool:
    """Whether a delay is news: of what is already on its way, only a sure one with its length is."""
    if "delivery_tried" in signs.opening or signs.subject & {"aftercare", "substitute_goods"}:
        return False
    if not signs.on_its_way:
        return "delayed" in signs.told or signs.late
    return signs.late and bool(signs.all & {"duration", "may_cancel"})


def _rest(signs: Signs, asks_review: bool, promotes: bool) -> Purpose:
    if asks_review:
        return Purpose.REVIEW_REQUEST
    if _is_idle(signs) or (
        promotes and not signs.reply and not signs.all & (SUBSTANCE | {"reply_to_enquiry"})
    ):
        return Purpose.OTHER
    if signs.reply or signs.prompted:
        return Purpose.SERVICE
    lacks = "buyers_data" in signs.opening and "unavailable" in signs.told
    if signs.subject & COMPLETES or lacks:
        return Purpose.COMPLETION
    if (
        "substitute_goods" in signs.told
        or signs.opening & CARES
        or signs.all & {"apology", "reply_to_enquiry"}
    ):
        return Purpose.SERVICE
    steps = signs.all & COMPLETES or signs.opening & {"shipped", "will_ship"}
    return Purpose.COMPLETION if steps and not signs.asks else Purpose.SERVICE


def _is_idle(signs: Signs) -> bool:
    """Whether nothing in the mail serves an order: it greets, thanks, presents itself or advertises."""
    if signs.reply or signs.all & {"reply_to_enquiry", "not_ours"}:
        return False
    if signs.astray and not signs.all & NEWS:
        return True
    if signs.all & SUBSTANCE or "delivered" in signs.subject or signs.affairs:
        return False
    if signs.all & {"thanks_purchase", "introduces"}:
        return "thanks_purchase" not in signs.all or "money" not in signs.all  # what was bought has a price
    # What speaks of no order at all is left to its order ID: with one it is an answer in its own words.
    return not signs.has_order and "transaction" not in signs.body


# What follows on an order that went wrong or comes back.
CARES: Final = frozenset({"aftercare", "buyer_cancelled", "delivery_tried", "refunded", "returned"})
# Why a seller can't send, though the goods are there, or why the buyer knows already.
EXCUSES: Final = frozenset({"buyer_cancelled", "buyers_data", "delivery_tried"})
# The steps of an order that goes its way.
COMPLETES: Final = frozenset({"bookkeeping", "delivered", "order_confirmed"})
# What happened to an order: a mail that tells it is not beside the point, whatever else it mentions.
NEWS: Final = frozenset(
    {
        "apology",
        "cancelled",
        "delayed",
        "order_confirmed",
        "refunded",
        "returned",
        "shipped",
        "tracking_label",
        "unavailable",
    }
)
