"""Creative library → pushed posts: a video of the account, made into a post under a creator's name."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.advertising.actions import pushes as drafts
from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import pushes
from vonk.authorisation.queries.pushes import PushIdentity, push_identities
from vonk.content import queries as content
from vonk.content.actions import videos
from vonk.content.queries import PictureFacts, PostFacts
from vonk.content.rules import Unavailable
from vonk.control.paging import Paging
from vonk.control.scope import Right
from vonk.core.errors import NotFound, Problem
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.web.advertiser import words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.library import UploadForm
from vonk.web.advertiser.forms.pushes import PUBLISH_CHOICES, DraftForm, PushForm
from vonk.web.advertiser.kept import way_back
from vonk.web.advertiser.pages import answer, refuse_somewhere
from vonk.web.advertiser.views.creatives import Upload, upload_of
from vonk.web.common import disclosures
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import paging_of, wants_json

SOUNDS_OFFERED: Final = Paging(size=PAGE_SIZE_MAX)
_PUBLISHED_AS: Final = dict(PUBLISH_CHOICES)


class PushedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One pushed post."""

    post_id: int
    consent_id: int | None
    title: str
    caption: str
    speaker: str
    poster_url: str
    video_url: str
    pictures: tuple[PictureFacts, ...]
    sound_url: str
    duration_ms: int
    state: Badge
    draft: bool
    usable: bool
    publish_as: str
    disclosed: str
    pushed_at: datetime


class PushedPage(msgspec.Struct, frozen=True):
    """The list."""

    rows: tuple[PushedRow, ...]
    next_cursor: str | None
    identities: tuple[PushIdentity, ...]


class PushPage(msgspec.Struct, frozen=True):
    """Where an upload becomes a post."""

    video: Upload
    identities: tuple[PushIdentity, ...]


