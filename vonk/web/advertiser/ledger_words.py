"""Roads, terms and forecasts of the authorisation ledger in words."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vonk.advertising.queries import Outliving
from vonk.authorisation.queries import LedgerSort, LedgerTerms
from vonk.authorisation.rules import Payment, Road
from vonk.web.common import formats

ROADS: Final = {
    Road.OWN_POST: gettext_lazy("Own account"),
    Road.PUSH: gettext_lazy("Published by you"),
    Road.POST_CODE: gettext_lazy("Code"),
    Road.ACCOUNT_ACCESS: gettext_lazy("Access to the account"),
    Road.REQUEST: gettext_lazy("Request"),
    Road.STANDING: gettext_lazy("Given beforehand"),
    Road.CHAIN: gettext_lazy("For a duet or mention"),
}
assert ROADS.keys() == set(Road), "Every road has its words."

SORTS: Final = {
    LedgerSort.NEWEST: gettext_lazy("Newest first"),
    LedgerSort.END: gettext_lazy("Soonest end first"),
    LedgerSort.CREATOR: gettext_lazy("By creator"),
}
assert SORTS.keys() == set(LedgerSort), "Every order has its words."


def terms_words(terms: LedgerTerms | None) -> tuple[str, ...]:
    """Return what binds the authorisation, in a few words each."""
    if terms is None:
        return ()
    words: list[str] = []
    if terms.payment is Payment.FLAT_FEE:
        words.append(_("Fee %(money)s") % {"money": formats.money(terms.fee_micros, terms.currency)})
    if terms.payment is Payment.SPEND_SHARE:
        words.append(_("%(percent)s %% of spend") % {"percent": f"{terms.share_ppm / 10_000:g}"})
    if terms.spend_cap_micros is not None:
        cap = formats.money(terms.spend_cap_micros, terms.currency)
        words.append(_("At most %(money)s of spend") % {"money": cap})
    if terms.countries:
        words.append(", ".join(terms.countries))
    if terms.categories:
        count = len(terms.categories)
        words.append(ngettext("%(count)d category", "%(count)d categories", count) % {"count": count})
    if terms.notice_days:
        days = ngettext("%(count)d day's notice", "%(count)d days' notice", terms.notice_days)
        words.append(days % {"count": terms.notice_days})
    return tuple(words)


def beyond_words(ad: Outliving) -> str:
    """Return by how much an ad outlives its consent."""
    if ad.days is None:
        return _("runs on without an end")
    return ngettext("runs %(count)d day longer", "runs %(count)d days longer", ad.days) % {"count": ad.days}
