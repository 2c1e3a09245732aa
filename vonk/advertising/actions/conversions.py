"""Report what people did at an advertiser's, for one of the account's pixels or offline event sets."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from vonk.advertising.models import Pixel
from vonk.control import ad_server
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.events.conversions.contract import ConversionReport, ConversionVerdict


def report(scope: Scope, reports: Sequence[ConversionReport], *, now: datetime) -> list[ConversionVerdict]:
    """Report conversions of the account's pixels as its own server would, and return a verdict each.

    They are in the event log when this returns; the log is the record of who reported what. A click's id that is another
    platform's is left away. NotFound when a pixel is not the account's, AdServerSilent. No transaction may be open.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    named = {one.pixel for one in reports}
    rows = Pixel.objects.filter(account_id=scope.account, deleted_at=None)
    own = {str(pk) for pk in rows.values_list("pk", flat=True)}
    if named - own:
        raise NotFound(noun="pixel")
    own_clicks = [
        msgspec.structs.replace(one, click=ad_server.own_click(one.click)) if one.click else one for one in reports
    ]
    return ad_server.report_conversions(scope.account, own_clicks, now=now)
