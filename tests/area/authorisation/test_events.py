"""Every act in the record is told to the endpoints of those it concerns, in its own transaction, without secrets."""

import json
from datetime import timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.area.authorisation.world import World
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.models import ConsentRecord
from vonk.control.models import WebhookEvent
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope, Via
from vonk.control.webhooks import actions, queries
from vonk.identity import access
from vonk.identity import queries as identity

URL = "https://example.org/vonk"


def listening(world: World) -> dict[str, tuple[Scope, int]]:
    """Give everybody an endpoint."""
    ada = access.Actor(world.people["Ada"].person, Via.WEB)
    mallory = access.Actor(world.people["Mallory"].person, Via.WEB)
    organisation = identity.organisations_of(world.people["Ada"])[0].id
    scopes = {
        "cleo": world.cleo,
        "ada": access.advertiser(ada, world.ada.account, may=Right.ACCOUNT_EDIT),
        "organisation": access.organisation(ada, organisation, may=Right.BUSINESS_EDIT),
        "mallory": access.advertiser(mallory, world.mallory.account, may=Right.ACCOUNT_EDIT),
    }
    return {name: (scope, actions.add(scope, url=URL, now=world.now).endpoint_id) for name, scope in scopes.items()}


def told(of: tuple[Scope, int]) -> list[str]:
    return [item.topic for item in reversed(queries.deliveries(of[0], of[1], Paging(size=100)).items)]


def test_both_sides_hear_and_nobody_else(world: World) -> None:
    ears = listening(world)
    held = world.redeemed()
    consents.revoke(world.cleo, held.id, now=world.now)
    assert told(ears["cleo"]) == [
        "profile.ad_settings_on", "profile.post_authorisation_on", "consent.issued", "consent.redeemed", "consent.revoked",
    ]  # fmt: skip
    assert told(ears["ada"]) == told(ears["organisation"]) == ["consent.redeemed", "consent.revoked"]
    assert told(ears["mallory"]) == []
    record = ConsentRecord.objects.get(act="revoked")
    body = json.loads(queries.deliveries(*ears["ada"], Paging()).items[0].body)["data"]
    assert (
        body
        | {
            "act": "revoked",
            "record_id": str(record.pk),
            "record_sequence": record.sequence,
            "record_hash": record.hash,
            "consent_id": str(held.id),
            "account_id": str(world.ada.account),
            "request_id": None,
        }
        == body
    )
    assert held.code not in "".join(WebhookEvent.objects.values_list("payload", flat=True))


def test_what_is_undone_is_not_told(world: World) -> None:
    ears = listening(world)
    with transaction.atomic():
        switches.set_ad_settings(world.cleo, on=True, now=world.now)
        assert told(ears["cleo"]) == ["profile.ad_settings_on"]
        transaction.set_rollback(True)
    assert (told(ears["cleo"]), WebhookEvent.objects.count()) == ([], 0)


def test_many_of_one_profile_are_told_together(world: World) -> None:
    ears = listening(world)
    post_id = world.ready_post()
    mine, others = (world.issued(post_id) for _ in range(2))
    consents.redeem(world.ada, mine.code, now=world.now)
    consents.redeem(world.mallory, others.code, now=world.now)
    world.advance(timedelta(days=1))
    switches.set_ad_settings(world.cleo, on=False, now=world.now)
    assert told(ears["ada"]) == told(ears["mallory"]) == ["consent.redeemed", "consent.revoked"]


def test_while_nobody_listens_an_act_costs_one_look(world: World) -> None:
    held = world.redeemed()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        consents.extend(world.cleo, held.id, duration_days=7, now=world.now)
    looks = [query["sql"] for query in seen.captured_queries if "control_webhook" in query["sql"]]
    assert len(looks) == 1
