"""Every operation, tried as each of the cast. A new operation without a row here fails."""

from typing import Any

import msgspec
import pytest
from django.db import transaction

from tests.area.content.picturing import jpeg, wav
from tests.wire import appealing, hosting
from tests.wire.conftest import CAST, Api, Town
from vonk.control.models import AuditEntry, IdempotencyKey, Publication
from vonk.wire.operation import ACCOUNT_RIGHTS, BUSINESS_RIGHTS, HOST_RIGHTS, OPERATIONS, PLATFORM_RIGHTS, Operation
from vonk.wire.platform import urls

assert urls.PARTS, "Importing the addresses declares the operations."

HOST = "host"  # A host app's server, with its key.
EVERYBODY = (*CAST, HOST)
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
MEMBER = {"person_id": "member_id"}
ADVERTISER = {"advertiser_id": "account_id"}
ASKED = {"access_id": "asked_access_id"}
APPROVED = {"refund_id": "approved_refund_id"}
PUSHED, PUBLISHED = {"post_id": "pushed_post_id"}, {"post_id": "published_post_id"}
CARED = {"consent_id": "cared_consent_id", "comment_id": "cared_comment_id"}
PROPOSED, REVIEWED = {"caption_id": "proposed_caption_id"}, {"caption_id": "reviewed_caption_id"}
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
    "me.set_privacy": Row({"private": True}, PEOPLE),
    "me.set_avatar": Row(may=(), refused=422, raw=b"no picture"),
    "notifications.list_notifications": Row(may=PEOPLE),
    "notifications.mark_notifications_seen": Row({"until": None}, PEOPLE),
    "erasures.erase_me": Row({"email": "{who}@example.org", "password": "a wrong one"}, may=(), refused=403),
    "erasures.erase_person": Row(),
    "erasures.read_erasure": Row(ids={"person_id": "erased_person_id"}),
    "videos.create_video": Row(may=PEOPLE, raw=b"not yet looked at"),
    "videos.list_videos": Row(may=PEOPLE),
    "videos.read_video": Row(may=CLEO, refused=404),
    "videos.create_account_video": Row(may=("ada",), raw=b"not yet looked at"),
    "videos.list_account_videos": Row(),
    "videos.read_account_video": Row(ids={"video_id": "account_video_id"}),
    "pictures.create_picture": Row(may=PEOPLE, raw=jpeg(9, 12).getvalue()),
    "pictures.read_picture": Row(may=CLEO, refused=404),
    "pictures.delete_picture": Row(may=CLEO, refused=404),
    "pictures.create_image": Row(may=("ada",), raw=jpeg(9, 12).getvalue()),
    "pictures.read_image": Row(may=(), ids={"image_id": "picture_id"}, refused=404),  # It is no library's.
    "sounds.list_sounds": Row(),
    "sounds.create_sound": Row({"title": "Wind"}),
    "sounds.set_rights": Row({"commercial": True, "countries": ["NL"]}),
    "sounds.set_audio": Row(raw=wav(0.5).getvalue()),
    "posts.create_post": Row({"video_id": "{spare_video_id}", "caption": "New"}, CLEO, refused=404),
    "posts.read_post": Row(),
    "posts.list_own_posts": Row(may=PEOPLE),
    "posts.read_own_post": Row(may=CLEO, refused=404),
    "posts.set_visibility": Row({"visibility": "private"}, CLEO, refused=404),
    "posts.set_caption": Row({"caption": "New"}, CLEO, {"post_id": "plain_post_id"}, refused=404),
    "posts.set_reuse": Row({"may_duet": False, "may_stitch": False}, CLEO, refused=404),
    "posts.set_disclosure": Row({"disclosure": "branded"}, CLEO, refused=404),
    "posts.set_ai_label": Row(may=CLEO, refused=404),
    "posts.delete_post": Row(may=CLEO, refused=404),
    "posts.remove_post": Row({"reason": "offensive"}),
    "posts.restore_post": Row(),
    "posts.list_posts": Row(),
    "posts.create_creative": Row(
        {"video_id": "{account_video_id}", "identity_id": "{identity_id}", "caption": "Fresh bread"}
    ),
    "pushed_posts.list_push_identities": Row(),
    "pushed_posts.create_pushed_post": Row({"profile_id": "{ada_profile_id}", "video_id": "{pushable_video_id}"}),
    "pushed_posts.list_pushed_posts": Row(),
    "pushed_posts.read_pushed_post": Row(ids=PUSHED),
    "pushed_posts.set_pushed_post": Row({"video_id": "{pushable_video_id}", "caption": "Oven"}, ids=PUSHED),
    "pushed_posts.delete_pushed_post": Row(ids=PUSHED),
    "pushed_posts.refuse_pushed_post": Row(may=("ada",), ids=PUSHED, refused=404),
    "captions.propose": Row({"caption": "Bread, slowest"}, CLEO, refused=404),
    "captions.list_captions": Row(may=CLEO, refused=404),
    "captions.agree": Row(may=("ada",), ids=PROPOSED, refused=404),
    "captions.refuse": Row(may=("ada",), ids=PROPOSED, refused=404),
    "captions.withdraw": Row(may=CLEO, ids=REVIEWED, refused=404),
    "captions.propose_for_account": Row({"caption": "Our oven, hot"}, ids=PUBLISHED),
    "captions.list_captions_for_account": Row(),
    "captions.withdraw_for_account": Row(ids=PROPOSED),
    "captions.list_caption_reviews": Row(),
    "captions.read_caption_review": Row(ids=REVIEWED),
    "captions.approve": Row(ids=REVIEWED),
    "captions.reject": Row({"reasons": ["offensive"], "note": "No."}, ids=REVIEWED),
    "feed.read_feed": Row(),
    "judgements.list_reports": Row(),
    "judgements.judge_post": Row({"judgement": "limit", "reason": "spam", "note": "Often."}),
    "judgements.list_judgement_appeals": Row(),
    "judgements.answer_appeal": Row(
        {"answer": "It is.", "overturn": False}, ids={"judgement_id": "appealed_judgement_id"}
    ),
    "judgements.list_own_judgements": Row(may=PEOPLE),
    "judgements.appeal_judgement": Row({"text": "It is not."}, CLEO, refused=404),
    "policies.list_policies": Row(),
    "policies.list_policy_changes": Row(ids={"policy": "review.appeal_days"}),
    "policies.set_policy": Row({"value": 60, "note": "Longer."}, ids={"policy": "review.appeal_days"}),
    "policies.revert_policy": Row(),
    "appeals.make_appeal": Row({"text": "It is only bread."}, ids={"ad_id": "rejected_ad_id"}),
    "appeals.read_appeal": Row(ids={"ad_id": "appealed_ad_id"}),
    "appeals.list_appeals": Row(),
    "appeals.uphold_appeal": Row({"answer": "It stands."}),
    "appeals.overturn_appeal": Row({"answer": "Indeed."}),
    "ad_repository.search_ads": Row(query={"text": "bread", "country": "NL", "targeted": "true", **DAYS}),
    "ad_repository.read_public_ad": Row(may=(), refused=404),  # Nobody has been shown it.
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
    "engagement.answer_comment": Row({"text": "Thank you!"}, CLEO, refused=404),
    "comments.list_advertised_comments": Row(ids=CARED, query={"from_ad": "false"}),
    "comments.hide_advertised_comment": Row(ids=CARED),
    "comments.show_advertised_comment": Row(ids=CARED),
    "comments.answer_advertised_comment": Row({"text": "Open till six."}, ids=CARED),
    "comments.delete_advertised_answer": Row(ids=CARED | {"comment_id": "brand_answer_id"}),
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
    "requests.create_request": Row({"post_id": "{plain_post_id}", "message": "Again?"}),
    "requests.create_extension_request": Row({"duration_days": 7}),
    "requests.list_requests": Row(query={"open": "true"}),
    "requests.read_request": Row(),
    "requests.read_position": Row(ids={"post_id": "plain_post_id"}),
    "requests.accept_counter": Row({"agree_sha256": ""}, ids={"request_id": "countered_request_id"}),
    "requests.withdraw": Row(),
    "requests.list_inbox": Row(may=PEOPLE),
    "requests.read_own_request": Row(may=CLEO, refused=404),
    "requests.accept": Row({"duration_days": 7, "switch_on": True}, CLEO, refused=404),
    "requests.counter": Row({"duration_days": 7, "switch_on": True}, CLEO, refused=404),
    "requests.refuse": Row({"reason": "No."}, CLEO, refused=404),
    "standings.create_standing_consent": Row({"countries": ["NL"], "switch_on": True}, PEOPLE),
    "standings.list_standing_consents": Row(may=PEOPLE),
    "standings.list_candidates": Row(may=PEOPLE, query={"name": "Ada's bakery"}),
    "standings.read_standing_consent": Row(may=CLEO, refused=404),
    "standings.withdraw_standing_consent": Row(may=CLEO, refused=404),
    "receipts.read_consent_receipt": Row(may=CLEO, refused=404),
    "receipts.read_authorisation_receipt": Row(),
    "receipts.read_own_request_receipt": Row(may=CLEO, refused=404),
    "receipts.read_request_receipt": Row(ids={"request_id": "countered_request_id"}),
    "receipts.read_own_access_receipt": Row(may=CLEO, refused=404),
    "receipts.read_link_receipt": Row(ids={"access_id": "own_link_id"}),
    "receipts.read_access_receipt": Row(),
    "receipts.read_standing_receipt": Row(may=CLEO, refused=404),
    "webhooks.list_own_webhooks": Row(may=PEOPLE),
    "webhooks.add_own_webhook": Row({"url": "https://example.org/vonk", "topics": ["consent.*"]}, may=PEOPLE),
    "webhooks.change_own_webhook": Row(
        {"url": "https://example.org/vonk", "topics": ["consent.*"]},
        may=CLEO,
        ids={"endpoint_id": "own_endpoint_id"},
        refused=404,
    ),
    "webhooks.delete_own_webhook": Row(may=CLEO, ids={"endpoint_id": "own_endpoint_id"}, refused=404),
    "webhooks.pause_own_webhook": Row(may=CLEO, ids={"endpoint_id": "own_endpoint_id"}, refused=404),
    "webhooks.resume_own_webhook": Row(may=CLEO, ids={"endpoint_id": "own_endpoint_id"}, refused=404),
    "webhooks.rotate_secret_of_own_webhook": Row(may=CLEO, ids={"endpoint_id": "own_endpoint_id"}, refused=404),
    "webhooks.ping_own_webhook": Row(may=CLEO, ids={"endpoint_id": "own_endpoint_id"}, refused=404),
    "webhooks.list_deliveries_of_own_webhook": Row(may=CLEO, ids={"endpoint_id": "own_endpoint_id"}, refused=404),
    "webhooks.replay_to_own_webhook": Row(
        may=CLEO, ids={"endpoint_id": "own_endpoint_id", "delivery_id": "own_delivery_id"}, refused=404
    ),
    "webhooks.replay_span_to_own_webhook": Row(HOURS, may=CLEO, ids={"endpoint_id": "own_endpoint_id"}, refused=404),
    "webhooks.list_account_webhooks": Row(),
    "webhooks.add_account_webhook": Row({"url": "https://example.org/vonk", "topics": ["consent.*"]}),
    "webhooks.change_account_webhook": Row(
        {"url": "https://example.org/vonk", "topics": ["consent.*"]}, ids={"endpoint_id": "account_endpoint_id"}
    ),
    "webhooks.delete_account_webhook": Row(ids={"endpoint_id": "account_endpoint_id"}),
    "webhooks.pause_account_webhook": Row(ids={"endpoint_id": "account_endpoint_id"}),
    "webhooks.resume_account_webhook": Row(ids={"endpoint_id": "account_endpoint_id"}),
    "webhooks.rotate_secret_of_account_webhook": Row(ids={"endpoint_id": "account_endpoint_id"}),
    "webhooks.ping_account_webhook": Row(ids={"endpoint_id": "account_endpoint_id"}),
    "webhooks.list_deliveries_of_account_webhook": Row(ids={"endpoint_id": "account_endpoint_id"}),
    "webhooks.replay_to_account_webhook": Row(
        ids={"endpoint_id": "account_endpoint_id", "delivery_id": "account_delivery_id"}
    ),
    "webhooks.replay_span_to_account_webhook": Row(HOURS, ids={"endpoint_id": "account_endpoint_id"}),
    "webhooks.list_organisation_webhooks": Row(),
    "webhooks.add_organisation_webhook": Row({"url": "https://example.org/vonk", "topics": ["consent.*"]}),
    "webhooks.change_organisation_webhook": Row(
        {"url": "https://example.org/vonk", "topics": ["consent.*"]}, ids={"endpoint_id": "organisation_endpoint_id"}
    ),
    "webhooks.delete_organisation_webhook": Row(ids={"endpoint_id": "organisation_endpoint_id"}),
    "webhooks.pause_organisation_webhook": Row(ids={"endpoint_id": "organisation_endpoint_id"}),
    "webhooks.resume_organisation_webhook": Row(ids={"endpoint_id": "organisation_endpoint_id"}),
    "webhooks.rotate_secret_of_organisation_webhook": Row(ids={"endpoint_id": "organisation_endpoint_id"}),
    "webhooks.ping_organisation_webhook": Row(ids={"endpoint_id": "organisation_endpoint_id"}),
    "webhooks.list_deliveries_of_organisation_webhook": Row(ids={"endpoint_id": "organisation_endpoint_id"}),
    "webhooks.replay_to_organisation_webhook": Row(
        ids={"endpoint_id": "organisation_endpoint_id", "delivery_id": "organisation_delivery_id"}
    ),
    "webhooks.replay_span_to_organisation_webhook": Row(HOURS, ids={"endpoint_id": "organisation_endpoint_id"}),
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
    "organisations.list_organisations": Row(may=PEOPLE),
    "organisations.read_organisation": Row(),
    "organisations.rename_organisation": Row({"name": "Ada's bakeries"}),
    "organisations.list_ad_accounts": Row(),
    "organisations.create_ad_account": Row(
        {
            "name": "n",
            "currency": "EUR",
            "time_zone": "UTC",
            "country": "NL",
            "advertiser_name": "a",
            "payer_name": "p",
        }
    ),
    "organisations.read_membership": Row(),
    "organisations.leave_organisation": Row(),
    "members.list_members": Row(),
    "members.read_member": Row(ids=MEMBER),
    "members.set_member": Row({"role": "admin", "finance_role": "analyst"}, ids=MEMBER),
    "members.remove_member": Row(ids=MEMBER),
    "members.assign_ad_account": Row({"role": "operator"}, ids=MEMBER),
    "members.unassign_ad_account": Row(ids=MEMBER),
    "members.assign_creator": Row(ids=MEMBER),
    "members.unassign_creator": Row(ids=MEMBER),
    "members.list_people": Row(),
    "members.set_role": Row({"role": "analyst"}, ids=MEMBER),
    "members.delete_role": Row(ids=MEMBER),
    "member_invitations.create_invitation": Row({"email": "newest@example.org", "role": "standard"}),
    "member_invitations.list_invitations": Row(),
    "member_invitations.resend_invitation": Row(),
    "member_invitations.withdraw_invitation": Row(),
    "member_invitations.read_invitation": Row({"secret": "a wrong one"}, may=(), refused=404),
    "member_invitations.accept_invitation": Row({"secret": "a wrong one"}, may=(), refused=404),
    "partners.create_partner": Row({"partner": "Third"}),
    "partners.list_partners": Row(),
    "partners.accept_partner": Row(ids={"partnership_id": "asking_partnership_id"}),
    "partners.end_partner": Row(),
    "partners.share_ad_account": Row({"role_max": "analyst"}),
    "partners.share_creator": Row(),
    "partners.list_shares": Row(),
    "partners.end_share": Row(),
    "partners.assign_share": Row({"role": "analyst"}, ids=MEMBER | {"share_id": "taken_share_id"}),
    "partners.unassign_share": Row(ids=MEMBER | {"share_id": "taken_share_id"}),
    "suspensions.list_all_accounts": Row(query={"text": "bread", "suspended": "false"}),
    "suspensions.list_all_organisations": Row(query={"text": "bakery"}),
    "suspensions.suspend_account": Row({"reason": "Payments were reversed."}),
    "suspensions.unsuspend_account": Row(ids={"ad_account_id": "suspended_account_id"}),
    "suspensions.appoint_admin": Row(ids=MEMBER),
    "terms.read_own_terms": Row(may=CLEO, refused=404),
    "terms.read_terms": Row(),
    "creative_library.preview": Row({"code": "{fresh_code}"}),
    "creative_library.redeem": Row({"code": "{fresh_code}"}),
    "creative_library.list_library": Row(),
    "creative_library.reveal": Row(),
    "code_imports.create_code_import": Row({"codes": ["{fresh_code}"]}),
    "code_imports.create_code_import_of_file": Row(raw=b"Creator,Code\nCleo,#" + b"A" * 40),
    "code_imports.list_code_imports": Row(),
    "code_imports.read_code_import": Row(),
    "code_imports.list_code_import_lines": Row(query={"outcome": "failed"}),
    "code_imports.retry_code_import": Row(),
    "invitations.create_invitation": Row(may=CLEO, ids={"consent_id": "unused_consent_id"}, refused=404),
    "invitations.list_invitations": Row(may=CLEO, refused=404),
    "invitations.withdraw_invitation": Row(may=CLEO, ids={"invitation_id": "code_invitation_id"}, refused=404),
    "invitations.preview_invitation": Row({"invitation": "{invitation}"}),
    "invitations.redeem_invitation": Row({"invitation": "{invitation}"}),
    "authorisations.list_authorisations": Row(query={"days_left": "40", "sort": "end"}),
    "creative_library.release": Row(ids={"consent_id": "ended_consent_id"}),
    "accesses.ask": Row({"handle": "olu", "scopes": ["existing_posts"], "message": "Bread?"}),
    "accesses.invite": Row({"scopes": ["existing_posts"]}),
    "accesses.list_business_accesses": Row(),
    "accesses.read_business_access": Row(),
    "accesses.withdraw": Row(ids=ASKED),
    "accesses.open_invitation": Row({"secret": "no secret at all"}, may=(), refused=404),
    "accesses.list_own_accesses": Row(may=PEOPLE),
    "accesses.read_own_access": Row(may=CLEO, refused=404),
    "accesses.grant": Row({"scopes": ["existing_posts"], "duration_days": 30}, may=("vik",), ids=ASKED, refused=404),
    "accesses.refuse": Row(may=("vik",), ids=ASKED, refused=404),
    "accesses.change": Row({"scopes": ["existing_posts", "comments"]}, may=CLEO, refused=404),
    "accesses.extend": Row({"duration_days": None}, may=CLEO, refused=404),
    "accesses.read_ends": Row(may=CLEO, query={"scopes": "comments"}, refused=404),
    "accesses.revoke": Row(may=CLEO, refused=404),
    "access_amendments.ask": Row({"duration_days": 30}, ids={"access_id": "quiet_access_id"}),
    "access_amendments.withdraw": Row(),
    "access_amendments.read_release_ends": Row(),
    "access_amendments.release": Row(),
    "access_amendments.accept": Row(may=CLEO, refused=404),
    "access_amendments.refuse": Row(may=CLEO, refused=404),
    "accesses.link_own": Row(),
    "accesses.list_own_links": Row(),
    "accesses.unlink_own": Row(ids={"access_id": "own_link_id"}),
    "accesses.list_creators": Row(),
    "accesses.list_creator_posts": Row(query={"search": "just so"}),
    "accesses.take_post": Row({"post_id": "{plain_post_id}", "agree_sha256": "{access_terms_sha256}"}),
    "accesses.agree": Row({"sha256": "{access_terms_sha256}"}),
    "accesses.read_self_test": Row(query={"handle": "@cleo"}),
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
    "creator_ads.read_my_ad": Row(may=CLEO, refused=404),
    "creator_ads.accept_my_ad": Row(may=CLEO, refused=404),
    "creator_ads.refuse_my_ad": Row({"note": "Not with this page."}, may=CLEO, refused=404),
    "used_posts.list_used_posts": Row(may=PEOPLE, query={"state": "live", "page_size": "5"}),
    "used_posts.read_my_ad_numbers": Row(may=CLEO, refused=404),
    "used_posts.read_my_ad_audience": Row(may=CLEO, refused=404),
    "used_posts.list_owed": Row(may=PEOPLE),
    "pixels.create_pixel": Row({"name": "Shop"}),
    "pixels.list_pixels": Row(),
    "pixels.rename_pixel": Row({"name": "Web shop"}),
    "pixels.rotate_pixel_secret": Row(),
    "pixels.set_pixel_enabled": Row({"enabled": False}),
    "reports.read_report": Row(query=DAYS),
    "reports.read_conversions": Row(query=DAYS),
    "reports.read_statuses": Row(),
    "reports.read_ad_status": Row(),
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
    "lift_tests.create_lift_test": Row(
        {
            "share_percent": 10,
            "outcome": "converted",
            "starts_at": "2030-01-01T00:00:00Z",
            "ends_at": "2030-01-15T00:00:00Z",
        }
    ),
    "lift_tests.list_lift_tests": Row(),
    "lift_tests.read_lift_outlook": Row(query={"share_percent": "10", "outcome": "converted", "days": "14"}),
    "lift_tests.read_lift_test": Row(),
    "lift_tests.end_lift_test": Row(),
    "lift_tests.forbid_lift_tests": Row({"reason": "Not here."}, ids=ADVERTISER),
    "lift_tests.allow_lift_tests": Row(ids=ADVERTISER),
    "fates.read_ad_fates": Row(query=DAYS),
    "fates.read_ad_group_fates": Row(query=DAYS),
    "fates.read_fates": Row(query=DAYS),
    "event_log.find_events": Row(query={"showing": "7001"}),
    "money.read_revenue": Row(query=DAYS),
    "money.read_earnings": Row(may=PEOPLE, query=DAYS),
    "validity.list_rules": Row(),
    "validity.set_rule": Row({"enabled": False, "values": {}}, ids={"rule": "known_bot"}),
    "validity.reset_rule": Row(ids={"rule": "known_bot"}),
    "validity.read_invalid_traffic": Row(query=DAYS),
    "hosts.create_host": Row({"name": "Crumb {who}"}),
    "hosts.list_hosts": Row(),
    "hosts.create_host_key": Row({"label": "sync"}),
    "hosts.revoke_host_key": Row(ids={"key_id": "host_key_id"}),
    "hosts.create_host_session": Row({"account": "u-1", "post": "p-1"}),
    "hosts.create_viewer_token": Row({"account": "u-1"}),
    "syncing.sync_accounts": Row({"items": [hosting.account("u-2", 1)]}),
    "syncing.sync_posts": Row({"items": [hosting.post("p-2", 1)]}),
    "syncing.create_synced_video": Row(raw=b"not yet looked at", query={"account": "u-1"}),
    "host_webhooks.list_host_webhooks": Row(),
    "host_webhooks.add_host_webhook": Row({"url": "https://example.org/vonk", "topics": ["video.*"]}),
    "host_webhooks.delete_host_webhook": Row(ids={"endpoint_id": "host_endpoint_id"}),
    "host_webhooks.resume_host_webhook": Row(ids={"endpoint_id": "host_endpoint_id"}),
    "host_webhooks.ping_host_webhook": Row(ids={"endpoint_id": "host_endpoint_id"}),
    "host_webhooks.list_deliveries_of_host_webhook": Row(ids={"endpoint_id": "host_endpoint_id"}),
    "synced_films.fetch_synced_video": Row({"account": "u-1", "url": "http://127.0.0.1/inside.mp4"}),
    "synced_films.list_synced_videos": Row(query={"account": "u-1"}),
    "syncing.sync_sounds": Row({"items": [hosting.sound("s-2", 1)]}),
    "syncing.sync_follows": Row({"items": [{"follower": "u-1", "followed": "u-0", "version": 1}]}),
    "syncing.delete_synced": Row({"items": [{"kind": "post", "external_id": "p-1", "version": 2}]}),
    "syncing.read_sync": Row(),
    "syncing.list_sync_errors": Row(),
    "syncing.read_synced_item": Row(query={"kind": "post", "external_id": "p-1"}),
    "syncing.begin_reconciliation": Row({"kind": "account"}),
    "syncing.name_page": Row({"external_ids": ["p-1"]}, ids={"reconciliation_id": "begun_reconciliation_id"}),
    "syncing.read_reconciliation": Row(),
    "syncing.list_extra": Row(),
    "syncing.confirm_reconciliation": Row({"extra": 0}),
    "operating.list_trail": Row(),
    "operating.read_reader_token": Row(),
    "operating.read_clock": Row(),
    "operating.create_world": Row(),
    "sandbox_worlds.read_world_codes": Row(),
    "sandbox_worlds.reset_world": Row(),
    "operating.move_clock": Row({"advance_seconds": 60}),
}


