"""Addresses that no link of the walked town leads to, and why. A page that is missing here and unreached fails the test."""

from typing import Final

# allauth's own names of pages that have ours, and doors that need a key from a letter.
ELSEWHERE: Final = frozenset(
    {
        "account_confirm_email",
        "account_confirm_login_code",
        "account_login",
        "account_logout",
        "account_reset_password_from_key",
        "account_set_password",
        "account_signup",
        "logout",
    }
)
# Read by programs, or downloaded.
FILES: Final = frozenset(
    {
        "advertiser:authorisations_csv",
        "advertiser:business_access_receipt",
        "advertiser:consent_receipt",
        "advertiser:credit_note_csv",
        "advertiser:import_csv",
        "advertiser:link_receipt",
        "advertiser:report_file",
        "advertiser:reports_csv",
        "advertiser:request_receipt",
        "advertiser:statement_csv",
        "advertiser:statement_day",
        "advertiser:table_export",
        "business",
        "business-comment-file",
        "business-openapi",
        "business-report-file",
        "creator:access_receipt",
        "creator:consent_receipt",
        "creator:request_receipt",
        "creator:standing_receipt",
        "healthz",
        "media",
        "metrics",
        "platform",
        "platform-docs",
        "platform-openapi",
        "receipt_keys",
        "transparency:export",
        "viewer:manifest",
        "viewer:module",
        "viewer:script",
        "viewer:subtitles",
        "viewer:worker",
    }
)
# Parts that scripts put into a page.
PARTS: Final = frozenset(
    {
        "advertiser:bulk_state",
        "advertiser:creative_state",
        "advertiser:import_state",
        "advertiser:pixel_events",
        "advertiser:places",
        "advertiser:table_edit",
        "advertiser:table_row",
        "advertiser:table_totals",
        "creator:video_state",
        "viewer:comments",
        "viewer:feed_next",
        "viewer:feed_state",
        "viewer:post_why",
    }
)
# About something that the walked town has none of: furnish it with one, and take the name from here.
UNFURNISHED: Final = frozenset(
    {
        "advertiser:ad_appeal",
        "advertiser:audience",
        "advertiser:bulk_edit",
        "advertiser:business_creator",
        "advertiser:business_partner",
        "advertiser:business_webhook",
        "advertiser:captions",
        "advertiser:comments",
        "advertiser:creative_video",
        "advertiser:creator",
        "advertiser:credit_note",
        "advertiser:import",
        "advertiser:invoice",
        "advertiser:pixel",
        "advertiser:pixel_secret",
        "advertiser:push_video",
        "advertiser:pushed_post",
        "advertiser:report_unsubscribe",
        "advertiser:request",
        "advertiser:saved_report",
        "advertiser:webhook",
        "authorise",
        "authorise_creator",
        "creator:access",
        "creator:campaign",
        "creator:consent_extend",
        "creator:invitations",
        "creator:request",
        "creator:start",
        "creator:video",
        "creator:video_cover",
        "creator:webhook",
        "developers_app",
        "developers_app_revoke",
        "developers_app_secret",
        "operator:appeal",
        "operator:caption",
        "operator:decision",
        "operator:finding",
        "operator:invoice",
        "operator:refund",
        "operator:reported",
        "operator:sound",
        "operator:transfer",
        "shared_preview",
        "transparency:ad",
        "viewer:hashtag",
        "viewer:sound",
    }
)
NAMES: Final = ELSEWHERE | FILES | PARTS | UNFURNISHED
