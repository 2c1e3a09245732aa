-- payments_are_the_advertisers_credits: each payment was credited once, to its own account and currency, and nothing
-- else ever credits an advertiser.
SELECT key, sum(paid), sum(credited)
FROM (
    SELECT 'top_up:' || CAST(id AS varchar(20)) AS key, account_id, currency, amount_micros AS paid, 0 AS credited
    FROM billing_payment
    UNION ALL
    SELECT transfer.key, credit.owner_id, transfer.currency, 0, transfer.amount_micros
    FROM billing_transfer AS transfer
    JOIN billing_ledger_account AS credit ON credit.id = transfer.credit_id
    JOIN billing_ledger_account AS debit ON debit.id = transfer.debit_id
    WHERE transfer.reason = 'top_up' OR credit.kind = 'advertiser' OR debit.kind = 'payment_provider'
) AS sides
GROUP BY key, account_id, currency
HAVING sum(paid) <> sum(credited)
ORDER BY key
