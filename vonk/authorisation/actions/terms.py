"""Offer terms and agree to them. Neither is ever changed: other terms are new terms."""

from datetime import datetime

from vonk.authorisation.actions import records
from vonk.authorisation.errors.terms import TermsAgreementRequired, TermsChanged, TermsCurrencyMismatch
from vonk.authorisation.models import Consent, ConsentChain, PermissionRequest, Terms, TermsAgreement
from vonk.authorisation.rules import Act, Occasion, Parties, Side, TermsDraft
from vonk.authorisation.rules import terms as rules
from vonk.content import queries as content
from vonk.control import audit
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.identity.queries import account_facts


def offer(
    scope: Scope,
    chain: ConsentChain,
    *,
    account_id: int | None,
    side: Side,
    draft: TermsDraft,
    occasion: Occasion,
    post_id: int | None = None,
    request: PermissionRequest | None = None,
    supersedes: Terms | None = None,
    now: datetime,
) -> Terms:
    """Word terms for a grant of the locked chain's profile; the acting person's side agrees by offering.

    ``account_id`` None: for whichever account redeems the code, or uses the access. FieldInvalid names the field of ``terms`` at fault;
    TermsCurrencyMismatch when amounts are not in the account's currency.
    """
    require_sound(draft, now)
    draft = rules.tidy(draft)
    account = account_facts(account_id) if account_id is not None else None
    if account is not None:
        require_currency(draft.currency, account.currency)
    profile = content.profile_briefs([chain.profile_id])[chain.profile_id]
    text = rules.render(
        draft,
        Parties(profile.id, profile.handle, account_id, account.name if account is not None else "", occasion),
    )
    terms = Terms.objects.create(
        profile_id=chain.profile_id,
        account_id=account_id,
        payment=draft.payment.value,
        fee_micros=draft.fee_micros,
        share_ppm=draft.share_ppm,
        currency=draft.currency,
        spend_cap_micros=draft.spend_cap_micros,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        countries=list(draft.countries),
        categories=list(draft.categories),
        edits=[edit.value for edit in draft.edits],
        notice_days=draft.notice_days,
        spend_shown=draft.spend_shown,
        note=draft.note,
        text=text,
        sha256=rules.sha256(text),
        offered_by=side.value,
        made_at=now,
        supersedes=supersedes,
    )
    records.append(
        chain, scope, Act.TERMS_OFFERED, at=now, post_id=post_id, request=request, detail=_detail(terms, side)
    )
    audit.record(scope, "terms.offered", "terms", terms.pk, at=now, account_id=account_id, detail=_detail(terms, side))
    _agree(terms, side, account_id=account_id, person_id=scope.person, now=now)
    return terms


def agree(
    scope: Scope,
    chain: ConsentChain,
    terms: Terms,
    *,
    side: Side,
    sha256: str,
    account_id: int | None = None,
    person_id: int | None = None,
    post_id: int | None = None,
    consent: Consent | None = None,
    request: PermissionRequest | None = None,
    now: datetime,
) -> bool:
    """Say yes to the terms for one side; return whether this was the first time. TermsChanged for another text's hash.

    ``account_id`` is the agreeing ad account, of the advertiser's side. ``person_id`` is who said so beforehand, in a
    standing consent; otherwise the acting person.
    """
    if sha256 != terms.sha256:
        raise TermsChanged
    who = person_id if person_id is not None else scope.person
    if not _agree(terms, side, account_id=account_id, person_id=who, now=now):
        return False
    detail = _detail(terms, side) | ({"account": str(account_id)} if account_id is not None else {})
    records.append(
        chain, scope, Act.TERMS_AGREED, at=now, post_id=post_id, consent=consent, request=request, detail=detail
    )
    audit.record(scope, "terms.agreed", "terms", terms.pk, at=now, account_id=account_id, detail=detail)
    return True


def require_sound(draft: TermsDraft, now: datetime) -> None:
    """Raise FieldInvalid, with the field of ``terms`` at fault, unless the draft may be offered."""
    wrong = rules.fault(draft, now)
    if wrong is not None:
        raise FieldInvalid(f"terms.{wrong.field}", wrong.reason)


def require_agreed(terms: Terms, account_id: int) -> None:
    """Raise TermsAgreementRequired unless the creator and this account have agreed to the terms."""
    sides = {
        agreement.side
        for agreement in TermsAgreement.objects.filter(terms=terms)
        if agreement.side == Side.CREATOR or agreement.account_id == account_id
    }
    if sides != {Side.CREATOR.value, Side.ADVERTISER.value}:
        raise TermsAgreementRequired(terms_id=terms.pk, sha256=terms.sha256)


def require_currency(terms_currency: str, account_currency: str) -> None:
    """Raise TermsCurrencyMismatch when the terms have amounts in another currency than the account's."""
    if terms_currency not in {"", account_currency}:
        raise TermsCurrencyMismatch(terms=terms_currency, account=account_currency)


def _agree(terms: Terms, side: Side, *, account_id: int | None, person_id: int, now: datetime) -> bool:
    of_account = account_id if side is Side.ADVERTISER else None
    _, made = TermsAgreement.objects.get_or_create(
        terms=terms,
        side=side.value,
        account_id=of_account,
        defaults={"person_id": person_id, "sha256": terms.sha256, "at": now},
    )
    return made


def _detail(terms: Terms, side: Side) -> dict[str, str | int | bool | None]:
    return {"terms": str(terms.pk), "sha256": terms.sha256, "side": side.value}
