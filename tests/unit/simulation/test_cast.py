"""The town's declarations fit the platform's limits and each other."""

import re
from urllib.parse import urlsplit

from vonk.core import limits, taxonomy
from vonk.simulation import town
from vonk.simulation.avatars import EMBLEMS
from vonk.simulation.brands import BRAND_CLIPS, BRANDS, CAMPAIGNS
from vonk.simulation.cast import SOUNDS
from vonk.simulation.clips import FRAMES_PER_SECOND, TITLE_SIZE, TITLE_WIDTH_SHARE, title_lines
from vonk.simulation.plans import CampaignState, Visibility
from vonk.simulation.scenes.canvas import text_width
from vonk.simulation.scenes.catalogue import SCENES
from vonk.simulation.scenes.palettes import PALETTES
from vonk.simulation.talk import COMMENTS

POSTS, SHOPS, FOLLOWS, DETAILS = town.FULL.posts, town.FULL.shops, town.FULL.follows, town.FULL.details
HANDLES = {shop.handle for shop in SHOPS}
POST_KEYS = {post.key for post in POSTS}
CLIPS = (*POSTS, *BRAND_CLIPS, *DETAILS.clips())


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def mentions(text: str) -> list[str]:
    return [handle.rstrip(".") for handle in re.findall(r"@([\w.]+)", text)]


def test_the_town_has_its_promised_size() -> None:
    assert (len(SHOPS), len(POSTS), len(SOUNDS), len(CAMPAIGNS)) == (30, 202, 8, 12)


def test_no_two_shops_have_the_same_face() -> None:
    assert len({(shop.emblem, shop.palette) for shop in SHOPS}) == len(SHOPS)


def test_handles_and_keys_are_unique() -> None:
    assert len(HANDLES) == len(SHOPS)
    assert len({clip.key for clip in CLIPS}) == len(CLIPS)
    assert len({sound.slug for sound in SOUNDS}) == len(SOUNDS)
    assert len({brand.slug for brand in BRANDS}) == len(BRANDS)
    assert len({campaign.name for campaign in CAMPAIGNS}) == len(CAMPAIGNS)


def test_no_two_posts_are_the_same_picture() -> None:
    assert len({(clip.scene, clip.palette, clip.seed % 2, clip.width) for clip in CLIPS}) == len(CLIPS)


def test_every_shop_fits_the_limits_and_the_closed_lists() -> None:
    for shop in SHOPS:
        assert re.fullmatch(r"[a-z0-9](?:[a-z0-9_.]*[a-z0-9])", shop.handle), shop.handle
        assert len(shop.handle) <= limits.HANDLE_MAX
        assert len(shop.display_name) <= limits.DISPLAY_NAME_MAX
        assert len(shop.bio) <= 80
        assert shop.interest in taxonomy.INTERESTS
        assert shop.country in taxonomy.COUNTRIES
        assert shop.language in taxonomy.LANGUAGES
        assert shop.emblem in EMBLEMS
        assert shop.palette in PALETTES


def test_every_shop_posts_and_follows() -> None:
    assert {post.shop for post in POSTS} == HANDLES
    assert set(FOLLOWS) == HANDLES
    for follower, followed in FOLLOWS.items():
        assert set(followed) <= HANDLES - {follower}
        assert len(set(followed)) == len(followed)


def test_every_caption_fits_and_mentions_existing_shops() -> None:
    for post in POSTS:
        assert 0 < utf16_units(post.caption) <= limits.TEXT_MAX
        found = mentions(post.caption)
        assert set(found) <= HANDLES - {post.shop}, post.key
        assert len(found) <= limits.MENTIONS_MAX


def test_every_clip_draws_with_what_there_is() -> None:
    slugs = {sound.slug for sound in SOUNDS}
    for clip in CLIPS:
        assert clip.scene in SCENES
        assert clip.palette in PALETTES
        assert clip.sound in slugs
        assert clip.width % 2 == clip.height % 2 == 0  # 4:2:0 colour.
    assert {clip.scene for clip in CLIPS} == set(SCENES)
    assert {post.sound for post in POSTS} == slugs


def test_shapes_and_flags_vary() -> None:
    shapes = sorted({(post.width, post.height) for post in POSTS})
    assert shapes == [(360, 640), (480, 480), (640, 360)]
    assert {post.visibility for post in POSTS} == set(Visibility)
    assert [post.key for post in POSTS if post.ads_only] == ["klei-holders"]
    assert any(not post.may_duet for post in POSTS)
    assert any(not post.may_stitch for post in POSTS)


def test_titles_can_be_written_and_stay_inside_the_frame() -> None:
    for clip in CLIPS:
        assert clip.title.isascii()
        room = clip.width * TITLE_WIDTH_SHARE
        lines = title_lines(clip.title, room)
        assert " ".join(lines) == clip.title
        assert len(lines) <= 2
        assert all(text_width(line, TITLE_SIZE) + 32 <= room for line in lines)


