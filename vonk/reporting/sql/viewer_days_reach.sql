-- viewer_days_reach: how many different viewers saw the ads of each object, and how often, {by}.
-- Ids stand in the text, because there may be more of them than a statement takes values. Ads lead: each is one range of
-- the primary key. Viewer 0 is all those who cannot be known again.
WITH place (ad_id, object_id) AS (VALUES {places})
SELECT place.object_id, {step}, count(DISTINCT shown.viewer), sum(shown.impressions)
FROM place CROSS JOIN reporting_viewer_day AS shown
WHERE shown.ad_id = place.ad_id AND shown.day BETWEEN %s AND %s AND shown.viewer > 0
GROUP BY 1, 2
