"""Every page of the site, as each of the cast finds it, keeps WCAG 2.2 AA and the width of a phone."""

import os
from pathlib import Path
from typing import Final

import pytest

from tests.web.creator.conftest import stage
from tests.web.creator.stage import Stage
from tests.web.journey.browser import chromium
from tests.web.pages import excused
from tests.web.pages.shown import pictures, tab, violations
from tests.web.pages.walk import WALKERS, Page, is_read, patterns, walk

__all__ = ["stage"]

PICTURES: Final = Path(__file__).parents[3] / "test-results/pages"


def furnish(stage: Stage) -> None:
    """Put one of what pages are about into the town."""
    town = stage.town
    consent_id = town.consent(caption="A loaf rises")
    ad_group_id = town.ad_group(town.campaign(name="Spring loaves"), name="Neighbours")
    town.ad(ad_group_id, town.spark_draft(consent_id, name="The loaf"))
    town.consent(caption="Another loaf")


@pytest.mark.browser
def test_every_page_is_accessible(stage: Stage) -> None:
    furnish(stage)
    pages: dict[str, Page] = {}
    for who in WALKERS:  # Whoever signs in sees more: the last one's is the page that is looked at.
        pages |= {page.name: page for page in walk(stage, who)}
    unreached = [pattern for pattern in patterns() if pattern.name not in pages]
    missing = {pattern.name for pattern in unreached if pattern.name not in excused.NAMES and is_read(stage, pattern)}
    assert sorted(missing) == [], "no link leads there: link it, or excuse it by name"
    assert sorted(excused.NAMES - {pattern.name for pattern in unreached}) == [], "excused without need"

    found: list[str] = []
    with chromium() as browser:
        for who in WALKERS:
            own = [page for page in pages.values() if page.who == who]
            with tab(browser, own) as opened:
                for page in own:
                    found += violations(opened, page)
                    if os.environ.get("VONK_TOUR"):
                        pictures(opened, page, PICTURES)

    assert found == []
