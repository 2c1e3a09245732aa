-- collections_are_their_payments: what a provider says it collected became one payment of the same account, amount, tax
-- and reference; no payment was booked that its provider was not asked for; nothing else is called paid.
SELECT name, sum(collected), sum(booked)
FROM (
    SELECT provider || ' ' || reference || ' (' || CAST(id AS varchar(20)) || ')' AS name,
           account_id, currency, tax_micros, amount_micros + tax_micros AS collected, 0 AS booked
    FROM billing_collection
    WHERE state = 'paid'
    UNION ALL
    SELECT provider || ' ' || provider_reference || ' (' || CAST(id AS varchar(20)) || ')',
           account_id, currency, tax_micros, 0, amount_micros + tax_micros
    FROM billing_payment
    WHERE provider <> 'bank_transfer'
) AS sides
GROUP BY name, account_id, currency, tax_micros
HAVING sum(collected) <> sum(booked)
ORDER BY name
