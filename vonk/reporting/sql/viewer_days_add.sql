-- viewer_days_add: count how often viewers saw ads on a day, on top of what was counted before.
-- Rows come sorted by key, so that two writers that share keys wait for each other and never in a circle.
INSERT INTO reporting_viewer_day (ad_id, day, viewer, impressions)
VALUES {rows}
ON CONFLICT (ad_id, day, viewer)
DO UPDATE SET impressions = reporting_viewer_day.impressions + excluded.impressions
