-- accounts_are_their_transfers: an account's two totals are the sums of the transfers on its two sides.
SELECT account.id, account.kind, account.owner_id, account.currency,
       account.debits_micros, account.credits_micros, coalesce(moved.debits, 0), coalesce(moved.credits, 0)
FROM billing_ledger_account AS account
LEFT JOIN (
    SELECT account_id, sum(debit) AS debits, sum(credit) AS credits
    FROM (
        SELECT debit_id AS account_id, amount_micros AS debit, 0 AS credit FROM billing_transfer
        UNION ALL
        SELECT credit_id, 0, amount_micros FROM billing_transfer
    ) AS sides
    GROUP BY account_id
) AS moved ON moved.account_id = account.id
WHERE account.debits_micros <> coalesce(moved.debits, 0) OR account.credits_micros <> coalesce(moved.credits, 0)
ORDER BY account.id
