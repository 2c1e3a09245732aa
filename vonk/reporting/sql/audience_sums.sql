-- audience_sums: for every ad and metric, the counter and its sums by country, age band and gender, as of one instant.
-- The placeholders are the metrics that the audience is counted by.
SELECT ad_id, metric, sum(counted), sum(country), sum(age_band), sum(gender), min(least)
FROM (
    SELECT ad_id, metric, value AS counted, 0 AS country, 0 AS age_band, 0 AS gender, 0 AS least
    FROM content_tally WHERE ad_id > 0 AND metric IN (%s, %s, %s)
    UNION ALL
    SELECT ad_id, metric, 0,
           CASE WHEN dimension = 'country' THEN count ELSE 0 END,
           CASE WHEN dimension = 'age_band' THEN count ELSE 0 END,
           CASE WHEN dimension = 'gender' THEN count ELSE 0 END,
           count
    FROM reporting_audience
) AS both_of_them
GROUP BY ad_id, metric
