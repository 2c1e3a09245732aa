-- sums_together: counters of many ads added up, a row an hour and metric. Ids stand in the text, because there may be more of them than a
-- statement takes values. Of ad and metric one place holds the column, the other an expression of it that no index has: of many ads the
-- engine goes by metrics, of few by ads.
SELECT hour_at, metric, CAST(sum(value) AS bigint)
FROM content_tally
WHERE {ad} IN ({ads}) AND hour_at >= %s AND hour_at < %s AND {metric} IN ({metrics})
GROUP BY hour_at, metric
