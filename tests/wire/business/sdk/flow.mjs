// The official npm SDK, unmodified, makes a Spark ad from a code. Reads what it needs from standard input and writes what
// came back to standard output, both JSON.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const given = JSON.parse(readFileSync(0, "utf8"));
const sdk = await import(pathToFileURL(given.sdk));
const client = new sdk.ApiClient();
client.basePath = given.host;
const { advertiser_id, token } = given;

const wait = (act) =>
  new Promise((resolve, reject) => act((error, data) => (error ? reject(error) : resolve(data.data))));
const refusal = (act) => wait(act).then(() => "not refused", (error) => error.message);
const transport = (method, path, asked) =>
  wait((done) =>
    client.callApi(
      `/open_api/v1.3/${path}/`, method, {}, method === "GET" ? asked : {}, { "Access-Token": token }, {},
      method === "POST" ? asked : null, [], ["application/json"], ["application/json"], sdk.InlineResponse200, done,
    ),
  );

const campaigns = new sdk.CampaignCreationApi(client);
const groups = new sdk.AdgroupApi(client);
const ads = new sdk.AdApi(client);

await transport("POST", "tt_video/authorize", { advertiser_id, auth_code: given.code });
const posts = await transport("GET", "tt_video/list", { advertiser_id, page_size: 50 });
const post = posts.list.find((row) => row.item_info.item_id === given.item_id);
const identities = await wait((done) =>
  new sdk.IdentityApi(client).identityGet(advertiser_id, token, { identity_type: "AUTH_CODE" }, done),
);
const campaign = await wait((done) =>
  campaigns.campaignCreate(
    token,
    { body: { advertiser_id, campaign_name: "From node", objective_type: "TRAFFIC", budget_mode: "BUDGET_MODE_INFINITE" } },
    done,
  ),
);
const group = await wait((done) =>
  groups.adgroupCreate(
    token,
    { body: { ...given.group, advertiser_id, campaign_id: campaign.campaign_id } },
    done,
  ),
);
const made = await wait((done) =>
  ads.adCreate(
    token,
    {
      body: {
        advertiser_id,
        adgroup_id: group.adgroup_id,
        creatives: [
          {
            ad_name: "From node",
            ad_format: "SINGLE_VIDEO",
            identity_type: "AUTH_CODE",
            identity_id: post.user_info.identity_id,
            tiktok_item_id: given.item_id,
            call_to_action: "SHOP_NOW",
            landing_page_url: "https://example.org/bread",
          },
        ],
      },
    },
    done,
  ),
);
const found = await wait((done) =>
  ads.adGet(advertiser_id, token, { filtering: { ad_ids: made.ad_ids }, fields: ["ad_id", "ad_name"] }, done),
);
const refused = await refusal((done) => campaigns.campaignGet("1790000000000000001", token, {}, done));
const invalid = await refusal((done) => ads.adGet(advertiser_id, token, { page_size: 5000 }, done));

process.stdout.write(
  JSON.stringify({
    identities: identities.identity_list.map((row) => row.identity_id),
    identity_id: post.user_info.identity_id,
    ad_ids: made.ad_ids,
    found: found.list,
    total: found.page_info.total_number,
    refused,
    invalid,
  }),
);
