"""Creatives of v1.3 as advertising's own drafts: four ways to a Spark Ad, and one to any other ad (reference API §9)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from vonk.advertising.actions.making import ChangedAd, NewAd, Own, Push
from vonk.advertising.drafts import AdChanges, AdDraft
from vonk.advertising.queries.ad_pages import ListedAd
from vonk.advertising.rules import texts
from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions.pushes import Draft
from vonk.authorisation.errors.limits import AccountQuotaReached, IdentityQuotaReached
from vonk.authorisation.rules import USABLE
from vonk.content.errors import PostIsPublished
from vonk.content.queries import PostFacts, post_facts
from vonk.content.rules import Disclosure, PublishAs
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, Problem
from vonk.core.ids import parse_id
from vonk.wire.business import items, materials, speaking
from vonk.wire.business.ads import buttons as ad_buttons
from vonk.wire.business.ads import links as ad_links
from vonk.wire.business.ads.asked import CAROUSEL_ADS, KEPT, SINGLE_VIDEO, ChangedCreative, Creative, check, kept_of
from vonk.wire.business.ads.given import worth_keeping
from vonk.wire.business.errors import ParameterInvalid, answers
from vonk.wire.business.speaking import CUSTOMIZED_USER, Speaker
from vonk.wire.business.statuses import operation_status

answers({AccountQuotaReached.code: 40502, IdentityQuotaReached.code: 40502})

PUSHES: Final = frozenset({"TT_USER", "BC_AUTH_TT"})
_PART: Final = re.compile(r"ads\.(?P<number>\d+)\.(?P<field>.+)")
_FIELDS: Final = {
    "name": "ad_name", "landing_url": ad_links.ADDRESS, "text": "ad_text", "caption": "ad_text",
    "sound_id": "music_id", "consent_id": "tiktok_item_id", "post_id": "tiktok_item_id", "publish_as": "dark_post_status",
    "disclosure": "branded_content_disabled",
}  # fmt: skip


class Placed(msgspec.Struct, frozen=True):
    """One creative, where it stands in the call, and whose words it is in."""

    place: str  # "creatives[0]"
    asked: Creative

    def wrong(self, field: str, reason: str) -> ParameterInvalid:
        """Return the problem with one of its fields."""
        return ParameterInvalid(field=f"{self.place}.{field}", reason=reason)


def placed(creatives: Sequence[Creative]) -> list[Placed]:
    """Return the creatives with their places; ParameterInvalid for what no ad here can be."""
    found = [Placed(f"creatives[{number}]", asked) for number, asked in enumerate(creatives)]
    for one in found:
        check(one.asked, one.place)
    return found


def new_ads(scope: Scope, creatives: Sequence[Creative], *, now: datetime) -> list[NewAd]:
    """Return the ads to be made. Consents that need no code are taken here, creator by creator in one order."""
    wanted = placed(creatives)
    found: dict[int, NewAd] = {}
    for number in sorted(range(len(wanted)), key=lambda number: wanted[number].asked.identity_id or 0):
        found[number] = _new(scope, wanted[number], now=now)
    return [found[number] for number in range(len(wanted))]


def _new(scope: Scope, one: Placed, *, now: datetime) -> NewAd:
    asked = one.asked
    if asked.ad_format is None:
        raise one.wrong("ad_format", "it is missing")
    if not ad_buttons.names_one(asked):
        raise one.wrong("call_to_action", "it is missing")
    if asked.operation_status == "DELETE":
        raise one.wrong("operation_status", "an ad is created on or off: ENABLE or DISABLE")
    who = _speaker(scope, one, asked.identity_type, asked.identity_id, asked.identity_authorized_bc_id)
    button = ad_buttons.button(scope, asked, one.wrong, kept={})
    assert button is not None, "One was named."
    consent_id: int | None = None
    shows: Push | Own | None = None
    if who.identity_type == CUSTOMIZED_USER:
        shows = _own(one, who, None)
    elif asked.tiktok_item_id is not None:
        _pull_alone(one)
        consent_id = _consent(scope, one, who, int(asked.tiktok_item_id), now=now)
    else:
        shows = _push(one, who, None)
    return NewAd(
        AdDraft(
            name=asked.ad_name or None,
            call_to_action=button,
            landing_url=ad_links.whole(asked.landing_page_url or "", _parameters(asked)),
            category=asked.category or "",
            consent_id=consent_id,
            kept=_kept(asked, asked.landing_page_url or "", {}),
            enabled=asked.operation_status != "DISABLE",
        ),
        shows,
    )


def changed_ads(
    scope: Scope,
    creatives: Sequence[ChangedCreative],
    present: Mapping[int, ListedAd],
    *,
    patch: bool,
    now: datetime,
) -> list[ChangedAd]:
    """Return what shall change of the ads. NotFound for one that is not the account's."""
    consent_ids = [ad.consent_id for ad in present.values() if ad.consent_id is not None]
    speakers = speaking.speakers_of(scope, consent_ids, now=now)
    states = authorisation.consent_facts(consent_ids, now)
    found = []
    for one in placed(creatives):
        assert isinstance(one.asked, ChangedCreative), "Asked for as such."
        ad = present.get(one.asked.ad_id)
        if ad is None:
            raise NotFound(noun="ad", field=f"{one.place}.ad_id")
        if one.asked.operation_status not in (None, operation_status(ad.enabled, ad.deleted)):
            raise one.wrong("operation_status", "it is changed by ad/status/update")
        who = Speaker(CUSTOMIZED_USER, ad.identity_id, None)
        if ad.consent_id is not None:
            who = speakers[ad.consent_id]
        holds = ad.consent_id is not None and states[ad.consent_id].state in USABLE
        consent_id, shows = _shown(scope, one, ad, who, holds=holds, now=now)
        found.append(ChangedAd(ad.id, _changes(scope, one, ad, consent_id, patch=patch), shows))
    return found


