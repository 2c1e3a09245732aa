-- lift_viewers_add: note who came into a lift test, at the first of the slots that are known.
-- Rows come sorted by key, so that two writers that share keys wait for each other and never in a circle.
INSERT INTO reporting_lift_viewer (test_id, viewer_id, control, entered_ms, converted, engaged, kept_until)
VALUES {rows}
ON CONFLICT (test_id, viewer_id)
DO UPDATE SET entered_ms = CASE
  WHEN excluded.entered_ms < reporting_lift_viewer.entered_ms THEN excluded.entered_ms
  ELSE reporting_lift_viewer.entered_ms END
