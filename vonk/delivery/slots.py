"""The door for slots: from a request's JSON to decisions, tokens and an answer's JSON."""

import time
from typing import Annotated, ClassVar, Final

import msgspec

from vonk.core import ids
from vonk.core.errors import Actor, Invalid, Limited, Unavailable
from vonk.core.limits import SLOTS_PER_DECISION_MAX
from vonk.core.taxonomy import COUNTRIES, INTERESTS
from vonk.delivery import targets
from vonk.delivery.cells import Row
from vonk.delivery.counters import Promise
from vonk.delivery.decide import Decision, decide
from vonk.delivery.http import Answer, BodyMalformed, json_answer
from vonk.delivery.measures import add
from vonk.delivery.runtime import Runtime
from vonk.delivery.snapshot import AdDocument, PostDocument
from vonk.delivery.targets import Viewer
from vonk.events.records import Claims, DecisionRecord
from vonk.events.tokens import TOKEN_CHARS_MAX, ViewerClaims

VIEWERS_REMEMBERED_MAX: Final = 20_000
Short = Annotated[str, msgspec.Meta(max_length=32)]
Keyword = Annotated[str, msgspec.Meta(max_length=64)]


class SlotWanted(msgspec.Struct, frozen=True):
    """One place in a feed. ``floor_micros``: the least price the host takes, for a thousand impressions."""

    position: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    formats: Annotated[tuple[Short, ...], msgspec.Meta(max_length=10)] = ("video",)
    floor_micros: Annotated[int, msgspec.Meta(ge=0, le=10**15)] = 0


class Context(msgspec.Struct, frozen=True):
    """What the host knows of the moment. Fills only what the viewer's token leaves empty, and the device."""

    device: Short = ""
    language: Short = ""
    country: Short = ""
    keywords: Annotated[tuple[Keyword, ...], msgspec.Meta(max_length=50)] = ()


class SlotsWanted(msgspec.Struct, frozen=True):
    """One request."""

    viewer: Annotated[str, msgspec.Meta(max_length=TOKEN_CHARS_MAX)]
    slots: list[SlotWanted]
    surface: Short = "for_you"
    context: Context = Context()


class ShownPost(msgspec.Struct, frozen=True):
    """The post of an ad, as a feed draws it; see PostDocument."""

    id: str
    profile_id: str
    handle: str
    display_name: str
    avatar_url: str
    caption: str
    sound_id: str
    sound_title: str
    video_url: str
    poster_url: str
    duration_ms: int
    width: int
    height: int
    may_duet: bool
    may_stitch: bool
    ai_generated: bool
    disclosure: str


class ShownAd(msgspec.Struct, frozen=True):
    """An ad, as a feed draws it; see AdDocument. ``spark``: under a creator's consent."""

    id: str
    ad_group_id: str
    campaign_id: str
    account_id: str
    post_id: str
    spark: bool
    call_to_action: str
    landing_url: str
    advertiser_name: str
    payer_name: str
    post: ShownPost


class Shown(msgspec.Struct, frozen=True, gc=False):
    """A slot with an ad."""

    decision_id: str
    position: int
    ad: msgspec.Raw
    bills: str
    price_micros: int
    currency: str
    token: str
    click_id: str  # For the landing page's address, where conversions are to be found by it.


class NotShown(msgspec.Struct, frozen=True, gc=False):
    """A slot without one."""

    decision_id: str
    position: int
    reason: str
    refusals: dict[str, int]
    ad: None = None


class Slots(msgspec.Struct, frozen=True, gc=False):
    """The answer: one entry for each slot wanted, in that order."""

    slots: list[Shown | NotShown]


class TooManySlots(Invalid):
    """More slots than one screenful needs."""

    code = "too_many_slots"
    message = "A request has 1 to %(slots_max)d slots."
    remedy = "Ask for the next slots in another request."


class IndexNotLoaded(Unavailable):
    """The ad server has just started and has not yet read what may be shown."""

    code = "index_not_loaded"
    message = "The ad server does not know yet what may be shown."
    cause = "It has just started, and the control database has not answered."
    remedy = "Ask again in a moment; start the site if it is not running."
    actor: ClassVar[Actor] = Actor.OPERATOR


class PromisesFull(Limited):
    """More decisions are open than can be held."""

    code = "promises_full"
    message = "Too many decisions wait for their events."
    cause = "Slots are asked for and never shown."
    remedy = "Ask for a slot only when it is about to be shown."
    retry_after_seconds = 5


