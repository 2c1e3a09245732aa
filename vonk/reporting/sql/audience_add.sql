-- audience_add: count whom an ad reached on a day, on top of what was counted before.
-- Rows come sorted by key, so that two writers that share keys wait for each other and never in a circle.
INSERT INTO reporting_audience (ad_id, day, dimension, value, metric, count)
VALUES {rows}
ON CONFLICT (ad_id, day, dimension, value, metric)
DO UPDATE SET count = reporting_audience.count + excluded.count
