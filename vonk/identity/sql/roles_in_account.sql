-- roles_in_account: every role of a person in an ad account, by all three ways; nothing of who cannot sign in.
-- Named parameters: person, account. What each way is: vonk/identity/queries/rights.py, in_accounts.
SELECT 'direct' AS origin, a.organisation_id AS organisation_id, m.role AS role, NULL AS other, m.id AS place
FROM identity_membership m
JOIN identity_person p ON p.id = m.person_id AND p.is_active
JOIN identity_ad_account a ON a.id = m.account_id
WHERE m.person_id = %(person)s AND m.account_id = %(account)s
UNION ALL
SELECT 'organisation', a.organisation_id, o.role, o.finance_role, o.id
FROM identity_ad_account a
JOIN identity_organisation_member o ON o.organisation_id = a.organisation_id
JOIN identity_person p ON p.id = o.person_id AND p.is_active
WHERE o.person_id = %(person)s AND a.id = %(account)s AND (o.role = 'admin' OR o.finance_role IS NOT NULL)
UNION ALL
SELECT 'partner', s.taker_id, sa.role, s.role_max, sa.id
FROM identity_share_assignment sa
JOIN identity_person p ON p.id = sa.person_id AND p.is_active
JOIN identity_share s ON s.id = sa.share_id
JOIN identity_partnership pa ON pa.id = s.partnership_id AND pa.accepted_at IS NOT NULL AND pa.ended_at IS NULL
JOIN identity_organisation_member o ON o.organisation_id = s.taker_id AND o.person_id = sa.person_id
WHERE sa.person_id = %(person)s AND s.account_id = %(account)s
