-- tally_add: count something that happened to a post in an hour, on top of what was counted before.
-- Rows come sorted by key, so that two writers that share keys wait for each other and never in a circle.
INSERT INTO content_tally (post_id, ad_id, hour_at, metric, value)
VALUES {rows}
ON CONFLICT (post_id, ad_id, hour_at, metric)
DO UPDATE SET value = content_tally.value + excluded.value
