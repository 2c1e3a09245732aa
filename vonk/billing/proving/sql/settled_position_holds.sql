-- settled_position_holds: no transfer and no segment lies beyond the position up to which was settled, all at one instant.
SELECT reached.position, settled.last_position, settled.what
FROM (SELECT coalesce(max(position), 0) AS position FROM control_position WHERE consumer = 'settle') AS reached
JOIN (
    SELECT max(last_position) AS last_position, 'transfers' AS what FROM billing_transfer
    UNION ALL
    SELECT max(last_position), 'segments' FROM billing_settled_segment
    UNION ALL
    SELECT max(position), 'findings' FROM billing_finding_event
) AS settled ON settled.last_position > reached.position
ORDER BY settled.what
