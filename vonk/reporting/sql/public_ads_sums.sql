-- public_ads_sums: for every ad of the public repository, its recipients by country and the viewers met, as of one instant.
SELECT ad_id, sum(counted), sum(met)
FROM (
    SELECT ad_id, viewers AS counted, 0 AS met FROM reporting_public_ad_country
    UNION ALL
    SELECT ad_id, 0, 1 FROM reporting_public_ad_viewer
) AS both_of_them
GROUP BY ad_id
