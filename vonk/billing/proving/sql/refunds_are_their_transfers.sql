-- refunds_are_their_transfers: what was paid back, with its tax, is what refunds' parts say, once each; what could not be
-- paid came back; and payments know what of them was refunded.
SELECT key, sum(written), sum(moved)
FROM (
    SELECT 'refund:' || CAST(id AS varchar(20)) AS key, amount_micros AS written, 0 AS moved
    FROM billing_refund_part
    WHERE paid_at IS NOT NULL
    UNION ALL
    SELECT 'tax_refund:' || CAST(id AS varchar(20)), tax_micros, 0
    FROM billing_refund_part
    WHERE paid_at IS NOT NULL AND tax_micros <> 0
    UNION ALL
    SELECT 'refund_returned:' || CAST(refund.id AS varchar(20)), refund.amount_micros - coalesce(sum(part.amount_micros), 0), 0
    FROM billing_refund AS refund
    LEFT JOIN billing_refund_part AS part ON part.refund_id = refund.id
    WHERE refund.state = 'returned'
    GROUP BY refund.id, refund.amount_micros
    UNION ALL
    SELECT key, 0, amount_micros
    FROM billing_transfer
    WHERE reason IN ('refund', 'tax_refund', 'refund_returned')
    UNION ALL
    SELECT 'hold_posted:' || CAST(hold_id AS varchar(20)), amount_micros, 0
    FROM billing_refund
    WHERE state IN ('approved', 'paid', 'returned')
    UNION ALL
    SELECT 'hold_posted:' || CAST(refund.hold_id AS varchar(20)), 0, transfer.amount_micros
    FROM billing_refund AS refund
    JOIN billing_transfer AS transfer ON transfer.key = 'hold_posted:' || CAST(refund.hold_id AS varchar(20))
    UNION ALL
    SELECT 'payment ' || CAST(id AS varchar(20)), refunded_micros, 0 FROM billing_payment
    UNION ALL
    SELECT 'payment ' || CAST(payment_id AS varchar(20)), 0, amount_micros FROM billing_refund_part
    UNION ALL
    SELECT 'tax of payment ' || CAST(id AS varchar(20)), tax_refunded_micros, 0 FROM billing_payment
    UNION ALL
    SELECT 'tax of payment ' || CAST(payment_id AS varchar(20)), 0, tax_micros FROM billing_refund_part
) AS sides
GROUP BY key
HAVING sum(written) <> sum(moved)
ORDER BY key
