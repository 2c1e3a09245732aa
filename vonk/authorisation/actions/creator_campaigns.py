"""Campaigns of creators: made by an ad account, joined by a link; their posts are consented to as every request is."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from django.conf import settings
from django.db import transaction

from vonk.authorisation import campaign_links, needs, reach, willingness
from vonk.authorisation.actions import answers, questions, requests
from vonk.authorisation.actions.answers import Choice
from vonk.authorisation.errors.consents import AccountSuspended
from vonk.authorisation.errors.requests import AlreadyAuthorised
from vonk.authorisation.models import CampaignMember, CampaignPost, Consent, CreatorCampaign, PermissionRequest
from vonk.authorisation.rules import RequestKind, RequestState
from vonk.authorisation.rules import creator_campaigns as rules
from vonk.content import queries as content
from vonk.control import audit
from vonk.control.scope import Right, Scope, Via
from vonk.control.wording import later as _
from vonk.core.errors import FieldInvalid, NotFound, RightMissing
from vonk.identity import access
from vonk.identity.actions import accounts, letters
from vonk.identity.queries import account_facts

_NOUN: Final = "creator_campaign"
_DAYS_USUAL: Final = 30


class CampaignDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign to be made. ``kept`` is what the business API shall give back as it was set."""

    name: str
    brand: str
    duration_days: int = _DAYS_USUAL
    kept: Mapping[str, Any] = {}


class CampaignChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What of a campaign changes; None stays."""

    name: str | None = None
    brand: str | None = None
    duration_days: int | None = None
    kept: Mapping[str, Any] | None = None


@transaction.atomic
def create(scope: Scope, draft: CampaignDraft, *, now: datetime) -> int:
    """Make a campaign; return its id. Raises FieldInvalid (name, brand, duration_days)."""
    scope.require(Right.CAMPAIGN_EDIT)
    questions.require_duration(draft.duration_days)
    name, brand = rules.name(draft.name, "name"), rules.name(draft.brand, "brand")
    accounts.hold(scope.account)  # Two who create at once do not pass the bound together.
    if CreatorCampaign.objects.filter(account_id=scope.account).count() >= rules.CAMPAIGNS_PER_ACCOUNT_MAX:
        raise FieldInvalid(
            "name", "this ad account has %(most)s campaigns of creators already", most=rules.CAMPAIGNS_PER_ACCOUNT_MAX
        )
    made = CreatorCampaign.objects.create(
        account_id=scope.account,
        asked_by_id=scope.person,
        name=name,
        brand=brand,
        duration_days=draft.duration_days,
        kept=dict(draft.kept),
        created_at=now,
        modified_at=now,
    )
    audit.record(scope, "creator_campaign.created", _NOUN, made.pk, at=now, detail={"name": name})
    return made.pk


@transaction.atomic
def update(scope: Scope, campaign_id: int, changes: CampaignChanges, *, now: datetime) -> None:
    """Change a campaign, which asks in the name of who does from now on; what was asked for stays as it was asked.

    Raises NotFound, FieldInvalid like ``create``.
    """
    row = _own(scope, campaign_id)
    if changes.duration_days is not None:
        questions.require_duration(changes.duration_days)
        row.duration_days = changes.duration_days
    if changes.name is not None:
        row.name = rules.name(changes.name, "name")
    if changes.brand is not None:
        row.brand = rules.name(changes.brand, "brand")
    if changes.kept is not None:
        row.kept = {**row.kept, **changes.kept}
    row.asked_by_id, row.modified_at = scope.person, now
    row.save()
    audit.record(scope, "creator_campaign.updated", _NOUN, row.pk, at=now)


@transaction.atomic
def invite(scope: Scope, campaign_id: int, profile_ids: Collection[int], *, now: datetime) -> frozenset[int]:
    """Write the link to creators who let their posts be advertised, once each; return those who are invited or in.

    Others are left out. Raises NotFound, FieldInvalid when the campaign would have more creators than it may.
    """
    row = _own(scope, campaign_id)
    willing = willingness.among(profile_ids)
    known = set(row.members.filter(profile_id__in=willing).values_list("profile_id", flat=True))
    fresh = sorted(willing - known)
    if row.members.count() + len(fresh) > rules.MEMBERS_PER_CAMPAIGN_MAX:
        raise FieldInvalid("handles", "at most %(most)s creators in a campaign", most=rules.MEMBERS_PER_CAMPAIGN_MAX)
    CampaignMember.objects.bulk_create(
        CampaignMember(campaign=row, profile_id=profile_id, invited_at=now) for profile_id in fresh
    )
    account, link = account_facts(scope.account), campaign_links.link(row.pk)
    said = {"account": account.name, "brand": row.brand, "name": row.name, "link": link}
    for profile_id, owner_id in content.profile_owner(fresh).items():
        letters.to_person(
            owner_id,
            subject=_("%(account)s invites you to a campaign") % {"account": account.name[:100]},
            body=_(
                "The ad account “%(account)s” invites you to the campaign “%(name)s” for %(brand)s. You choose which of your "
                "posts it may show in ads, and for how long.\n\nRead it, and join or leave it be: %(link)s"
            )
            % said,
            link=link.removeprefix(settings.VONK.site_url),
            kind="requests",
            now=now,
        )
        audit.record(scope, "creator_campaign.invited", _NOUN, row.pk, at=now, detail={"profile_id": str(profile_id)})
    return willing


@transaction.atomic
def join(scope: Scope, campaign_id: int, mark: str, *, now: datetime) -> None:
    """Join a campaign by its link, as the acting creator; twice is once. It gives the advertiser nothing by itself.

    Raises NotFound for a link that nobody signed, AccountSuspended, FieldInvalid when the campaign is full.
    """
    profile_id = reach.own_profile(scope)
    row = _linked(campaign_id, mark)
    if account_facts(row.account_id).suspended:
        raise AccountSuspended
    row = CreatorCampaign.objects.select_for_update(no_key=True).get(pk=row.pk)
    member = row.members.filter(profile_id=profile_id).first()
    if member is not None and member.joined_at is not None:
        return
    if member is None:
        if row.members.count() >= rules.MEMBERS_PER_CAMPAIGN_MAX:
            raise FieldInvalid("campaign", "%(most)s creators are in it already", most=rules.MEMBERS_PER_CAMPAIGN_MAX)
        member = CampaignMember(campaign=row, profile_id=profile_id)
    member.joined_at = now
    member.save()
    audit.record(scope, "creator_campaign.joined", _NOUN, row.pk, at=now, account_id=row.account_id)


@transaction.atomic
def bring(
    scope: Scope,
    campaign_id: int,
    mark: str,
    post_id: int,
    *,
    duration_days: int | None = None,
    now: datetime,
) -> None:
    """Bring one's own public post into a campaign that one joined, and consent to it: the campaign asks, one accepts.

    ``duration_days`` None: as the campaign asks. What is off in one's ad settings is switched on, as with every yes. Where
    the ad account asked for the post already, on terms or with the answer its own, that question is answered in the inbox,
    and the post waits for it. Raises what asking and accepting a request raise, FieldInvalid, NotFound (also when nobody stands behind the campaign any more).
    """
    row = _linked(campaign_id, mark)
    _require_member(row, reach.own_profile(scope))
    post = reach.own_post(scope, post_id)
    request = _asked(row, _behind(row), post.id, now=now)
    _put(row, post.id, request, now=now)
    audit.record(
        scope, "creator_campaign.brought", _NOUN, row.pk, at=now, account_id=row.account_id,
        detail={"post_id": str(post.id)},
    )  # fmt: skip
    if request is None or questions.state_of(request, now) is not RequestState.WAITING or request.offer_id is not None:
        return
    answers.accept(scope, request.pk, Choice(duration_days=duration_days, switch_on=True), now=now)


@transaction.atomic
def ask(scope: Scope, campaign_id: int, post_id: int, *, now: datetime) -> None:
    """Ask for a post of a creator who joined, for the campaign's days; a question that is out stays as it is.

    Raises what asking for a post raises, NotFound for a post of nobody who joined, FieldInvalid.
    """
    row = _own(scope, campaign_id)
    post = content.post_facts([post_id]).get(post_id)
    if post is None or not row.members.filter(profile_id=post.profile_id, joined_at__isnull=False).exists():
        raise NotFound(noun="post of a creator who joined")
    _put(row, post_id, _asked(row, scope, post_id, now=now), now=now)
    audit.record(scope, "creator_campaign.asked", _NOUN, row.pk, at=now, detail={"post_id": str(post_id)})


@transaction.atomic
def take_out(scope: Scope, campaign_id: int, post_id: int, *, now: datetime) -> None:
    """Take a post out of a campaign, and withdraw what is asked for it; a consent that was given stays, with its own end.

    Twice is once. Raises NotFound.
    """
    row = _own(scope, campaign_id)
    found = row.posts.select_related("request").filter(post_id=post_id).first()
    if found is None:
        raise NotFound(noun="post in this campaign")
    if found.taken_out_at is not None:
        return
    if found.request is not None and found.request.outcome is None and found.request.lapses_at > now:
        requests.withdraw(scope, found.request.pk, now=now)
    found.taken_out_at = now
    found.save(update_fields=["taken_out_at"])
    audit.record(scope, "creator_campaign.taken_out", _NOUN, row.pk, at=now, detail={"post_id": str(post_id)})


def _asked(row: CreatorCampaign, scope: Scope, post_id: int, *, now: datetime) -> PermissionRequest | None:
    """Return the account's open question for the post, asked now if it was not; None when it may show the post already."""
    open_ = PermissionRequest.objects.filter(
        account_id=row.account_id, post_id=post_id, kind=RequestKind.USE.value, outcome=None, lapses_at__gt=now
    ).first()
    if open_ is not None:
        return open_
    if Consent.objects.filter(needs.in_force(now), account_id=row.account_id, post_id=post_id, ending_at=None).exists():
        return None
    said = _("For the campaign “%(name)s”.") % {"name": row.name}
    try:
        asked = requests.ask(scope, post_id, message=said, duration_days=row.duration_days, now=now)
    except AlreadyAuthorised:
        return None
    return PermissionRequest.objects.get(pk=asked.request_id)


