"""The official npm SDK, unmodified, makes a Spark ad from a code."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import patience
from tests.wire.business.sdk.conftest import Stage
from tests.wire.business.sdk.test_python import GROUP, NETHERLANDS, starts
from tests.wire.serving import environment

pytestmark = pytest.mark.xdist_group("sdk")

INSTALLED = Path(sys.prefix, "npm/node_modules/tiktok-business-api-sdk-official/src/index.js")


def test_the_npm_sdk_makes_a_spark_ad(stage: Stage) -> None:
    node = shutil.which("node")
    if node is None or not INSTALLED.is_file():
        missing = "scripts/environment installs the npm SDK where npm is; here it is not"
        assert os.environ.get("CI") != "true", missing
        pytest.skip(missing)
    post = stage.posts[0]
    given = {
        "sdk": str(INSTALLED),
        "host": stage.site,
        "advertiser_id": stage.advertiser_id,
        "token": stage.token,
        "code": post.code,
        "item_id": post.post_id,
        "group": {**GROUP, "schedule_start_time": starts(stage), "location_ids": [NETHERLANDS]},
    }
    done = subprocess.run(
        [node, str(Path(__file__).with_name("flow.mjs"))],
        input=json.dumps(given).encode(),
        capture_output=True,
        timeout=patience.SECONDS,
        check=False,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["identity_id"] in told["identities"]
    assert told["found"] == [{"ad_id": told["ad_ids"][0], "ad_name": "From node"}]
    assert told["total"] == 1
    assert " message: No permission to operate advertiser 1790000000000000001 code: 40001" in told["refused"]
    assert " message: page_size: " in told["invalid"]
    assert told["invalid"].rstrip().endswith("code: 40002")
