-- holds_end_once: each hold was placed once and ended at most once: what was posted of it went its way, the rest came back.
SELECT key, sum(written), sum(moved)
FROM (
    SELECT 'hold_placed:' || CAST(id AS varchar(20)) AS key, id AS owner_id, currency, amount_micros AS written, 0 AS moved
    FROM billing_hold
    UNION ALL
    SELECT 'hold_posted:' || CAST(id AS varchar(20)), id, currency, posted_micros, 0
    FROM billing_hold
    WHERE posted_micros <> 0
    UNION ALL
    SELECT 'hold_voided:' || CAST(id AS varchar(20)), id, currency, amount_micros - posted_micros, 0
    FROM billing_hold
    WHERE state <> 'placed' AND amount_micros <> posted_micros
    UNION ALL
    SELECT transfer.key, CASE transfer.reason WHEN 'hold_placed' THEN credit.owner_id ELSE debit.owner_id END,
           transfer.currency, 0, transfer.amount_micros
    FROM billing_transfer AS transfer
    JOIN billing_ledger_account AS credit ON credit.id = transfer.credit_id
    JOIN billing_ledger_account AS debit ON debit.id = transfer.debit_id
    WHERE transfer.reason IN ('hold_placed', 'hold_posted', 'hold_voided')
) AS sides
GROUP BY key, owner_id, currency
HAVING sum(written) <> sum(moved)
ORDER BY key
