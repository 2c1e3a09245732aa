-- reached_sums: for every ad and counter that the roll-up alone moves, the counter and its sums by country and by people,
-- as of one instant. The placeholders are the counters that content counts as well.
SELECT ad_id, metric, sum(counted), sum(country), sum(people), min(least)
FROM (
    SELECT ad_id, metric, value AS counted, 0 AS country, 0 AS people, 0 AS least
    FROM content_tally WHERE ad_id > 0 AND metric IN ({metrics})
    UNION ALL
    SELECT ad_id, metric, 0,
           CASE WHEN dimension = 'country' THEN count ELSE 0 END,
           CASE WHEN dimension = 'people' THEN count ELSE 0 END,
           count
    FROM reporting_reached WHERE metric IN ({metrics})
) AS both_of_them
GROUP BY ad_id, metric
