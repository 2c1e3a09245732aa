"""Publications are applied a few milliseconds at a time, in their order, with requests answered in between; and a start."""

import asyncio
import gc

import pytest

from tests.unit.delivery.making import GROUP, Ads, ad_group, one_ad, with_ads
from vonk.delivery.server import runtime
from vonk.delivery.server.app import AdServer
from vonk.delivery.server.runtime import Runtime
from vonk.delivery.snapshot import AdGroupDocument, DocumentKind, Publication

PAGE = 20


def page(after: int) -> list[Publication]:
    """Every third cannot be applied."""
    return [
        Publication(
            after + number,
            DocumentKind.AD_GROUP,
            GROUP,
            ad_group(bid_micros=number) if number % 3 else "no document",  # type: ignore[arg-type]  # A bug's.
        )
        for number in range(1, PAGE + 1)
    ]


def test_a_page_is_applied_in_turns_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "APPLY_SECONDS", 0.0)
    told: list[int] = []
    read = Runtime._publications_read  # noqa: SLF001 - what the end of a page calls.

    def noted(self: Runtime) -> None:
        told.append(self.index.sequence)
        read(self)

    monkeypatch.setattr(Runtime, "_publications_read", noted)

    async def story(ads: Ads) -> None:
        its = ads.app.runtime
        while not told:  # noqa: ASYNC110 - what the reader found at the start.
            await asyncio.sleep(0.001)
        told.clear()
        first = its.index.sequence
        its._take(page(first), whole=False)  # noqa: SLF001 - as the reader's thread has it called.
        its._take(page(first + PAGE), whole=True)  # noqa: SLF001 - likewise.
        bids: list[int] = []
        for _ in range(3 * PAGE):
            document = its.index.group(GROUP).document
            assert isinstance(document, AdGroupDocument)
            bids += [] if bids[-1:] == [document.bid_micros] else [document.bid_micros]
            assert (await ads.slot())["reason"] == "below_reserve"  # Requests are answered meanwhile.
            await asyncio.sleep(0)
        once = [number for number in range(1, PAGE + 1) if number % 3]
        assert bids == once + once
        assert its.index.sequence == first + 2 * PAGE
        assert told[0] == first + 2 * PAGE

    with_ads(story, *one_ad())


def test_what_was_loaded_is_not_looked_through_again() -> None:
    async def story(ads: Ads) -> None:
        app: AdServer = ads.app
        frozen = gc.get_freeze_count()
        messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        sent: list[str] = []

        async def receive() -> dict[str, str]:
            if sent:
                assert gc.isenabled()
            return next(messages)

        async def send(message: dict[str, str]) -> None:
            sent.append(message["type"])

        started = app.runtime.start

        async def start() -> None:
            assert not gc.isenabled()

        app.runtime.start = start  # type: ignore[method-assign]  # It runs already.
        stopped, app.runtime.stop = app.runtime.stop, start_no_more  # type: ignore[method-assign]  # The story's end does.
        await app({"type": "lifespan"}, receive, send)  # type: ignore[arg-type]  # Names are enough.
        app.runtime.start, app.runtime.stop = started, stopped  # type: ignore[method-assign]  # It runs already.
        assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        assert gc.get_freeze_count() > frozen

    try:
        with_ads(story, *one_ad())
    finally:
        gc.unfreeze()


async def start_no_more() -> None:
    """Do nothing."""
