-- vouchers_are_their_transfers: each voucher was granted once, to its own account, and what expired of it went back.
SELECT what, owner_id, sum(written), sum(moved)
FROM (
    SELECT 'granted' AS what, id AS owner_id, currency, amount_micros AS written, 0 AS moved FROM billing_voucher
    UNION ALL
    SELECT 'expired', id, currency, expired_micros, 0 FROM billing_voucher WHERE expired_micros <> 0
    UNION ALL
    SELECT CASE transfer.reason WHEN 'voucher_granted' THEN 'granted' ELSE 'expired' END,
           CASE transfer.reason WHEN 'voucher_granted' THEN credit.owner_id ELSE debit.owner_id END,
           transfer.currency, 0, transfer.amount_micros
    FROM billing_transfer AS transfer
    JOIN billing_ledger_account AS credit ON credit.id = transfer.credit_id
    JOIN billing_ledger_account AS debit ON debit.id = transfer.debit_id
    WHERE transfer.reason IN ('voucher_granted', 'voucher_expired')
) AS sides
GROUP BY what, owner_id, currency
HAVING sum(written) <> sum(moved)
ORDER BY owner_id, what
