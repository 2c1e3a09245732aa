-- budgets_count_their_charges: what a budget was counted for in a period is the sum of the charges in it.
SELECT noun, object_id, period, sum(counted), sum(charged)
FROM (
    SELECT noun, object_id, period, billed_micros AS counted, 0 AS charged FROM billing_budget_spend
    UNION ALL
    SELECT 'campaign', campaign_id, CAST(day AS varchar(10)), 0, amount_micros
    FROM billing_transfer WHERE reason = 'charge'
    UNION ALL
    SELECT 'campaign', campaign_id, 'lifetime', 0, amount_micros FROM billing_transfer WHERE reason = 'charge'
    UNION ALL
    SELECT 'ad_group', ad_group_id, CAST(day AS varchar(10)), 0, amount_micros
    FROM billing_transfer WHERE reason = 'charge'
    UNION ALL
    SELECT 'ad_group', ad_group_id, 'lifetime', 0, amount_micros FROM billing_transfer WHERE reason = 'charge'
) AS sides
GROUP BY noun, object_id, period
HAVING sum(counted) <> sum(charged)
ORDER BY noun, object_id, period
