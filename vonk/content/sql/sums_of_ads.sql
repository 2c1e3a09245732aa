-- sums_of_ads: counters of many ads over one span, a column each and a row an ad, so that few rows are read of many.
-- Ids stand in the text, because there may be more of them than a statement takes values. The metric's place holds the column, or an
-- expression of it that no index has: then the engine goes by ads and not by metrics.
SELECT ad_id, {sums}
FROM content_tally
WHERE ad_id IN ({ads}) AND hour_at >= %s AND hour_at < %s AND {metric} IN ({metrics})
GROUP BY ad_id