def may_call(operation: Operation, row: Row) -> tuple[str, ...]:
    if row.may is not None:
        return row.may
    if operation.may is None:
        return EVERYBODY
    if operation.may in HOST_RIGHTS:
        return (HOST,)
    return ("ada",) if operation.may in ACCOUNT_RIGHTS | BUSINESS_RIGHTS else ("olu",)


def refusal(operation: Operation, row: Row, who: str) -> int:
    if operation.may is None and row.refused is not None:
        return row.refused  # Open to everybody, and there is nothing yet.
    if who == "anonymous":
        return 401
    if operation.may in ACCOUNT_RIGHTS | BUSINESS_RIGHTS:
        return 404
    if operation.may in PLATFORM_RIGHTS | HOST_RIGHTS or who == HOST:
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
def test_each_of_the_cast_tries(noun: str, town: Town, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    hosting.settle(town.ids, town.tokens, monkeypatch)
    appealing.settle(town.scopes["ada"], town.ids)
    hosting.quick_worlds(monkeypatch)
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
    for who in sorted(EVERYBODY, key=lambda name: name in allowed):  # The refused ones first, who must change nothing.
        before = everything_written()
        answer = api.call(who, operation.method.value, path, filled(row.body, town, who), query=row.query, raw=row.raw)
        told = (operation.name, who, answer.status, str(answer.body))
        if who in allowed:
            assert answer.status == operation.status, told
            assert (answer.body is None) == (operation.answer is None), told
        else:
            assert answer.status == refusal(operation, row, who), told
            assert everything_written() == before, told
