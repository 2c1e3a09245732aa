"""Why a post stands in the feed, in words."""

from django.utils.translation import gettext as _

from vonk.discovery.reasons import Parameter, Reason, Why


def lines(why: Why) -> tuple[str, ...]:
    """Return a line for each thing that speaks for the post, strongest first."""
    return tuple(_line(reason) for reason in why.reasons)


def _line(reason: Reason) -> str:
    if reason.parameter is Parameter.HASHTAGS:
        tags = ", ".join(f"#{tag}" for tag in reason.hashtags)
        return _("It is about what you like: %(hashtags)s.") % {"hashtags": tags}
    return {
        Parameter.FOLLOWED: _("You follow who made it."),
        Parameter.NEAR: _("People who watch what you watch to the end watched this too."),
        Parameter.CREATOR: _("You watched other posts of who made it."),
        Parameter.LIVELY: _("Others liked, shared or commented on it in the last week."),
        Parameter.NEW: _("It is new."),
    }[reason.parameter]
