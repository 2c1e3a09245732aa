"""An access's state follows from its instants; what is missing is named, all of it, in the order of mending."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vonk.authorisation.rules.access import (
    LIVE,
    AccessFacts,
    AccessKind,
    AccessScope,
    AccessState,
    Candidate,
    MissingLink,
    Surroundings,
    access_state,
    best_of,
    missing_links,
    missing_of,
)

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
WELL = Surroundings(
    account_suspended=False,
    spark_terms_accepted=True,
    may_edit_campaigns=True,
    profile_banned=False,
    ad_settings_on=True,
)
PULL = AccessScope.EXISTING_POSTS
INSTANTS = st.one_of(st.none(), st.integers(-3, 3).map(lambda days: NOW + timedelta(days=days)))
CANDIDATES = st.builds(
    Candidate,
    access_id=st.integers(1, 9),
    kind=st.sampled_from(AccessKind),
    state=st.sampled_from(AccessState),
    scopes=st.frozensets(st.sampled_from(AccessScope)),
    permitted=st.booleans(),
    terms_agreed=st.booleans(),
)


def facts(**changed: datetime | None) -> AccessFacts:
    values: dict[str, datetime | None] = dict.fromkeys(
        ("granted_at", "refused_at", "withdrawn_at", "ends_at", "ending_at", "revoked_at")
    )
    return AccessFacts(lapses_at=NOW + timedelta(days=30), **{**values, **changed})


def test_from_the_request_to_the_end() -> None:
    later, before = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)
    lapsed = AccessFacts(NOW, None, None, None, None, None, None)
    granted = {"granted_at": before, "ends_at": later}
    assert [
        access_state(one, NOW)
        for one in (
            facts(),
            facts(refused_at=before),
            facts(withdrawn_at=before),
            lapsed,
            facts(**granted),
            facts(**granted, ending_at=later),
            facts(**granted, ending_at=NOW),
            facts(**granted, revoked_at=before),
            facts(granted_at=before, ends_at=NOW),  # The end instant itself is outside.
        )
    ] == ["requested", "refused", "withdrawn", "lapsed", "active", "ending", "revoked", "revoked", "expired"]


@given(INSTANTS, INSTANTS, INSTANTS)
def test_nothing_ended_is_ever_live(
    ends_at: datetime | None, ending_at: datetime | None, revoked_at: datetime | None
) -> None:
    state = access_state(facts(granted_at=NOW, ends_at=ends_at, ending_at=ending_at, revoked_at=revoked_at), NOW)
    over = revoked_at is not None or any(end is not None and end <= NOW for end in (ends_at, ending_at))
    assert (state in LIVE) == (not over)


@given(st.lists(CANDIDATES, max_size=5))
def test_the_nearest_access_is_judged(candidates: list[Candidate]) -> None:
    best = best_of(candidates, PULL)
    if best is None:
        assert missing_links(WELL, None) == (MissingLink.ACCESS_MISSING,)
        return
    assert len(missing_of(best, PULL)) == min(len(missing_of(one, PULL)) for one in candidates)
    works = any(
        one.state is AccessState.ACTIVE and PULL in one.scopes and one.permitted and one.terms_agreed
        for one in candidates
    )
    assert (missing_links(WELL, best) == ()) == works


def test_everything_that_is_missing_is_named_at_once() -> None:
    around = Surroundings(
        account_suspended=True,
        spark_terms_accepted=False,
        may_edit_campaigns=False,
        profile_banned=True,
        ad_settings_on=False,
    )
    candidate = Candidate(1, AccessKind.BUSINESS, AccessState.ACTIVE, frozenset(), permitted=False, terms_agreed=False)
    assert missing_links(around, candidate) == (
        MissingLink.ACCOUNT_SUSPENDED,
        MissingLink.PROFILE_BANNED,
        MissingLink.SCOPE_MISSING,
        MissingLink.PERMISSION_MISSING,
        MissingLink.TERMS_NOT_AGREED,
        MissingLink.AD_SETTINGS_OFF,
        MissingLink.ACCOUNT_ROLE_MISSING,
        MissingLink.SPARK_TERMS_REQUIRED,
    )
