-- Mail that arrives: what buyers wrote, so that an answer is known; what Amazon sent back; and the breaker.
CREATE TABLE threads (
    ref TEXT NOT NULL,              -- digest of a message id, or of a case
    buyer TEXT NOT NULL,            -- bare alias
    at BIGINT NOT NULL,
    PRIMARY KEY (ref, buyer)
);
CREATE INDEX threads_by_buyer ON threads (buyer);
CREATE INDEX threads_by_time ON threads (at);

CREATE TABLE amazon_news (
    id TEXT PRIMARY KEY,            -- digest of its message id: it is acted on once
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,             -- restricted, opt-out, blocked or bounce
    proof TEXT NOT NULL,            -- what proves it; empty: nothing does, and nothing was done
    done TEXT NOT NULL,             -- what was done about it; empty: nothing
    order_id TEXT NOT NULL,
    buyer TEXT NOT NULL,
    message_id TEXT NOT NULL,       -- the mail of ours that it is about; empty: unknown
    status TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX amazon_news_by_time ON amazon_news (at);
CREATE INDEX amazon_news_by_buyer ON amazon_news (buyer);

CREATE TABLE breakers (             -- a row while it is tripped
    name TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    reason TEXT NOT NULL
);