class _Ask(msgspec.Struct, frozen=True, gc=False):
    """What all slots of one request share."""

    surface: str
    viewer: Viewer
    claims: ViewerClaims
    matched: int
    now_ms: int
    audience: tuple[str, str, str]  # As a showing's token tells them: country, age band, gender.


_decode: Final = msgspec.json.Decoder(SlotsWanted).decode
_encode: Final = msgspec.json.Encoder().encode


class SlotDoor:
    """Answers requests for decisions from a runtime's memory."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._viewers: dict[str, ViewerClaims] = {}
        self._generation = runtime.signer.generation

    def answer(self, body: bytes) -> Answer:
        """Return the answer to ``POST /v1/decisions``; raises a Problem with its reason."""
        started = time.perf_counter()
        wanted = self._read(body)
        runtime = self._runtime
        if not runtime.loaded:
            raise IndexNotLoaded
        runtime.committer.check_room(len(wanted.slots))
        if runtime.counters.promises + len(wanted.slots) > runtime.options.promises_max:
            raise PromisesFull
        now_ms = runtime.clock.now_ms()
        claims = self._claims(wanted.viewer, now_ms)
        viewer = _viewer(claims, wanted.context)
        runtime.catch_up(now_ms)
        ask = _Ask(wanted.surface, viewer, claims, runtime.index.match(viewer), now_ms, _audience(viewer, claims))
        shown: set[int] = set()
        slots = [self._slot(slot, ask, shown) for slot in wanted.slots]
        encoded = _encode(Slots(slots))
        runtime.measures.decided(time.perf_counter() - started)
        return json_answer(encoded)

    def _read(self, body: bytes) -> SlotsWanted:
        try:
            wanted = _decode(body)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise BodyMalformed(reason=str(error)) from error
        if not 0 < len(wanted.slots) <= SLOTS_PER_DECISION_MAX:
            raise TooManySlots(slots_max=SLOTS_PER_DECISION_MAX)
        return wanted

    def _claims(self, token: str, now_ms: int) -> ViewerClaims:
        """Return what the viewer's token says. Raises TokenInvalid or TokenExpired."""
        signer = self._runtime.signer
        if self._generation != signer.generation:
            self._generation = signer.generation
            self._viewers.clear()  # Some may have been signed with a key that is gone.
        claims = self._viewers.get(token)
        if claims is None or claims.expires_ms <= now_ms:
            claims = signer.read_viewer(token, now_ms=now_ms)
            if len(self._viewers) >= VIEWERS_REMEMBERED_MAX:
                self._viewers.clear()
            self._viewers[token] = claims
        return claims

    def _slot(self, slot: SlotWanted, ask: _Ask, shown: set[int]) -> Shown | NotShown:
        runtime = self._runtime
        decision = decide(
            ask.viewer,
            runtime.index,
            runtime.counters,
            matched=ask.matched if "video" in slot.formats else 0,  # Every ad is a video.
            reserve=max(slot.floor_micros, runtime.options.reserve(ask.surface)),
            shown_campaigns=shown,
            now_ms=ask.now_ms,
            seed=runtime.chance.getrandbits(63),
        )
        decision_id = ids.new_id()
        self._record(decision_id, decision, slot, ask)
        measures = runtime.measures
        for refusal, count in decision.refusals.items():
            add(measures.refusals, refusal, count)
        row = decision.row
        if row is None:
            assert decision.empty is not None
            add(measures.slots, decision.empty)
            refusals = {refusal.value: count for refusal, count in decision.refusals.items()}
            return NotShown(str(decision_id), slot.position, decision.empty.value, refusals)
        add(measures.slots, "shown")
        shown.add(row.ad.campaign_id)
        self._promise(decision_id, decision, row, ask)
        return self._shown(decision_id, decision, row, position=slot.position, ask=ask)

    def _shown(self, decision_id: int, decision: Decision, row: Row, *, position: int, ask: _Ask) -> Shown:
        ad, campaign, post = row.ad, row.campaign.document, row.post.document
        assert campaign is not None, "Eligibility has seen it."
        assert post is not None, "Eligibility has seen it."
        claims = Claims(
            decision_id,
            ad.id,
            ad.ad_group_id,
            ad.campaign_id,
            ad.account_id,
            ad.grant_id,
            ad.post_id,
            post.profile_id,
            ask.viewer.viewer_id,
            row.bills,
            decision.price_micros,
            campaign.currency,
            ask.now_ms,
            ask.surface,
            post.duration_ms,
            ask.claims.owns(profile_id=post.profile_id, account_id=ad.account_id),
            *ask.audience,
        )
        if row.answer_for is not post:
            row.answer, row.answer_for = _encode(_shown_ad(ad, post)), post
        return Shown(
            str(decision_id),
            position,
            msgspec.Raw(row.answer),
            row.bills,
            decision.price_micros,
            campaign.currency,
            self._runtime.signer.sign_showing(claims),
            self._runtime.signer.seal_click(claims),
        )

    def _promise(self, decision_id: int, decision: Decision, row: Row, ask: _Ask) -> None:
        ad = row.ad
        self._runtime.counters.promise(
            Promise(
                decision_id,
                ask.now_ms + self._runtime.options.reservation_seconds * 1000,
                decision.reserved_micros,
                ask.viewer.viewer_id,
                ad.campaign_id,
                ad.ad_group_id,
                ad.grant_id,
                ad.account_id,
                shown=row.terms.cap is None,  # Without a cap there is no exposure to hold.
            )
        )

    def _record(self, decision_id: int, decision: Decision, slot: SlotWanted, ask: _Ask) -> None:
        """Keep the decision for explanations, and send it on its way to the log."""
        row = decision.row
        ad = row.ad if row is not None else None
        runner_up = decision.runner_up
        record = DecisionRecord(
            decision_id=decision_id,
            at_ms=ask.now_ms,
            viewer_id=ask.viewer.viewer_id,
            surface=ask.surface,
            position=slot.position,
            index_sequence=self._runtime.index.sequence,
            seed=decision.seed,
            candidates=decision.candidates,
            ad_id=ad.id if ad else 0,
            ad_group_id=ad.ad_group_id if ad else 0,
            campaign_id=ad.campaign_id if ad else 0,
            account_id=ad.account_id if ad else 0,
            grant_id=ad.grant_id if ad else 0,
            post_id=ad.post_id if ad else 0,
            bills=row.bills if row is not None else "",
            price_micros=decision.price_micros,
            score_micros=decision.worth // 1000,
            runner_up_id=runner_up.ad.id if runner_up is not None else 0,
            runner_up_micros=decision.runner_up_worth // 1000,
            reason=decision.empty.value if decision.empty is not None else "",
            refusals={refusal.value: count for refusal, count in decision.refusals.items()},
            propensity=decision.propensity,
            probability=row.rate if row is not None else 1.0,
            reserved_micros=decision.reserved_micros,
        )
        self._runtime.recent.add(record)
        self._runtime.committer.offer(record)


