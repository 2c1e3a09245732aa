-- credit_notes_are_their_findings: a credit note gives back what its events had been billed, no more and no less.
SELECT number, max(noted), sum(found), sum(moved)
FROM (
    SELECT note.number, note.amount_micros AS noted, 0 AS found, 0 AS moved
    FROM billing_credit_note AS note
    UNION ALL
    SELECT coalesce(note.number, 'no credit note for position ' || CAST(event.position AS varchar(20))),
           0, event.amount_micros, 0
    FROM billing_finding_event AS event
    LEFT JOIN billing_credit_note AS note
      ON note.id = event.note_id AND note.finding_id = event.finding_id AND note.account_id = event.account_id
    WHERE event.amount_micros <> 0
    UNION ALL
    SELECT coalesce(note.number, transfer.key), 0, 0, transfer.amount_micros
    FROM billing_transfer AS transfer
    LEFT JOIN billing_credit_note AS note
      ON note.account_id = transfer.account_id
     AND transfer.key LIKE 'credit_note:' || CAST(note.finding_id AS varchar(20)) || ':%'
    WHERE transfer.reason = 'credit_note'
) AS sides
GROUP BY number
HAVING max(noted) <> sum(found) OR max(noted) <> sum(moved)
ORDER BY number
