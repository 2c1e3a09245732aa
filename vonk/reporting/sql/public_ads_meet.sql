-- public_ads_meet: note whom ads reached; answers those who are new to the ad.
INSERT INTO reporting_public_ad_viewer (ad_id, viewer)
VALUES {rows}
ON CONFLICT (ad_id, viewer) DO NOTHING
RETURNING ad_id, viewer
