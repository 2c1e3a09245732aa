"""What the log let go of is remembered: an ad server without a checkpoint rebuilds itself from log and archive."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.unit.delivery.making import CAMPAIGN, NOW, Ads, ad_group, campaign, one_ad, with_ads
from vonk.core.clock import FixedClock
from vonk.delivery.snapshot import Budget, BudgetMode, FrequencyCap
from vonk.events.compaction import compact
from vonk.events.history import History
from vonk.events.log import EventLog, Position
from vonk.storage.parquet.archive import ParquetArchive
from vonk.storage.sqlite.event_log import SqliteEventLog

DAY = timedelta(days=1)


@pytest.mark.parametrize("moved", [1, 3, 100])
def test_budgets_caps_and_duplicates_are_as_before(tmp_path: Path, moved: int) -> None:
    documents = one_ad(
        campaign=campaign(budget=Budget(BudgetMode.LIFETIME, 12_000)),
        ad_group=ad_group(cap=FrequencyCap(1, 86_400)),
    )
    clock, tokens = FixedClock(NOW), []
    folder = tmp_path / "archive"

    def log() -> EventLog:
        return SqliteEventLog(tmp_path / "log.sqlite3")

    def history() -> EventLog:
        return History(log(), lambda: ParquetArchive(folder))

    async def before(ads: Ads) -> None:
        tokens.append((await ads.slot(floor_micros=5_000_000))["token"])
        await ads.report(tokens[0], "impression", "play")
        tokens.append((await ads.slot(ads.viewer("ada"), floor_micros=5_000_000))["token"])

    async def after(ads: Ads) -> Any:
        remembered = memory(ads)
        spend = ads.app.runtime.index.campaign(CAMPAIGN).spend
        record = await ads.app.runtime.in_thread(lambda: ads.app.runtime.log.read(Position(0), 1))
        return (
            remembered,
            (spend.billed, spend.reserved),
            (await ads.slot())["refusals"],
            await ads.report(tokens[0], "impression"),
            record[0].position,
        )

    def memory(ads: Ads) -> Any:
        runtime = ads.app.runtime
        return msgspec.to_builtins([runtime.counters.dump(), runtime.seen.dump()])

    with_ads(before, *documents, log=log(), clock=clock)
    as_it_was = with_ads(after, *documents, log=log(), clock=clock)
    plain, archive = log(), ParquetArchive(folder)
    while compact(plain, archive, through=Position(moved), before=NOW + DAY, now=NOW + 2 * DAY).more:
        pass
    assert plain.first() > 1
    plain.close()
    archive.close()
    assert with_ads(after, *documents, log=history(), clock=clock) == as_it_was
    assert as_it_was[1:] == ((5_000, 5_000), {"campaign_out_of_budget": 1}, [("duplicate", "event_repeated")], 1)
