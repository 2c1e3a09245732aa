-- spendable: what ad accounts may still spend, from which source, how they pay, and what budgets under them were billed.
-- A row's first column says what it tells of; the words and the micros after the id are that line's own.
-- Lists: accounts, campaigns, ad_groups, periods. Value: now.
SELECT kind, owner_id, currency AS word, '' AS other_word, credits_micros - debits_micros AS micros, limit_micros
FROM billing_ledger_account
WHERE kind IN ('advertiser', 'credit') AND owner_id IN (%(accounts)s)
UNION ALL
SELECT 'voucher', v.account_id, '', '', l.credits_micros - l.debits_micros, 0
FROM billing_voucher v
JOIN billing_ledger_account l ON l.kind = 'voucher' AND l.owner_id = v.id
WHERE v.account_id IN (%(accounts)s) AND NOT v.ended AND v.expires_at > %(now)s
UNION ALL
SELECT 'terms', account_id, mode, stopped, 0, 0
FROM billing_terms
WHERE account_id IN (%(accounts)s)
UNION ALL
SELECT noun, object_id, period, '', billed_micros, 0
FROM billing_budget_spend
WHERE noun = 'campaign' AND object_id IN (%(campaigns)s) AND period IN (%(periods)s)
UNION ALL
SELECT noun, object_id, period, '', billed_micros, 0
FROM billing_budget_spend
WHERE noun = 'ad_group' AND object_id IN (%(ad_groups)s) AND period IN (%(periods)s)
