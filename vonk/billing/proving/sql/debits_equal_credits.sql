-- debits_equal_credits: money only moves, so in each currency all debits are all credits.
SELECT currency, sum(debits_micros), sum(credits_micros)
FROM billing_ledger_account
GROUP BY currency
HAVING sum(debits_micros) <> sum(credits_micros)
