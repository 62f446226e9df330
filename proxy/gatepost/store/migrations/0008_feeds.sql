-- The feeds that were written, the newest first.
CREATE INDEX feed_entries_out ON feed_entries (exported_at, exported_in, kind) WHERE exported_at IS NOT NULL;