def _viewer(claims: ViewerClaims, context: Context) -> Viewer:
    """Return what targeting may look at: the signed token's word before the context's."""
    interests = claims.interests if claims.personalised else ()
    if context.keywords:  # What the page is about is no profile.
        interests += tuple(keyword for keyword in context.keywords if keyword in INTERESTS)
    viewer = Viewer(
        claims.viewer_id,
        claims.country or context.country,
        claims.language or context.language,
        claims.age_band or "",
        claims.gender or "",
        context.device,
        interests,
    )
    if targets.is_minor(viewer.age_band):
        return viewer.contextual()
    return viewer if claims.personalised else viewer.unprofiled()


def _audience(viewer: Viewer, claims: ViewerClaims) -> tuple[str, str, str]:
    """Return what counts by audience may know of the viewer: of age and gender only what an adult agreed to be used.

    A country that is none, from a host's context, is not told.
    """
    country = viewer.country if viewer.country in COUNTRIES else ""
    if not claims.personalised or targets.is_minor(viewer.age_band):
        return country, "", ""
    return country, viewer.age_band, viewer.gender


def _shown_ad(ad: AdDocument, post: PostDocument) -> ShownAd:
    return ShownAd(
        id=str(ad.id),
        ad_group_id=str(ad.ad_group_id),
        campaign_id=str(ad.campaign_id),
        account_id=str(ad.account_id),
        post_id=str(ad.post_id),
        spark=ad.grant_id != 0,
        call_to_action=ad.call_to_action,
        landing_url=ad.landing_url,
        advertiser_name=ad.advertiser_name,
        payer_name=ad.payer_name,
        post=ShownPost(
            id=str(post.id),
            profile_id=str(post.profile_id),
            handle=post.handle,
            display_name=post.display_name,
            avatar_url=post.avatar_url,
            caption=post.caption,
            sound_id=str(post.sound_id),
            sound_title=post.sound_title,
            video_url=post.video_url,
            poster_url=post.poster_url,
            duration_ms=post.duration_ms,
            width=post.width,
            height=post.height,
            may_duet=post.may_duet,
            may_stitch=post.may_stitch,
            ai_generated=post.ai_generated,
            disclosure=post.disclosure,
        ),
    )
