-- public_ads_count: add viewers of ads by country, on top of what was counted before. Rows come sorted by key.
INSERT INTO reporting_public_ad_country (ad_id, country, viewers)
VALUES {rows}
ON CONFLICT (ad_id, country)
DO UPDATE SET viewers = reporting_public_ad_country.viewers + excluded.viewers
