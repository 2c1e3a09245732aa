-- retention_add: count showings by the second up to which they were watched, on top of what was counted before.
-- Rows come sorted by key, so that two writers that share keys wait for each other and never in a circle.
INSERT INTO reporting_retention (post_id, paid, day, second, showings)
VALUES {rows}
ON CONFLICT (post_id, paid, day, second)
DO UPDATE SET showings = reporting_retention.showings + excluded.showings
