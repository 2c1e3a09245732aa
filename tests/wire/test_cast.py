"""Every operation, tried as each of the cast. A new operation without a row here fails."""

from typing import Any

import msgspec
import pytest
from django.db import transaction

from tests.wire.conftest import CAST, Api, Town
from vonk.control.models import AuditEntry, IdempotencyKey, Publication
from vonk.wire.operation import ACCOUNT_RIGHTS, OPERATIONS, PLATFORM_RIGHTS, Operation
from vonk.wire.platform import urls

assert urls.PARTS, "Importing the addresses declares the operations."

EVERYBODY = CAST
PEOPLE = CAST[1:]
DAYS = {"start_date": "2026-11-01", "end_date": "2026-11-30"}
HOURS = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-30T00:00:00Z"}
AD_GROUP = {
    "name": "n",
    "billing": "cpm",
    "bid_micros": 5_000_000,
    "budget": {"mode": "daily", "micros": 20_000_000},
    "targeting": {"countries": ["NL"]},
}
AD = {"name": "n", "call_to_action": "shop_now", "landing_url": "https://example.org/", "consent_id": "{consent_id}"}


class Row(msgspec.Struct, frozen=True):
    """Who may call, with what; the others are refused with ``refused``, or as the operation's right says."""

    body: Any = None
    may: tuple[str, ...] | None = None
    ids: dict[str, str] = {}
    query: dict[str, str] = {}
    refused: int | None = None
    raw: bytes | None = None


