-- payments_are_the_advertisers_credits: each payment was credited once, with its tax, to its own account and currency,
-- to cash or to what its invoice asked for; and no money came in otherwise.
SELECT key, sum(paid), sum(credited)
FROM (
    SELECT CASE WHEN invoice_id IS NULL THEN 'top_up:' ELSE 'credit_repaid:' END || CAST(id AS varchar(20)) AS key,
           account_id, currency, amount_micros AS paid, 0 AS credited
    FROM billing_payment
    UNION ALL
    SELECT 'tax:' || CAST(id AS varchar(20)), 0, currency, tax_micros, 0
    FROM billing_payment
    WHERE tax_micros <> 0
    UNION ALL
    SELECT transfer.key, credit.owner_id, transfer.currency, 0, transfer.amount_micros
    FROM billing_transfer AS transfer
    JOIN billing_ledger_account AS credit ON credit.id = transfer.credit_id
    JOIN billing_ledger_account AS debit ON debit.id = transfer.debit_id
    WHERE transfer.reason IN ('top_up', 'credit_repaid', 'tax') OR debit.kind = 'payment_provider'
) AS sides
GROUP BY key, account_id, currency
HAVING sum(paid) <> sum(credited)
ORDER BY key
