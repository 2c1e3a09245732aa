-- tallies_and_position: every counter of the roll-up, and the position that it had reached then; one row without a
-- counter when there is none. The five placeholders are the metrics that content counts as well.
SELECT reached.position, tally.post_id, tally.ad_id, tally.hour_at, tally.metric, tally.value
FROM (SELECT coalesce(max(position), 0) AS position FROM control_position WHERE consumer = 'rollup') AS reached
LEFT JOIN content_tally AS tally ON tally.metric NOT IN (%s, %s, %s, %s, %s)
