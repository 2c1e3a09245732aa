-- fates_add: count what became of ads in an hour, on top of what was counted before.
-- Rows come sorted by key, so that two writers that share keys wait for each other and never in a circle.
INSERT INTO reporting_fate (ad_id, hour_at, name, count)
VALUES {rows}
ON CONFLICT (ad_id, hour_at, name)
DO UPDATE SET count = reporting_fate.count + excluded.count
