"""The texts that the feed's scripts say, in the reader's language."""

from django.utils.translation import gettext as _

from vonk.advertising.rules.objectives import CALLS_TO_ACTION
from vonk.web.common.disclosures import DISCLOSURES


def feed_words() -> dict[str, str | dict[str, str]]:
    """Return every text by the name that the scripts use."""
    return {
        "comments": _("Comments"),
        "share": _("Share"),
        "about_this_ad": _("About this ad"),
        "sign_in_first": _("Log in to do that."),
        "log_in": _("Log in"),
        "not_saved": _("That was not saved. Try again."),
        "not_loaded": _("This does not load. Try again."),
        "duet": _("Duet with %s"),
        "stitch": _("Stitch of %s"),
        "reported": _("Thank you. Your report has been sent."),
        "hidden": _("You will see less of this."),
        "disclosures": {disclosure.value: str(text) for disclosure, text in DISCLOSURES.items()},
        "calls_to_action": {name: _(text) for name, text in CALLS_TO_ACTION.items()},  # noqa: INT001 - from the closed list.
    }
