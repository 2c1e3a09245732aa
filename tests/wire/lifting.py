"""A campaign of Ada's in a lift test; the town's own has none, so that one may be begun."""

from datetime import datetime, timedelta

from vonk.advertising.actions import campaigns, lift_tests
from vonk.advertising.actions.lift_tests import LiftTestDraft
from vonk.advertising.drafts import CampaignDraft
from vonk.advertising.rules.lift_tests import Outcome
from vonk.control.scope import Scope


def spread(ada: Scope, now: datetime) -> dict[str, int]:
    campaign_id = campaigns.create(ada, CampaignDraft(name="Tested", objective="traffic"), now=now)
    draft = LiftTestDraft(share_percent=10, outcome=Outcome.CONVERTED, starts_at=now, ends_at=now + timedelta(days=14))
    return {"lift_test_id": lift_tests.create(ada, campaign_id, draft, now=now)}
