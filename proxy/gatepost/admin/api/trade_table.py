"""The operations on order data, feeds and letters: what the site's pages of them can do."""

from __future__ import annotations

from gatepost.admin.access import Permission as P
from gatepost.admin.api import trade
from gatepost.admin.api import trade_shapes as shapes
from gatepost.admin.api.operation import Operation

TRADE_OPERATIONS = (
    Operation(
        "GET", "/imports", trade.imports, P.READ, "What was imported", "order data", answer=shapes.Imports,
    ),
    Operation(
        "POST", "/imports", trade.import_, P.RECORD, "Import a report or a feed", "order data",
        query=shapes.UploadQuery, other_body=trade.REPORT, answer=shapes.Imported,
        faults=(408, 413, 415, 503),
    ),
    Operation(
        "GET", "/facts/{order}", trade.facts, P.READ, "What the data says of an order", "order data",
        answer=shapes.OrderFacts,
    ),
    Operation(
        "GET", "/buyers/{address}", trade.buyer, P.READ, "What is known of a buyer", "order data",
        answer=shapes.BuyerView,
    ),
    Operation("GET", "/stops", trade.stops, P.READ, "The stop list", "order data", answer=shapes.Stops),
    Operation(
        "POST", "/stops", trade.stop, P.RECORD, "Stop mail to an order or a buyer", "order data",
        body=shapes.StopBody, status=204,
    ),
    Operation(
        "DELETE", "/stops/{value}", trade.go, P.RECORD, "Let mail go again", "order data", status=204,
    ),
    Operation(
        "POST", "/shipments", trade.shipment, P.RECORD, "Record a parcel", "feeds",
        body=shapes.ShipmentBody, answer=shapes.Recorded,
    ),
    Operation(
        "POST", "/adjustments", trade.adjustment, P.RECORD, "Record a refund", "feeds",
        body=shapes.AdjustmentBody, answer=shapes.Recorded,
    ),
    Operation(
        "GET", "/feeds/waiting", trade.waiting, P.READ, "What waits for a feed", "feeds",
        answer=shapes.FeedQueue,
    ),
    Operation(
        "GET", "/feeds", trade.feeds, P.READ, "The feeds that were written", "feeds", answer=shapes.Feeds,
    ),
    Operation(
        "POST", "/feeds", trade.write_feed, P.RECORD, "Write what waits as a feed", "feeds",
        body=shapes.FeedBody, answer=shapes.Feed, status=201, faults=(409,),
    ),
    Operation(
        "GET", "/feeds/file", trade.feed, P.READ, "A feed that was written, as a file", "feeds",
        query=shapes.FeedQuery, other_answer="application/octet-stream",
    ),
    Operation(
        "GET", "/feeds/check", trade.feed_check, P.READ, "Where mails and feeds disagree", "feeds",
        answer=shapes.FeedCheck,
    ),
    Operation(
        "POST", "/letters", trade.letter, P.RECORD, "Make a letter, and send it", "letters",
        body=shapes.LetterBody, answer=shapes.LetterMade, faults=(503,),
    ),
    Operation(
        "GET", "/letters/{language}", trade.words, P.READ, "The letters of a language", "letters",
        answer=shapes.LetterWords,
    ),
    Operation(
        "PUT", "/letters/{language}", trade.keep_words, P.MANAGE, "Keep own letters", "letters",
        body=shapes.WordsBody, answer=shapes.LetterWords,
    ),
    Operation(
        "DELETE", "/letters/{language}", trade.drop_words, P.MANAGE, "Go back to the former letters",
        "letters", status=204,
    ),
)  # fmt: skip