class UploadPage(msgspec.Struct, frozen=True):
    """Where an upload begins."""

    back: str


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what the account pushed."""
    found = content.pushed_posts(desk.scope, paging_of(request))
    held = _consents(desk)
    rows = tuple(_row(post, held.get(post.id)) for post in found.items)
    record = PushedPage(rows, found.next_cursor, push_identities(desk.scope, now=desk.now))
    return answer(request, desk, "pushed.html", record)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for a file and take it in. A script that asks for JSON gets the address to go on at."""
    record = UploadPage(way_back(request))
    if request.method != "POST":
        return answer(request, desk, "push_new.html", record, form=UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["video"]
        try:
            video_id = videos.receive(desk.scope, file, name=file.name, now=desk.now)
        except Problem as problem:
            if wants_json(request):
                raise
            refuse_somewhere(form, problem, field="video")
        else:
            address = reverse("advertiser:push_video", args=[video_id])
            sent = {"video_id": str(video_id), "url": address}
            return JsonResponse(sent) if wants_json(request) else redirect(address)
    return answer(request, desk, "push_new.html", record, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def video(request: HttpRequest, desk: Desk, video_id: int) -> HttpResponse:
    """Show how far the upload is; ask for name, caption and the rest; push it."""
    found = content.video(desk.scope, video_id)
    identities = tuple(one for one in push_identities(desk.scope, now=desk.now) if not _blocked(one))
    record = PushPage(upload_of(found), identities)
    if request.method != "POST":
        form = PushForm(identities=identities, sounds=_sounds())
        return answer(request, desk, "push_video.html", record, form=form)
    form = PushForm(request.POST, identities=identities, sounds=_sounds())
    if form.is_valid():
        access_id = int(form.cleaned_data["access_id"])
        chosen = next(one for one in identities if one.access_id == access_id)
        agrees = bool(form.cleaned_data.get("agreed")) and chosen.terms_id is not None
        try:
            made = pushes.push(
                desk.scope,
                chosen.profile.id,
                form.draft(video_id),
                access_id=access_id,
                agree_sha256=chosen.terms_sha256 if agrees else None,
                now=desk.now,
            )
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            messages.success(
                request, _("It is a draft now. Create an ad with it: once that is approved, it is published.")
            )
            return redirect("advertiser:pushed_post", made.post_id)
    return answer(request, desk, "push_video.html", record, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def post(request: HttpRequest, desk: Desk, post_id: int) -> HttpResponse:
    """Show a pushed post; change its draft, which sends its ads to review again."""
    facts = content.pushed_post(desk.scope, post_id)
    if request.method != "POST":
        return _answer(request, desk, facts, _form_of(facts))
    form = DraftForm(request.POST, sounds=_sounds())
    if form.is_valid():
        try:
            ads = drafts.edit(desk.scope, post_id, form.draft(facts.video_id), now=desk.now)
        except NotFound:
            raise
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            told = _("Saved, and its ads are in review again.") if ads else _("Saved.")
            messages.success(request, told)
            return redirect("advertiser:pushed_post", post_id)
    return _answer(request, desk, facts, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def discard(request: HttpRequest, desk: Desk, post_id: int) -> HttpResponse:
    """Delete a draft."""
    pushes.discard(desk.scope, post_id, now=desk.now)
    messages.success(request, _("The draft is deleted. Its video is still yours."))
    return redirect("advertiser:pushed")


def _answer(
    request: HttpRequest, desk: Desk, facts: PostFacts, form: DraftForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    record = _row(facts, _consents(desk).get(facts.id))
    return answer(request, desk, "pushed_post.html", record, form=form, status=status)


def _form_of(facts: PostFacts) -> DraftForm:
    own_sound = facts.sound_profile_id or not facts.sound_id
    return DraftForm(
        sounds=_sounds(),
        initial={
            "caption": facts.caption,
            "sound_id": "" if own_sound else facts.sound_id,
            "publish_as": facts.publish_as.value if facts.publish_as else None,
            "disclosure": facts.disclosure.value,
            "ai_generated": facts.ai_generated,
        },
    )


def _blocked(identity: PushIdentity) -> bool:
    """Say whether something other than the terms, which the form itself asks for, stands in the way."""
    return any(link != "terms_agreement_required" for link in identity.missing)


def _sounds() -> tuple[tuple[int, str], ...]:
    return tuple((one.id, one.title) for one in content.library(SOUNDS_OFFERED).items if one.commercial)


def _consents(desk: Desk) -> dict[int, int]:
    """Return the consent of each post that the account holds, of the newest."""
    items = authorisation.library(desk.scope, SOUNDS_OFFERED, desk.now).items
    return {item.post.id: item.consent_id for item in items}


def _row(facts: PostFacts, consent_id: int | None) -> PushedRow:
    gone = facts.unavailable_reason in {Unavailable.DELETED.value, Unavailable.REMOVED.value}
    return PushedRow(
        post_id=facts.id,
        consent_id=consent_id,
        title=words.title_of(facts.caption),
        caption=facts.caption,
        speaker=f"@{facts.handle}",
        poster_url=facts.poster_url,
        video_url=facts.video_url,
        pictures=facts.pictures,
        sound_url=facts.sound_url,
        duration_ms=facts.duration_ms,
        state=_state(facts),
        draft=facts.draft and not gone,
        usable=not gone and consent_id is not None,
        publish_as=str(_PUBLISHED_AS[facts.publish_as.value]) if facts.publish_as else "",
        disclosed=disclosures.words_of(facts.disclosure),
        pushed_at=facts.created_at,
    )


def _state(facts: PostFacts) -> Badge:
    if facts.unavailable_reason == Unavailable.DELETED.value:
        return Badge(_("Deleted"), Tone.BAD)
    if facts.unavailable_reason == Unavailable.REMOVED.value:
        return Badge(_("Removed by moderators"), Tone.BAD)
    if facts.draft:
        return Badge(_("Draft: published with the approval of an ad"), Tone.BUSY)
    if not facts.available:
        return Badge(_("Waits for the creator to make it public"), Tone.WARN)
    return Badge(_("Published in ads alone") if facts.ads_only else _("Published"), Tone.GOOD)
