-- transfers_name_their_events: what stands for events can be followed to them: their ad, hour, day, and the segment of the
-- log. A group's charges to several sources, and its credit notes, count the events once, so some of them name none.
SELECT key, reason
FROM billing_transfer
WHERE (reason IN ('charge', 'write_off', 'creator_share', 'credit_note', 'creator_share_reversed')
       AND (first_position IS NULL OR last_position IS NULL OR first_position > last_position OR events IS NULL
            OR ad_id IS NULL OR event_kind IS NULL OR hour_at IS NULL OR day IS NULL
            OR (events = 0 AND reason NOT IN ('charge', 'credit_note'))))
   OR (reason NOT IN ('charge', 'write_off', 'creator_share', 'credit_note', 'creator_share_reversed')
       AND (first_position IS NOT NULL OR last_position IS NOT NULL OR events IS NOT NULL OR ad_id IS NOT NULL))
ORDER BY key
