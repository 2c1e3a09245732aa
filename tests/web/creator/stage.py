"""The cast at the studio's and the console's doors: each with a browser, on a town with one post, one consent, one ad."""

import html
import re
from datetime import datetime
from itertools import count

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from tests.area.advertising.town import EUR, Town
from vonk.advertising.models import Ad
from vonk.billing.actions import payments, settlement
from vonk.config import wiring
from vonk.control import clock
from vonk.control.scope import Right, Scope, Via
from vonk.core.clock import to_ms
from vonk.events.records import Claims, EventRecord, Kind, Record
from vonk.identity import access
from vonk.identity.models import Person
from vonk.reporting import rollups

CAST = ("Vik", "Cleo", "Ada", "Olu", "Mallory")
_numbers = count(1)


class Stage:
    """The town, and a browser for each of the cast. The clock stands at ``now`` when the stage is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.town = Town(now)
        clock.start_at(now)

    @property
    def cleo(self) -> Scope:
        return self.town.world.cleo

    def browser(self, name: str | None) -> Client:
        """Return the browser of one of the cast; None is somebody who is not signed in."""
        browser = Client()
        if name is not None:
            browser.force_login(Person.objects.get(email=f"{name.lower()}@example.org"))
        return browser

    def pay(self, micros: int) -> None:
        """Top up Ada's account."""
        person = access.Actor(self.town.ada.person, Via.WEB)
        scope = access.advertiser(person, self.town.ada.account, may=Right.FUNDS_EDIT)
        payments.top_up(scope, amount_micros=micros, now=self.now, provider_reference=f"paid-{next(_numbers)}")

    def happen(
        self,
        ad_id: int,
        *kinds: Kind,
        price: int = EUR // 100,
        organic: bool = False,
        invalid: str = "",
        viewer: str = "vik",
        country: str = "",
        age_band: str = "",
        gender: str = "",
    ) -> None:
        """Log one showing of the ad's post with these events, and have work count them.

        The first of them bills, unless they broke the rule ``invalid``. The last three are what the token says of the viewer.
        """
        ad = Ad.objects.select_related("ad_group__campaign").get(pk=ad_id)
        claims = Claims(
            decision_id=next(_numbers),
            ad_id=0 if organic else ad.pk,
            ad_group_id=0 if organic else ad.ad_group_id,
            campaign_id=0 if organic else ad.ad_group.campaign_id,
            account_id=0 if organic else ad.ad_group.campaign.account_id,
            grant_id=0 if organic else ad.consent_id or 0,
            post_id=ad.post_id,
            profile_id=ad.identity_id,
            viewer_id=viewer,
            bills="" if organic else kinds[0].value,
            price_micros=0 if organic else price,
            currency="" if organic else "EUR",
            decided_ms=to_ms(self.now),
            surface="feed",
            country=country,
            age_band=age_band,
            gender=gender,
        )
        records: list[Record] = [
            EventRecord(
                event_id=f"e{next(_numbers)}",
                kind=kind,
                at_ms=to_ms(self.now) + 1000,
                received_ms=to_ms(self.now) + 1000,
                charge_micros=price if position == 0 and not organic and not invalid else 0,
                value=0,
                claims=claims,
                invalid=invalid,
            )
            for position, kind in enumerate(kinds)
        ]
        log = wiring.event_log(settings.VONK)
        try:
            log.append(records)
            settlement.settle(log, now=self.now)
            rollups.roll_up(log, now=self.now)
        finally:
            log.close()


def text_of(response: HttpResponseBase) -> str:
    """Return what stands on the page, without its mark-up, blanks folded."""
    assert isinstance(response, HttpResponse), "Pages are whole."
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