def test_sounds_are_whole_frames_of_a_clip_between_four_and_six_seconds() -> None:
    for sound in SOUNDS:
        assert 4.0 <= sound.seconds <= 6.0
        assert (sound.seconds * FRAMES_PER_SECOND).is_integer()
        assert sound.beats % len(sound.chords) == 0
        assert sound.shop in HANDLES


def test_comments_are_short_and_between_existing_shops_and_posts() -> None:
    shop_of = {post.key: post.shop for post in POSTS}
    assert len(COMMENTS) >= 60
    for comment in COMMENTS:
        assert comment.post in POST_KEYS
        assert comment.shop in HANDLES - {shop_of[comment.post]}
        assert 0 < len(comment.text) <= limits.COMMENT_MAX


def test_only_who_may_see_a_post_comments_on_it() -> None:
    public = {post.key for post in POSTS if post.visibility is Visibility.PUBLIC and not post.ads_only}
    assert {comment.post for comment in COMMENTS} <= public


def test_campaigns_name_existing_things_and_pay_for_what_they_aim_at() -> None:
    brands = {brand.slug: brand for brand in BRANDS}
    clips = {clip.key for clip in BRAND_CLIPS}
    posts = {post.key: post for post in POSTS}
    for campaign in CAMPAIGNS:
        brand = brands[campaign.brand]
        if campaign.post:
            assert not campaign.clip
            assert campaign.consent is not None
            assert 0 <= campaign.consent.given_days_ago < campaign.consent.days
            assert campaign.consent.days in {7, 30, 60, 365}
            assert posts[campaign.post].visibility is Visibility.PUBLIC
        else:
            assert campaign.clip in clips
            assert campaign.consent is None
            assert brand.identity
            assert brand.emblem in EMBLEMS
            assert brand.palette in PALETTES
        pays_for = {"REACH": {"cpm"}, "VIDEO_VIEWS": {"cpv"}, "TRAFFIC": {"cpc", "ocpm"}}
        assert campaign.billing in pays_for[campaign.objective]
        assert campaign.campaign_budget_micros >= 50_000_000
        assert 20_000_000 <= campaign.ad_group_budget_micros <= campaign.campaign_budget_micros
        assert 0 < campaign.bid_micros < campaign.ad_group_budget_micros
        assert (campaign.state is CampaignState.REJECTED) == bool(campaign.rejection_reasons)


def test_campaign_targeting_uses_the_closed_lists() -> None:
    for campaign in CAMPAIGNS:
        assert set(campaign.countries) <= taxonomy.COUNTRIES
        assert set(campaign.languages) <= taxonomy.LANGUAGES
        assert set(campaign.interests) <= set(taxonomy.INTERESTS)
        assert set(campaign.age_bands) <= set(taxonomy.AgeBand)
        assert set(campaign.genders) <= set(taxonomy.Gender)
        assert set(campaign.devices) <= set(taxonomy.Device)
        assert len(campaign.name) <= limits.NAME_MAX


def test_nobody_sends_people_off_the_example_domain() -> None:
    for address in (*(campaign.landing_url for campaign in CAMPAIGNS), *(brand.website for brand in BRANDS)):
        assert urlsplit(address).scheme == "https"
        assert urlsplit(address).hostname == "example.org"
        assert len(address) <= limits.URL_MAX


def test_details_name_what_there_is() -> None:
    shop_of = {post.key: post.shop for post in POSTS}
    videos = {post.key for post in POSTS if not post.stills}
    for sticker in DETAILS.stickers:
        assert sticker.post in videos
        assert (sticker.kind == "poll") == bool(sticker.options)
        assert (sticker.kind == "countdown") == bool(sticker.ends_in_days)
        assert (sticker.kind == "link") == bool(sticker.url)
    assert {one.post for one in DETAILS.subtitles} <= videos
    said = {(comment.post, comment.shop) for comment in COMMENTS}
    assert {(one.post, one.shop) for one in DETAILS.answers} <= said
    for mix in DETAILS.mixes:
        original = next(post for post in POSTS if post.key == mix.of)
        assert mix.shop != original.shop
        assert original.may_duet if mix.kind == "duet" else original.may_stitch
    assert {one.post for one in DETAILS.reported} <= set(shop_of)
    assert set(DETAILS.captions) <= {campaign.post for campaign in CAMPAIGNS}
    assert {one.brand for one in DETAILS.kept} <= {brand.slug for brand in BRANDS}
    assert set(DETAILS.vik_follows) <= HANDLES
    assert set(DETAILS.vik_likes) <= set(shop_of)


def test_campaigns_end_in_different_states() -> None:
    assert [(campaign.state.value, campaign.billing, bool(campaign.post)) for campaign in CAMPAIGNS] == [
        ("active", "cpm", True),
        ("active", "cpv", True),
        ("active", "cpc", False),
        ("paused", "cpc", True),
        ("rejected", "cpc", False),
        ("in_review", "cpm", True),
        ("learning", "ocpm", True),
        ("finished", "cpm", True),
        ("expiring", "cpc", True),
        ("out_of_money", "cpv", True),
        ("revoked", "cpv", True),
        ("scheduled", "cpm", True),
    ]
