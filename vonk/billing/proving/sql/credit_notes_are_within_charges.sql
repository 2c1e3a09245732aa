-- credit_notes_are_within_charges: of each group of events no more was given back than it was billed, and that for the
-- events of it that were found invalid.
SELECT last_position, ad_id, event_kind, hour_at, sum(charged), sum(noted), sum(found)
FROM (
    SELECT last_position, account_id, ad_id, post_id, event_kind, hour_at, day, amount_micros AS charged, 0 AS noted, 0 AS found
    FROM billing_transfer
    WHERE reason = 'charge'
      AND last_position IN (SELECT last_position FROM billing_transfer WHERE reason = 'credit_note')
    UNION ALL
    SELECT last_position, account_id, ad_id, post_id, event_kind, hour_at, day, 0, amount_micros, 0
    FROM billing_transfer
    WHERE reason = 'credit_note'
    UNION ALL
    SELECT (SELECT min(segment.last_position)
            FROM billing_settled_segment AS segment WHERE segment.last_position >= event.position),
           account_id, ad_id, post_id, event_kind, hour_at, day, 0, 0, amount_micros
    FROM billing_finding_event AS event
    WHERE amount_micros <> 0
) AS sides
GROUP BY last_position, account_id, ad_id, post_id, event_kind, hour_at, day
HAVING sum(noted) > sum(charged) OR sum(noted) <> sum(found)
ORDER BY last_position, ad_id, event_kind, hour_at
