"""creative/shareable_link/create: the same links as the ads manager's, for the ads that the caller runs."""

from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town
from vonk.advertising.models import SharedPreview
from vonk.identity.models import Membership


def test_ads_are_shared_with_people_without_an_account(business: Business, town: Town) -> None:
    def share(who: str = "ada", **asked: Any) -> Any:
        return business.post(who, "creative/shareable_link/create", **asked)

    ad: dict[str, Any] = {"asset_id": town.ids["ad_id"], "asset_name": "Bread for all"}
    made = share(shared_assets=[ad], sharer="The bakery", days=2).data
    row = SharedPreview.objects.get(pk=int(made["shareable_link_id"]))
    assert (row.expires_at - row.created_at).days == 2
    page = Client().get(urlsplit(made["shareable_link"]).path)
    assert page.status_code == 200
    assert all(text in page.content.decode() for text in ("Bread for all", "The bakery shares an ad with you"))
    before = SharedPreview.objects.count()
    for who in ("mallory", "cleo", "vik", "olu"):
        said = share(who, shared_assets=[ad])
        assert (said.code, said.data) == (40007, {}), who
    assert share(shared_assets=[ad, {"asset_id": "1"}]).code == 40007
    wrong: tuple[dict[str, Any], ...] = (
        {"shared_assets": []},
        {"shared_assets": [ad] * 21},
        {"shared_assets": [ad, ad]},
        {},
    )
    for asked in wrong:
        assert share(**asked).code == 40002
    for days in (0, 31, "7"):
        assert share(shared_assets=[ad], days=days).code == 40002
    assert SharedPreview.objects.count() == before


def test_who_only_reads_in_an_ad_account_shares_nothing_of_it(business: Business, town: Town) -> None:
    reader = town.scopes["mallory"].person
    Membership.objects.create(account_id=int(town.ids["account_id"]), person_id=reader, role="analyst")

    said = business.post("mallory", "creative/shareable_link/create", shared_assets=[{"asset_id": town.ids["ad_id"]}])

    assert (said.code, SharedPreview.objects.count()) == (40001, 0)
