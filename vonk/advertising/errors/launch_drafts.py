"""What drafts of campaigns, ad groups and ads refuse. Each error is named for the rule it stands for."""

from vonk.core.errors import Actor, Conflict, Invalid, Limited


class DraftChanged(Conflict):
    """Somebody else, or the same person in another window, saved the draft meanwhile."""

    code = "draft_changed"
    message = "This draft was changed in another window."
    cause = "Saving what is here would overwrite what was written there."
    remedy = "Open the other version, or keep what is here as a draft of its own."
    actor = Actor.ADVERTISER


class DraftLaunched(Conflict):
    """The draft was sent already: what it became exists."""

    code = "draft_launched"
    message = "This draft was submitted already."
    cause = "It was sent from another window, or twice."
    remedy = "Open what it became, or keep what is here as a draft of its own."
    actor = Actor.ADVERTISER

    def __init__(self, *, became_id: int) -> None:
        super().__init__()
        self.became_id = became_id


class DraftQuotaReached(Limited):
    """The account has as many drafts as it may."""

    code = "draft_quota_reached"
    message = "The account has %(most)d drafts already."
    remedy = "Delete one that is not needed any more, or submit one."
    actor = Actor.ADVERTISER


class DraftTooLong(Invalid):
    """More was typed than a form holds."""

    code = "draft_too_long"
    message = "More than %(most)d characters were typed in all."
    remedy = "Shorten the names and addresses."
    actor = Actor.ADVERTISER
