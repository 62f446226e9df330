-- Order data: every row of every import, as JSON; a row counts once its import is done. What a later import
-- of the same kind says of the same key hides the earlier row, which is then deleted.
CREATE TABLE imports (
    id BIGINT PRIMARY KEY,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    done_at BIGINT,
    rows_read BIGINT NOT NULL DEFAULT 0,
    rows_bad BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX imports_digest ON imports (digest) WHERE done_at IS NOT NULL;

CREATE TABLE order_lines (
    order_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    line_key TEXT NOT NULL,
    import_id BIGINT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (order_id, kind, line_key, import_id)
);
CREATE INDEX order_lines_import ON order_lines (import_id);

-- Which orders a buyer's alias owns, for the view by buyer and the stop list.
CREATE TABLE order_buyers (
    buyer TEXT NOT NULL,
    order_id TEXT NOT NULL,
    PRIMARY KEY (buyer, order_id)
);

-- What is to go out in a feed: shipments and adjustments, recorded here and exported once.
CREATE TABLE feed_entries (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    order_id TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    data TEXT NOT NULL,
    exported_at BIGINT,
    exported_in TEXT
);
CREATE INDEX feed_entries_waiting ON feed_entries (kind, recorded_at) WHERE exported_at IS NULL;
CREATE INDEX feed_entries_order ON feed_entries (order_id);

-- Orders and buyers who want no more mail on the seller's own initiative.
CREATE TABLE stop_list (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (kind, value)
);
