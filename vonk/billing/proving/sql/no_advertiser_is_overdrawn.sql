-- no_advertiser_is_overdrawn: nobody spends more than was paid in.
SELECT id, owner_id, debits_micros, credits_micros
FROM billing_ledger_account
WHERE kind = 'advertiser' AND debits_micros > credits_micros
ORDER BY id