CLEO = ("cleo",)
ADVERTISER = {"advertiser_id": "account_id"}
APPROVED = {"refund_id": "approved_refund_id"}
ROWS: dict[str, Row] = {
    "sign_ups.create_sign_up": Row(
        {
            "email": "new{who}@example.org",
            "password": "a long sentence nobody guesses",
            "handle": "new{who}",
            "display_name": "New",
            "language": "en",
            "country": "NL",
            "born_on": "1990-05-17",
        }
    ),
    "sign_ups.create_session": Row({"email": "vik@example.org", "password": "a long sentence nobody guesses"}),
    "tokens.create_token": Row({"label": "phone"}, PEOPLE),
    "tokens.list_tokens": Row(may=PEOPLE),
    "tokens.delete_token": Row(may=("vik",), refused=404),
    "me.read_me": Row(may=PEOPLE),
    "me.set_preferences": Row({"language": "nl", "country": "NL"}, PEOPLE),
    "me.read_profile": Row(may=PEOPLE),
    "me.set_profile": Row({"display_name": "Somebody"}, PEOPLE),
    "me.set_avatar": Row(may=(), refused=422, raw=b"no picture"),
    "erasures.erase_me": Row({"email": "{who}@example.org", "password": "a wrong one"}, may=(), refused=403),
    "erasures.erase_person": Row(),
    "erasures.read_erasure": Row(ids={"person_id": "erased_person_id"}),
    "videos.create_video": Row(may=PEOPLE, raw=b"not yet looked at"),
    "videos.list_videos": Row(may=PEOPLE),
    "videos.read_video": Row(may=CLEO, refused=404),
    "videos.create_account_video": Row(may=("ada",), raw=b"not yet looked at"),
    "videos.list_account_videos": Row(),
    "videos.read_account_video": Row(ids={"video_id": "account_video_id"}),
    "sounds.list_sounds": Row(),
    "sounds.create_sound": Row({"title": "Wind"}),
    "posts.create_post": Row({"video_id": "{spare_video_id}", "caption": "New"}, CLEO, refused=404),
    "posts.read_post": Row(),
    "posts.list_own_posts": Row(may=PEOPLE),
    "posts.read_own_post": Row(may=CLEO, refused=404),
    "posts.set_visibility": Row({"visibility": "private"}, CLEO, refused=404),
    "posts.set_caption": Row({"caption": "New"}, CLEO, {"post_id": "plain_post_id"}, refused=404),
    "posts.set_reuse": Row({"may_duet": False, "may_stitch": False}, CLEO, refused=404),
    "posts.delete_post": Row(may=CLEO, refused=404),
    "posts.remove_post": Row({"reason": "offensive"}),
    "posts.restore_post": Row(),
    "posts.list_posts": Row(),
    "posts.create_creative": Row(
        {"video_id": "{account_video_id}", "identity_id": "{identity_id}", "caption": "Fresh bread"}
    ),
    "feed.read_feed": Row(),
    "feed.read_profile": Row(ids={"handle": "cleo"}),
    "feed.read_tag": Row(ids={"tag": "bread"}),
    "feed.read_sound": Row(),
    "engagement.like": Row({}, PEOPLE),
    "engagement.unlike": Row(may=PEOPLE),
    "engagement.favourite": Row({}, PEOPLE),
    "engagement.unfavourite": Row(may=PEOPLE),
    "engagement.share": Row({}, PEOPLE),
    "engagement.list_comments": Row(),
    "engagement.comment": Row({"text": "Lovely!"}, PEOPLE),
    "engagement.delete_comment": Row(may=("vik",), refused=404),
    "engagement.remove_comment": Row(),
    "engagement.hide_comment": Row(may=CLEO, refused=404),
    "engagement.show_comment": Row(may=CLEO, refused=404),
    "engagement.follow": Row({}, ("vik", "ada", "olu", "mallory"), refused=409),
    "engagement.unfollow": Row(may=PEOPLE),
    "ad_settings.read_ad_settings": Row(may=PEOPLE),
    "ad_settings.set_ad_settings": Row({"on": True}, PEOPLE),
    "ad_settings.read_post_authorisation": Row(may=CLEO, refused=404),
    "ad_settings.set_post_authorisation": Row({"on": True}, CLEO, refused=404),
    "consents.create_consent": Row({"duration_days": 30}, CLEO, refused=404),
    "consents.list_consents": Row(may=CLEO, refused=404),
    "consents.extend_consent": Row({"duration_days": 7}, CLEO, refused=404),
    "consents.revoke_consent": Row(may=CLEO, refused=404),
    "consents.delete_consent": Row(may=CLEO, ids={"consent_id": "unused_consent_id"}, refused=404),
    "consents.reveal_code": Row(may=CLEO, refused=404),
    "consents.read_record": Row(may=PEOPLE),
    "consents.read_record_of_post": Row(may=CLEO, refused=404),
    "accounts.create_account": Row(
        {
            "organisation_name": "o",
            "name": "n",
            "currency": "EUR",
            "time_zone": "UTC",
            "country": "NL",
            "advertiser_name": "a",
            "payer_name": "p",
        },
        PEOPLE,
    ),
    "accounts.list_accounts": Row(may=PEOPLE),
    "accounts.read_account": Row(),
    "accounts.accept_terms": Row({"version": "2026-11"}),
    "accounts.create_top_up": Row({"amount_micros": 50_000_000, "provider_reference": "second"}),
    "accounts.read_balance": Row(),
    "accounts.list_transfers": Row(),
    "accounts.list_trail": Row(),
    "accounts.read_reader_token": Row(),
    "creative_library.preview": Row({"code": "{fresh_code}"}),
    "creative_library.redeem": Row({"code": "{fresh_code}"}),
    "creative_library.list_library": Row(),
    "creative_library.reveal": Row(),
    "creative_library.release": Row(ids={"consent_id": "ended_consent_id"}),
    "identities.create_identity": Row({"display_name": "Another"}),
    "identities.list_identities": Row(),
    "campaigns.create_campaign": Row({"name": "n", "objective": "traffic"}),
    "campaigns.list_campaigns": Row(),
    "campaigns.read_campaign": Row(),
    "campaigns.update_campaign": Row({"name": "m", "budget": {"mode": "daily", "micros": 90_000_000}}),
    "campaigns.set_campaign_enabled": Row({"enabled": False}),
    "campaigns.delete_campaign": Row(),
    "ad_groups.create_ad_group": Row(AD_GROUP),
    "ad_groups.list_ad_groups": Row(query={"page_size": "5"}),
    "ad_groups.read_ad_group": Row(),
    "ad_groups.update_ad_group": Row({"bid_micros": 6_000_000, "cap": {"impressions": 3, "window_seconds": 86_400}}),
    "ad_groups.set_ad_group_enabled": Row({"enabled": False}),
    "ad_groups.delete_ad_group": Row(),
    "ads.create_ad": Row(AD),
    "ads.create_launch": Row({"campaign": {"name": "n", "objective": "traffic"}, "ad_group": AD_GROUP, "ad": AD}),
    "ads.list_ads": Row(),
    "ads.read_ad": Row(),
    "ads.read_preview": Row(),
    "ads.list_ad_reviews": Row(),
    "ads.update_ad": Row({"landing_url": "https://example.org/new"}),
    "ads.set_ad_enabled": Row({"enabled": False}),
    "ads.delete_ad": Row(),
    "pixels.create_pixel": Row({"name": "Shop"}),
    "pixels.list_pixels": Row(),
    "pixels.rename_pixel": Row({"name": "Web shop"}),
    "pixels.rotate_pixel_secret": Row(),
    "pixels.set_pixel_enabled": Row({"enabled": False}),
    "reports.read_report": Row(query=DAYS),
    "reports.read_conversions": Row(query=DAYS),
    "reports.read_statuses": Row(),
    "reports.read_post_numbers": Row(may=CLEO, refused=404),
    "reports.list_ads_of_post": Row(may=CLEO, refused=404),
    "reviews.list_reviews": Row(),
    "reviews.read_review": Row(),
    "reviews.approve": Row(),
    "reviews.reject": Row({"reasons": ["misleading_claim"], "note": "Prove it."}),
    "funding.read_terms": Row(),
    "funding.list_vouchers": Row(),
    "funding.list_refunds": Row(),
    "funding.create_refund": Row({"amount_micros": 1_000_000, "reason": "Over", "reference": "back {who}"}),
    "funding.list_invoices": Row(),
    "funding.pay_invoice": Row(),
    "funding.list_credit_notes": Row(),
    "funding.list_credit_note_events": Row(),
    "funding.read_statement": Row(query=DAYS),
    "treasury.read_account": Row(ids=ADVERTISER),
    "treasury.set_terms": Row(
        {"mode": "monthly", "credit_limit_micros": 9_000_000_000, "due_days": 14}, ids=ADVERTISER
    ),
    "treasury.create_voucher": Row(
        {"amount_micros": 5_000_000, "reason": "Welcome", "reference": "w", "expires_at": "{voucher_end}"},
        ids=ADVERTISER,
    ),
    "treasury.list_tax_rates": Row(),
    "treasury.set_tax_rate": Row({"rate_ppm": 210_000}, ids={"country": "NL"}),
    "treasury.list_refunds": Row(),
    "treasury.approve_refund": Row(),
    "treasury.decline_refund": Row({"answer": "Your ads are still running."}),
    "treasury.retry_refund": Row(ids=APPROVED),
    "treasury.return_refund": Row({"answer": "Your card is closed."}, ids=APPROVED),
    "treasury.list_holds": Row(),
    "treasury.list_invoices": Row(),
    "treasury.note_invoice_paid": Row({"reference": "statement 12"}),
    "treasury.list_credit_notes": Row(),
    "treasury.list_transfers": Row(),
    "treasury.read_transfer": Row(),
    "findings.create_finding": Row({"positions": [2], "rule": "too_many", "reason": "One machine"}),
    "findings.list_findings": Row(),
    "findings.read_finding": Row(),
    "findings.list_events": Row(),
    "findings.search_events": Row(query=HOURS),
    "findings.read_event": Row(ids={"position": "2"}),
    "event_log.find_events": Row(query={"showing": "7001"}),
    "money.read_revenue": Row(query=DAYS),
    "money.read_earnings": Row(may=PEOPLE, query=DAYS),
    "validity.list_rules": Row(),
    "validity.set_rule": Row({"enabled": False, "values": {}}, ids={"rule": "known_bot"}),
    "validity.reset_rule": Row(ids={"rule": "known_bot"}),
    "validity.read_invalid_traffic": Row(query=DAYS),
    "operating.list_trail": Row(),
    "operating.read_reader_token": Row(),
    "operating.read_clock": Row(),
    "operating.move_clock": Row({"advance_seconds": 60}),
}


