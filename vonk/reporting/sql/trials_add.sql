-- trials_add: count what viewers did in A/B tests, on top of what was counted before.
-- Rows come sorted by key, so that two writers that share keys wait for each other and never in a circle.
INSERT INTO reporting_trial (test_id, ad_group_id, viewer_id, impressions, engaged, clicks, kept_until)
VALUES {rows}
ON CONFLICT (test_id, ad_group_id, viewer_id)
DO UPDATE SET impressions = reporting_trial.impressions + excluded.impressions,
              engaged = reporting_trial.engaged + excluded.engaged,
              clicks = reporting_trial.clicks + excluded.clicks