def _changes(scope: Scope, one: Placed, ad: ListedAd, consent_id: int | UnsetType, *, patch: bool) -> AdChanges:
    asked = one.asked
    address, parameters = ad_links.sent(ad)
    if asked.landing_page_url is not None or not patch:
        address = asked.landing_page_url or ""
    if asked.utm_params is not None or not patch:
        parameters = _parameters(asked)
    leads_to = ad_links.whole(address, parameters)
    before = {name: value for name, value in ad.kept.items() if patch or name not in KEPT}
    button = ad_buttons.button(scope, asked, one.wrong, kept=ad.kept)
    if ad_buttons.forgotten(asked):
        before.pop(ad_buttons.PORTFOLIO, None)
    kept = _kept(asked, address, before)
    if kept.get("display_name") == ad.post.display_name:
        del kept["display_name"]  # As it is answered without one.
    stays = not leads_to and not ad_links.sent(ad)[0]  # It led to the creator's profile, and still does.
    return AdChanges(
        name=asked.ad_name or UNSET,
        call_to_action=UNSET if button is None else button,
        landing_url=UNSET if stays or leads_to == ad.landing_url else leads_to,
        category=UNSET if asked.category is None else asked.category,
        consent_id=consent_id,
        kept=UNSET if kept == ad.kept else kept,
    )


def _shown(
    scope: Scope, one: Placed, ad: ListedAd, was: Speaker, *, holds: bool, now: datetime
) -> tuple[int | UnsetType, Push | Own | None]:
    """Return what the ad shall show: another consent's post, or something to be made; nothing where it stays."""
    asked = one.asked
    if asked.ad_format not in (None, _format(ad.post)):
        raise one.wrong("ad_format", f"it cannot be changed: the ad is {_format(ad.post)}")
    who = was
    if asked.identity_type is not None or asked.identity_id is not None:
        who = _speaker(
            scope,
            one,
            asked.identity_type or was.identity_type,
            was.profile_id if asked.identity_id is None else int(asked.identity_id),
            was.bc_id if asked.identity_authorized_bc_id is None else int(asked.identity_authorized_bc_id),
        )
    if who.identity_type == CUSTOMIZED_USER:
        return UNSET, _own_again(one, ad, who)
    pushed = ad.consent_id is not None and ad.post.pushed_for == scope.account
    elsewhere = asked.tiktok_item_id not in (None, ad.post.id)
    sent = asked.video_id or (_is_carousel(one, ad.post) and asked.image_ids)
    if not elsewhere and (pushed or sent):
        wanted = _push(one, who, ad.post if pushed else None)
        if not pushed or who != was:
            return UNSET, wanted
        return UNSET, _edited(one, ad.post, wanted)
    _pull_alone(one, said=ad.post.caption if not elsewhere else None)
    item_id = ad.post.id if asked.tiktok_item_id is None else int(asked.tiktok_item_id)
    if (who == was and not elsewhere and holds) or (asked.tiktok_item_id is None and asked.identity_id is None):
        return UNSET, None
    return _consent(scope, one, who, item_id, was=ad.post, now=now), None


