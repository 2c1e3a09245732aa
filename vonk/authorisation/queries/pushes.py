"""For whom an ad account may publish."""

from datetime import datetime

import msgspec

from vonk.authorisation import access_links, access_reach, push_links
from vonk.authorisation.rules.access import LIVE, AccessScope, MissingLink, best_of, missing_links
from vonk.content import queries as content
from vonk.content.queries import ProfileBrief
from vonk.control.scope import Scope


class PushIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """A creator and the access by which the account publishes for them.

    ``missing`` are the codes of what stands in the way, nothing when a post can be pushed; ``may_profile`` says whether
    on the profile too, or in ads alone. ``terms_id`` and ``terms_sha256`` are those of the access, None without.
    """

    profile: ProfileBrief
    access_id: int
    own: bool
    may_profile: bool
    missing: tuple[MissingLink, ...]
    terms_id: int | None
    terms_text: str
    terms_sha256: str


def push_identities(scope: Scope, *, now: datetime) -> tuple[PushIdentity, ...]:
    """Return the creators who gave a live access to publish, the owner's own first, by handle; one access for each."""
    rows = [
        row
        for row in access_links.for_account(scope).select_related("terms")
        if access_reach.state_of(row, now) in LIVE
        and {AccessScope.PUBLISH_ADS_ONLY, AccessScope.PUBLISH_PROFILE} & access_reach.scopes_of(row)
    ]
    by_profile: dict[int, list[int]] = {}
    for row in rows:
        assert row.profile_id is not None, "Only accesses to a profile come back."
        by_profile.setdefault(row.profile_id, []).append(row.pk)
    known = {row.pk: row for row in rows}
    candidates = {one.access_id: one for one in push_links.candidates(scope, rows, now)}
    briefs = content.profile_briefs(by_profile)
    found = []
    for profile_id, access_ids in by_profile.items():
        best = best_of((candidates[access_id] for access_id in access_ids), AccessScope.PUBLISH_ADS_ONLY)
        assert best is not None, "There is one at least."
        access = known[best.access_id]
        around = access_links.surroundings(scope, profile_id)
        found.append(
            PushIdentity(
                profile=briefs[profile_id],
                access_id=access.pk,
                own=access_reach.is_own(access),
                may_profile=AccessScope.PUBLISH_PROFILE in best.scopes,
                missing=missing_links(around, best, AccessScope.PUBLISH_ADS_ONLY),
                terms_id=access.terms_id,
                terms_text=access.terms.text if access.terms is not None else "",
                terms_sha256=access.terms.sha256 if access.terms is not None else "",
            )
        )
    return tuple(sorted(found, key=lambda one: (not one.own, one.profile.handle)))