def _put(row: CreatorCampaign, post_id: int, request: PermissionRequest | None, *, now: datetime) -> None:
    known = row.posts.filter(post_id=post_id).exists()
    if not known and row.posts.count() >= rules.POSTS_PER_CAMPAIGN_MAX:
        raise FieldInvalid("post_id", "at most %(most)s posts in a campaign", most=rules.POSTS_PER_CAMPAIGN_MAX)
    CampaignPost.objects.update_or_create(
        campaign=row, post_id=post_id, defaults={"request": request, "linked_at": now, "taken_out_at": None}
    )


def _own(scope: Scope, campaign_id: int) -> CreatorCampaign:
    """Return the account's campaign, locked."""
    scope.require(Right.CAMPAIGN_EDIT)
    row = (
        CreatorCampaign.objects.select_for_update(no_key=True).filter(pk=campaign_id, account_id=scope.account).first()
    )
    if row is None:
        raise NotFound(noun="campaign")
    return row


def _linked(campaign_id: int, mark: str) -> CreatorCampaign:
    row = CreatorCampaign.objects.filter(pk=campaign_id).first()
    if row is None:
        raise NotFound(noun="campaign")
    campaign_links.require(campaign_id, mark)
    return row


def _behind(row: CreatorCampaign) -> Scope:
    """Return the scope of who stands behind the campaign; NotFound when they may not run the account's campaigns any more."""
    try:
        return access.advertiser(access.Actor(row.asked_by_id, Via.WORK), row.account_id, may=Right.CAMPAIGN_EDIT)
    except (NotFound, RightMissing) as problem:
        raise NotFound(noun="campaign that still asks for posts") from problem


def _require_member(row: CreatorCampaign, profile_id: int) -> None:
    if not row.members.filter(profile_id=profile_id, joined_at__isnull=False).exists():
        raise NotFound(noun="campaign that you joined")
