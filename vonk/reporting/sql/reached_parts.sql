-- reached_parts: counters of many ads over one span by one dimension's values, a column each and a row an ad and value.
-- Ids stand in the text, because there may be more of them than a statement takes values. What nobody told is left out.
SELECT ad_id, value, {sums}
FROM reporting_reached
WHERE ad_id IN ({ads}) AND hour_at >= %s AND hour_at < %s
      AND dimension = %s AND value <> '' AND metric IN ({metrics})
GROUP BY ad_id, value
