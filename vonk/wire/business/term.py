"""Terms that an ad account agrees to. Of those that v1.3 knows none is asked for here; the Spark terms are (ours)."""

from typing import Final, Literal

from django.conf import settings

from vonk.control.scope import Right
from vonk.identity import queries as identity
from vonk.identity.actions import accounts
from vonk.identity.rules.spark_terms import SPARK_TERMS
from vonk.wire.business.asked import AskedOfAccount
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Given
from vonk.wire.business.operation import Call, operation

SPARK_ADS: Final = "SparkAds"
EXAMPLE: Final = {"advertiser_id": "1838000000000000001", "term_type": SPARK_ADS}

TermType = Literal["InstantPage", "LeadAds", "Pixel", "ReachFrequency", "SparkAds"]


class TermAsked(AskedOfAccount, frozen=True):
    """Which agreement. Only SparkAds is one here."""

    term_type: TermType


class TermTextAsked(TermAsked, frozen=True):
    """``lang``: there is only the English text."""

    lang: Literal["EN", "JA", "ZH"] | None = None


class TermText(Given, frozen=True):
    """The agreement's text, a clause a line."""

    terms: str


class TermState(Given, frozen=True):
    """Whether the account agreed to the version in force."""

    confirmed: bool


@operation("GET", "term/get", may=Right.ACCOUNT_VIEW, summary="Read an agreement", example=EXAMPLE)
def read(call: Call[TermTextAsked]) -> TermText:
    """The Spark terms in force. Codes can be redeemed only under them."""
    _require_known(call.asked.term_type)
    clauses = [f"{number}. {title} {text}" for number, (title, text) in enumerate(SPARK_TERMS, 1)]
    return TermText(terms="\n".join((f"Spark terms, version {settings.VONK.spark_terms_version}", *clauses)))


@operation(
    "GET", "term/check", may=Right.ACCOUNT_VIEW, summary="See whether an agreement is confirmed", example=EXAMPLE
)
def check(call: Call[TermAsked]) -> TermState:
    """True once the version in force was confirmed, here or on the site."""
    _require_known(call.asked.term_type)
    version = identity.account(call.scope).spark_terms_version
    return TermState(confirmed=version == settings.VONK.spark_terms_version)


@operation("POST", "term/confirm", may=Right.ACCOUNT_EDIT, summary="Confirm an agreement", example=EXAMPLE)
def confirm(call: Call[TermAsked]) -> None:
    """Confirms the version in force; a second time changes nothing."""
    _require_known(call.asked.term_type)
    accounts.accept_spark_terms(call.scope, version=settings.VONK.spark_terms_version, now=call.now)


def _require_known(term_type: str) -> None:
    if term_type != SPARK_ADS:
        raise ParameterInvalid(
            field="term_type", reason=f"this platform asks for no such agreement, only for {SPARK_ADS}"
        )
