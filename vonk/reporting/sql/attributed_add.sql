-- attributed_add: move what is attributed to an ad in an hour by a difference, on top of what was there.
-- Rows come sorted by key, so that two writers that share keys wait for each other and never in a circle.
INSERT INTO reporting_attributed (ad_id, hour_at, touch, name, count, value_micros)
VALUES {rows}
ON CONFLICT (ad_id, hour_at, touch, name)
DO UPDATE SET count = reporting_attributed.count + excluded.count,
              value_micros = reporting_attributed.value_micros + excluded.value_micros
