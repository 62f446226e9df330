-- When the names and addresses of an import were forgotten; the orders themselves stay known.
ALTER TABLE imports ADD COLUMN forgotten_at BIGINT;

-- The seller's own letters as they were set on the site, one YAML text a language.
CREATE TABLE own_letters (
    language TEXT PRIMARY KEY,
    words TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL
);

-- In the order in which an import's lines are forgotten, some at a time.
DROP INDEX order_lines_import;
CREATE INDEX order_lines_import ON order_lines (import_id, order_id, line_key);