def may_call(operation: Operation, row: Row) -> tuple[str, ...]:
    if row.may is not None:
        return row.may
    if operation.may is None:
        return EVERYBODY
    return ("ada",) if operation.may in ACCOUNT_RIGHTS else ("olu",)


def refusal(operation: Operation, row: Row, who: str) -> int:
    if who == "anonymous":
        return 401
    if operation.may in ACCOUNT_RIGHTS:
        return 404
    if operation.may in PLATFORM_RIGHTS:
        return 403
    assert row.refused is not None, f"{operation.name}: how are the others refused?"
    return row.refused


def filled(value: Any, town: Town, who: str) -> Any:
    if isinstance(value, str):
        return value.format(**town.ids, fresh_code=town.fresh_code, who=who) if "{" in value else value
    if isinstance(value, dict):
        return {key: filled(item, town, who) for key, item in value.items()}
    return value


def everything_written() -> tuple[int, int, int]:
    return AuditEntry.objects.count(), Publication.objects.count(), IdempotencyKey.objects.count()


def test_every_operation_has_a_row() -> None:
    assert sorted(ROWS) == sorted(operation.name for operation in OPERATIONS)


@pytest.mark.parametrize("noun", sorted({name.partition(".")[0] for name in ROWS}))
def test_each_of_the_cast_tries(noun: str, town: Town, api: Api) -> None:
    declared = [operation for operation in OPERATIONS if operation.name.startswith(f"{noun}.")]
    for operation in declared:
        if not operation.alone:
            with transaction.atomic():  # One town serves a whole noun: each operation finds it as it was.
                everybody_tries(operation, town, api)
                transaction.set_rollback(True)
    for operation in declared:
        if operation.alone:  # It opens transactions of its own, which have to be outermost.
            everybody_tries(operation, town, api)


def everybody_tries(operation: Operation, town: Town, api: Api) -> None:
    row = ROWS[operation.name]
    path = operation.path.format(
        **{name: town.ids.get(row.ids.get(name, name), row.ids.get(name, "")) for name in operation.parameters}
    )
    allowed = may_call(operation, row)
    for who in sorted(CAST, key=lambda name: name in allowed):  # The refused ones first, who must change nothing.
        before = everything_written()
        answer = api.call(who, operation.method.value, path, filled(row.body, town, who), query=row.query, raw=row.raw)
        told = (operation.name, who, answer.status, str(answer.body))
        if who in allowed:
            assert answer.status == operation.status, told
            assert (answer.body is None) == (operation.answer is None), told
        else:
            assert answer.status == refusal(operation, row, who), told
            assert everything_written() == before, told
