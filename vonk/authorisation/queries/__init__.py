"""Typed reads of authorisation, one file per noun. Nothing here returns a row of a table."""

from vonk.authorisation.queries.creators import ConsentOfPost, Promotion, consents_of_post, promotions
from vonk.authorisation.queries.evidence import HistoryRow, history, record_count, verify_chain
from vonk.authorisation.queries.facts import (
    ConsentView,
    Interval,
    consent_facts,
    live_spans_of,
    original_spans_of,
    spend_caps_of,
)
from vonk.authorisation.queries.given import GivenConsent, given
from vonk.authorisation.queries.held import LibraryItem, ending, library, library_item
from vonk.authorisation.queries.imports import (
    ImportView,
    LineView,
    all_import_lines,
    code_import,
    import_lines,
    imports,
)
from vonk.authorisation.queries.invitations import InvitationView, invitations
from vonk.authorisation.queries.ledger import (
    LedgerFilter,
    LedgerPage,
    LedgerRow,
    LedgerSort,
    LedgerTerms,
    held_by_account,
    ledger,
    ledger_rows,
)
from vonk.authorisation.queries.limits import previews_required
from vonk.authorisation.queries.positions import SwitchesView, SwitchOffView, ad_settings, switches, switching_off_ends
from vonk.authorisation.queries.posts import PostView
from vonk.authorisation.queries.previews import CodePreview, preview
from vonk.authorisation.queries.requests import (
    AskView,
    RequestView,
    ask_view,
    countered_count,
    inbox,
    inbox_count,
    request_of_account,
    request_of_creator,
    sent,
)
from vonk.authorisation.queries.standings import (
    Candidate,
    StandingView,
    candidates,
    standing_consent,
    standing_consents,
)
from vonk.authorisation.queries.terms import AgreementView, TermsView, terms, terms_facts

__all__ = [
    "AgreementView",
    "AskView",
    "Candidate",
    "CodePreview",
    "ConsentOfPost",
    "ConsentView",
    "GivenConsent",
    "HistoryRow",
    "ImportView",
    "Interval",
    "InvitationView",
    "LedgerFilter",
    "LedgerPage",
    "LedgerRow",
    "LedgerSort",
    "LedgerTerms",
    "LibraryItem",
    "LineView",
    "PostView",
    "Promotion",
    "RequestView",
    "StandingView",
    "SwitchOffView",
    "SwitchesView",
    "TermsView",
    "ad_settings",
    "all_import_lines",
    "ask_view",
    "candidates",
    "code_import",
    "consent_facts",
    "consents_of_post",
    "countered_count",
    "ending",
    "given",
    "held_by_account",
    "history",
    "import_lines",
    "imports",
    "inbox",
    "inbox_count",
    "invitations",
    "ledger",
    "ledger_rows",
    "library",
    "library_item",
    "live_spans_of",
    "original_spans_of",
    "preview",
    "previews_required",
    "promotions",
    "record_count",
    "request_of_account",
    "request_of_creator",
    "sent",
    "spend_caps_of",
    "standing_consent",
    "standing_consents",
    "switches",
    "switching_off_ends",
    "terms",
    "terms_facts",
    "verify_chain",
]