def _edited(one: Placed, post: PostFacts, wanted: Push) -> Push | None:
    """Return what of a pushed post changes. What was published is its creator's: only another video or text is pushed."""
    draft = wanted.draft
    same_words = (*_media(draft), draft.caption) == (*_shown_by(post), post.caption)
    before = (post.publish_as, post.disclosure, post.ai_generated, post.may_duet, post.may_stitch)
    after = (draft.publish_as, draft.disclosure, draft.ai_generated, draft.may_duet, draft.may_stitch)
    if same_words and before == after:
        return None
    if same_words and not post.draft:
        raise PostIsPublished(field=f"{one.place}.dark_post_status")
    return wanted


def _own_again(one: Placed, ad: ListedAd, who: Speaker) -> Own | None:
    if one.asked.tiktok_item_id is not None:
        raise one.wrong("tiktok_item_id", f"not together with {CUSTOMIZED_USER}")
    before = ad.post if ad.consent_id is None else None
    wanted = _own(one, who, before)
    if before is None:
        return wanted
    unchanged = (*_media(wanted), wanted.text, who.profile_id) == (*_shown_by(before), before.caption, ad.identity_id)
    return None if unchanged else wanted


def _own(one: Placed, who: Speaker, before: PostFacts | None) -> Own:
    """Return the account's own creative: what is asked, for the rest what was shown before, if anything was."""
    video_id, image_ids, sound_id = _asked_media(one, before)
    return Own(
        identity_id=who.profile_id,
        video_id=video_id,
        image_ids=image_ids,
        sound_id=sound_id,
        text=before.caption if before is not None and not one.asked.ad_text else _text(one),
    )


def _asked_media(one: Placed, before: PostFacts | None) -> tuple[int | None, tuple[int, ...], int | None]:
    """Return the video, or the pictures and their sound."""
    asked = one.asked
    if not _is_carousel(one, before):
        return before.video_id if before is not None and not asked.video_id else _video(one), (), None
    if asked.video_id:
        raise one.wrong("video_id", f"not together with {CAROUSEL_ADS}: pictures are shown, by image_ids")
    was = _shown_by(before) if before is not None else None
    image_ids = tuple(materials.read_image_id(text) for text in asked.image_ids or ())
    if not image_ids and was is None:
        raise one.wrong("image_ids", "it is missing")
    sound_id = _music(one, asked.music_id) if asked.music_id else was[2] if was is not None else None
    return None, image_ids or (was[1] if was is not None else ()), sound_id


def _music(one: Placed, text: str) -> int:
    try:
        return parse_id(text)
    except ValueError as error:
        raise one.wrong("music_id", "take one that file/music/get answers") from error


def _is_carousel(one: Placed, before: PostFacts | None) -> bool:
    return one.asked.ad_format == CAROUSEL_ADS or (before is not None and bool(before.pictures))


def _media(wanted: Own | Draft) -> tuple[int | None, tuple[int, ...], int | None]:
    return wanted.video_id, wanted.image_ids, wanted.sound_id


def _shown_by(post: PostFacts) -> tuple[int | None, tuple[int, ...], int | None]:
    """Return what a post of the account's shows: its video, or the library's pictures and their sound."""
    if not post.pictures:
        return post.video_id, (), None
    return None, tuple(one.library_id for one in post.pictures), post.sound_id or None


def _format(post: PostFacts) -> str:
    return CAROUSEL_ADS if items.is_carousel(post) else SINGLE_VIDEO


def _consent(
    scope: Scope, one: Placed, who: Speaker, item_id: int, *, was: PostFacts | None = None, now: datetime
) -> int:
    """Return the consent by which the ad shows the post; ParameterInvalid when it is of another format than the ad."""
    consent_id = speaking.consent_of(scope, who, item_id, now=now)
    post = post_facts([item_id])[item_id]
    asked = one.asked.ad_format or (_format(was) if was is not None else None)
    if asked == CAROUSEL_ADS and not items.is_carousel(post):
        raise one.wrong("ad_format", "only photo posts may be delivered as carousel: this one is SINGLE_VIDEO")
    if asked == SINGLE_VIDEO and post.pictures:
        raise one.wrong("ad_format", f"a photo post is {CAROUSEL_ADS}")
    return consent_id


