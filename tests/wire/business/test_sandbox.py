"""A developer's world from the command line: all that is promised is in it, and each code says what it must."""

import json
import os
import subprocess
import sys
from pathlib import Path

ASKING = """
import json, os, sys
import django
django.setup()
from django.test import Client
found = json.load(sys.stdin)
client, token = Client(SERVER_NAME="127.0.0.1"), {"Access-Token": found["ACCESS_TOKEN"]}
def post(path, **asked):
    sent = json.dumps({"advertiser_id": found["ADVERTISER_ID"], **asked})
    return client.post(f"/open_api/v1.3/{path}/", sent, content_type="application/json", headers=token).json()
def get(path, **asked):
    return client.get(f"/open_api/v1.3/{path}/", {"advertiser_id": found["ADVERTISER_ID"], **asked}, headers=token).json()
codes = {key: value for key, value in found.items() if key.endswith("_CODE") or key.startswith("AUTH_CODE")}
app = {"app_id": found["APP_ID"], "secret": found["APP_SECRET"]}
campaigns = get("campaign/get")["data"]["page_info"]["total_number"]
if "AGAIN" not in found:
    made = post("campaign/create", campaign_name="Bread", objective_type="TRAFFIC", budget_mode="BUDGET_MODE_INFINITE")
print(json.dumps({
    "codes": {key: post("tt_video/authorize", auth_code=code)["message"].partition(":")[0]
              for key, code in codes.items() if key != "OAUTH_CODE"},
    "foreign": post("tt_video/authorize", advertiser_id=found["FOREIGN_ADVERTISER_ID"], auth_code="#x")["code"],
    "campaigns": campaigns,
    "campaign": "AGAIN" in found or made["data"]["campaign_id"],
    "posts": len([one for one in get("tt_video/list", page_size="50")["data"]["list"]
                  if one["auth_info"]["ad_auth_status"] == "AUTHORIZED"]),
    "exchanged": "AGAIN" in found or post("oauth2/access_token", **app, auth_code=found["OAUTH_CODE"])["data"]["advertiser_ids"],
    "listed": get("oauth2/advertiser/get", **app)["data"]["list"],
    "info": get("advertiser/info", advertiser_ids=json.dumps([found["ADVERTISER_ID"]]))["data"]["list"][0],
    "identities": get("identity/get")["data"]["identity_list"],
    "terms": get("term/check", term_type="SparkAds")["data"],
}))
"""
KEYS = {
    "BASE_URL", "ACCESS_TOKEN", "ADVERTISER_ID", "AUTH_CODE", "AUTH_CODE_2", "EXPIRED_CODE", "PRIVATE_CODE",
    "UNAVAILABLE_CODE", "DUET_CODE", "FOREIGN_ADVERTISER_ID", "APP_ID", "APP_SECRET", "OAUTH_CODE",
    "TT_USER_IDENTITY_ID", "BC_IDENTITY_ID", "BC_ID", "VIDEO_FILE", "SECOND_ADVERTISER_ID", "EMAIL", "PASSWORD",
}  # fmt: skip


def run(arguments: list[str], data: Path, sent: str = "") -> str:
    environ = {**os.environ, "VONK_DATA": str(data), "DJANGO_SETTINGS_MODULE": "vonk.config.settings"}
    environ.pop("VONK_SANDBOX", None)  # The directory itself says so.
    done = subprocess.run(
        [sys.executable, *arguments], input=sent, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_world_is_made_and_each_of_its_codes_says_what_it_must(tmp_path: Path) -> None:
    data = tmp_path / "sandbox"
    made = run(["-m", "vonk.cli.main", "sandbox", "create", "--data", str(data), "--json"], data)
    found = json.loads(made)
    assert set(found) == KEYS
    assert all(isinstance(value, str) and value for value in found.values())
    assert Path(found["VIDEO_FILE"]).read_bytes()[4:8] == b"ftyp"
    told = json.loads(run(["-c", ASKING], data, made))
    assert told["codes"] == {
        "AUTH_CODE": "OK",
        "AUTH_CODE_2": "OK",
        "EXPIRED_CODE": "auth_code_expired",
        "PRIVATE_CODE": "not_public_video",
        "UNAVAILABLE_CODE": "video_unavailable",
        "DUET_CODE": "carousel_duet_not_supported",
    }
    assert told["foreign"] == 40001
    both = [found["ADVERTISER_ID"], found["SECOND_ADVERTISER_ID"]]
    assert told["exchanged"] == both
    assert [one["advertiser_id"] for one in told["listed"]] == both
    assert (told["info"]["owner_bc_id"], told["info"]["balance"]) == (found["BC_ID"], 1000.0)
    assert told["terms"] == {"confirmed": True}
    identities = {(one["identity_type"], one["identity_id"]) for one in told["identities"]}
    assert {("TT_USER", found["TT_USER_IDENTITY_ID"]), ("BC_AUTH_TT", found["BC_IDENTITY_ID"])} <= identities
    assert told["campaign"]
    command = ["-m", "vonk.cli.main", "sandbox"]
    ended = json.loads(run([*command, "codes", "--data", str(data), "--json"], data))
    assert {key.upper(): one["code"] for key, one in ended.items()} == {key: found[key] for key in told["codes"]}
    assert {key: one["use"] for key, one in ended.items()} == {
        "auth_code": "used", "auth_code_2": "used", "expired_code": "over", "private_code": "unused",
        "unavailable_code": "unused", "duet_code": "unused",
    }  # fmt: skip
    reset = [*command, "reset", "--data", str(data), "--account", found["ADVERTISER_ID"], "--json"]
    new = {key.upper(): one["code"] for key, one in json.loads(run(reset, data)).items()}
    assert not set(new.values()) & {one["code"] for one in ended.values()}
    again = json.loads(run(["-c", ASKING], data, json.dumps({**found, **new, "AGAIN": "1"})))
    assert again["codes"] == told["codes"]
    assert (again["campaigns"], again["posts"], again["info"]["balance"]) == (0, 2, 1000.0)


def test_real_money_is_not_made_up(tmp_path: Path) -> None:
    data = tmp_path / "real"
    data.mkdir()
    (data / "vonk.toml").write_text("sandbox = false\n", encoding="utf-8")
    environ = {**os.environ, "VONK_DATA": str(data)}
    environ.pop("VONK_SANDBOX", None)
    command = [sys.executable, "-m", "vonk.cli.main", "sandbox", "create", "--data", str(data)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, "is no sandbox" in done.stderr) == (2, True)
