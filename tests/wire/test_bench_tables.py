"""The benchmark of tables makes an account whose pages all answer, with numbers in them; its times are nobody's to assert."""

from pathlib import Path

import msgspec
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from vonk.advertising.models import Ad
from vonk.billing.models import Transfer
from vonk.cli import bench_tables_runs, bench_tables_world
from vonk.content.models import Tally
from vonk.web.advertiser.tables.asked import SIZE


def test_the_account_of_the_benchmark_has_what_is_looked_at(db: None, settings: LazySettings, tmp_path: Path) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, data_dir=tmp_path, sandbox=True)
    settings.MEDIA_ROOT = tmp_path / "media"

    world = bench_tables_world.make(tmp_path, campaigns=2, ads=SIZE + 2)

    assert (world.ads, world.campaigns, Ad.objects.count()) == (SIZE + 2, 2, SIZE + 2)
    assert Transfer.objects.filter(reason="charge").count() == (SIZE + 2) * bench_tables_world.DAYS
    assert Tally.objects.values("ad_id", "hour_at").distinct().count() == (SIZE + 2) * bench_tables_world.DAYS
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.cookies[settings.SESSION_COOKIE_NAME] = world.session
    shown = {}
    for name, (view, query, headers) in bench_tables_runs.LOOKED_AT.items():
        address = reverse("advertiser:table_totals", args=["ad"]) if view == "totals" else reverse(view)
        answer = client.get(f"{address}?{query}", headers=headers)
        assert answer.status_code == 200, name
        shown[name] = answer.content.decode().count("data-row=")
    assert shown["ads, first paint"] == shown["ads by CTR"] == shown["ads by results"] == SIZE
    assert shown["ads of a review"] == 6  # Each tenth was approved.
    assert shown["ads of a text"] == 0
