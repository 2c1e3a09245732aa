-- no_account_is_overdrawn: nobody spends more than there is: cash, vouchers, holds and refunds end at zero, a credit line
-- at its limit; and no more is paid back on a credit line than was owed.
SELECT id, kind, owner_id, currency, debits_micros, credits_micros, limit_micros
FROM billing_ledger_account
WHERE (kind IN ('advertiser', 'voucher', 'hold', 'refund', 'credit') AND debits_micros > credits_micros + limit_micros)
   OR (kind = 'credit' AND credits_micros > debits_micros)
   OR (kind <> 'credit' AND limit_micros <> 0)
   OR limit_micros < 0
ORDER BY id