def _push(one: Placed, who: Speaker, before: PostFacts | None) -> Push:
    """Return what is to be pushed: what is asked, for the rest what was pushed before, if anything was."""
    asked = one.asked
    if who.identity_type not in PUSHES:
        raise one.wrong(
            "tiktok_item_id", f"required with {who.identity_type}, whose creator lets no videos be published"
        )
    branded = asked.branded_content_disabled
    publish_as = before.publish_as if before is not None else None
    if asked.dark_post_status is not None or publish_as is None:
        public = asked.dark_post_status == "OFF" and branded is not True
        publish_as = PublishAs.PUBLIC if public else PublishAs.ADS_ONLY
    disclosure = before.disclosure if before is not None else Disclosure.BRANDED
    if branded is not None:
        disclosure = Disclosure.OWN_BRAND if branded else Disclosure.BRANDED
    ai = asked.aigc_disclosure_type == "SELF_DISCLOSURE"
    video_id, image_ids, sound_id = _asked_media(one, before)
    draft = Draft(
        video_id=video_id,
        image_ids=image_ids,
        sound_id=sound_id,
        caption=before.caption if before is not None and not asked.ad_text else _text(one),
        publish_as=publish_as,
        disclosure=disclosure,
        ai_generated=ai or (before is not None and before.ai_generated),
        may_duet=_reusable(asked, asked.item_duet_status, before.may_duet if before is not None else None),
        may_stitch=_reusable(asked, asked.item_stitch_status, before.may_stitch if before is not None else None),
    )
    return Push(speaking.read(who), draft)


def _reusable(asked: Creative, status: str | None, before: bool | None) -> bool:  # noqa: FBT001 - a fact, not a mode
    """Return whether others may build on what is pushed: only where its music may be used by them, off unless said."""
    if before is not None and status is None and asked.promotional_music_disabled is None:
        return before
    return asked.promotional_music_disabled is False and status != "DISABLE"


def _speaker(
    scope: Scope, one: Placed, identity_type: str | None, identity_id: int | None, bc_id: int | None
) -> Speaker:
    if identity_type is None or identity_id is None:
        raise one.wrong("identity_type" if identity_type is None else "identity_id", "it is missing")
    return speaking.speaker(scope, identity_type, int(identity_id), None if bc_id is None else int(bc_id))


def _pull_alone(one: Placed, *, said: str | None = None) -> None:
    """Raise ParameterInvalid for what would make another post of the creator's; its own caption may be sent back."""
    if one.asked.ad_text and one.asked.ad_text != said:
        raise one.wrong("ad_text", "not together with tiktok_item_id: the post's caption is shown")
    for field in ("video_id", "image_ids", "music_id"):
        if getattr(one.asked, field):
            raise one.wrong(field, "not together with tiktok_item_id: the post is shown as it is")


def _video(one: Placed) -> int:
    if not one.asked.video_id:
        raise one.wrong("video_id", "it is missing")
    for image_id in one.asked.image_ids or ():
        materials.read_image_id(image_id)
    return materials.read_video_id(one.asked.video_id)


def _text(one: Placed) -> str:
    return texts.ad_text(one.asked.ad_text or "", f"{one.place}.ad_text")


def _parameters(asked: Creative) -> list[dict[str, str]] | None:
    return [{"key": one.key, "value": one.value} for one in asked.utm_params] if asked.utm_params else None


def _kept(asked: Creative, address: str, before: Mapping[str, object]) -> dict[str, object]:
    """Return what comes back as it was sent: with parameters the address too, for they are added to it."""
    found = worth_keeping({**before, **kept_of(asked)})
    found.pop(ad_links.ADDRESS, None)
    if found.get(ad_buttons.PORTFOLIO) in {"", "0"}:
        del found[ad_buttons.PORTFOLIO]
    if asked.ad_format == CAROUSEL_ADS:
        found.pop("image_ids", None)  # What is shown, no cover.
    return {**found, ad_links.ADDRESS: address} if found.get(ad_links.PARAMETERS) else found


@contextmanager
def named_as_sent() -> Iterator[None]:
    """Name the field of a problem that rises as the caller sent it: “creatives[0].ad_text”."""
    try:
        yield
    except Problem as problem:
        noun = problem.values.get("noun") if isinstance(problem, NotFound) else None
        if noun == "video":
            raise materials.VideoIdInvalid(video_id="The video_id") from problem
        if noun == "image":
            raise materials.ImageIdInvalid(image_id="One of image_ids", field="image_ids") from problem
        part = _PART.fullmatch(problem.field or "")
        if part is not None:
            field = part["field"].rpartition(".")[2]
            problem.field = f"creatives[{part['number']}].{_FIELDS.get(field, field)}"
            if "field_name" in problem.values:
                problem.values["field_name"] = problem.field
            problem.args = (problem.fill(type(problem).message),)
        raise
