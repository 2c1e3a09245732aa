-- transfers_name_their_events: every transfer is a payment or can be followed to its events in the log.
SELECT key, reason
FROM billing_transfer
WHERE reason <> 'top_up'
  AND (reason NOT IN ('charge', 'write_off', 'creator_share')
       OR first_position IS NULL OR last_position IS NULL OR first_position > last_position
       OR coalesce(events, 0) = 0 OR ad_id IS NULL OR hour_at IS NULL OR day IS NULL)
ORDER BY key
