-- reached_add: count an ad's counters by country and people in an hour, on top of what was counted before.
-- Rows come sorted by key, so that two writers that share keys wait for each other and never in a circle.
INSERT INTO reporting_reached (ad_id, hour_at, dimension, value, metric, count)
VALUES {rows}
ON CONFLICT (ad_id, hour_at, dimension, value, metric)
DO UPDATE SET count = reporting_reached.count + excluded.count
