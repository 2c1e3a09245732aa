-- viewer_days_sums: for every ad, its impressions and the sum over viewers and days, as of one instant.
SELECT ad_id, sum(counted), sum(seen), min(least)
FROM (
    SELECT ad_id, value AS counted, 0 AS seen, 1 AS least
    FROM content_tally WHERE ad_id > 0 AND metric = 'impressions'
    UNION ALL
    SELECT ad_id, 0, impressions, impressions FROM reporting_viewer_day
) AS both_of_them
GROUP BY ad_id
