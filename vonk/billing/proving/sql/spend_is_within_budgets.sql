-- spend_is_within_budgets: no period was billed more than the largest budget that was in force while it was billed.
SELECT noun, object_id, period, billed_micros, limit_micros
FROM billing_budget_spend
WHERE billed_micros > limit_micros
ORDER BY noun, object_id, period
