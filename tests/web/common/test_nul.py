"""U+0000, which PostgreSQL neither keeps nor looks for: a named error on every page, never one of ours."""

from datetime import datetime

import pytest
from django.test import Client

from tests.area.authorisation.business import business
from tests.area.authorisation.world import World
from vonk.authorisation.actions import accesses
from vonk.authorisation.models import AccountAccess
from vonk.core.errors import FieldInvalid
from vonk.identity.models import Person


@pytest.mark.django_db
def test_a_nul_is_refused_in_addresses_forms_and_messages(now: datetime) -> None:
    world = World(now)
    client = Client()
    client.force_login(Person.objects.get(pk=world.ada.person))
    page = f"/advertiser/authorisations/?account={world.ada.account}"
    assert client.get(page).status_code == 200
    for sent in (
        client.get(page, {"creator": "cl\0eo"}),
        client.get(page, {"te\0xt": "loaf"}),
        client.post(page, "text=a%00b", content_type="application/x-www-form-urlencoded"),
    ):
        assert (sent.status_code, "U+0000" in sent.content.decode()) == (422, True)
        assert sent.headers["Content-Security-Policy"]
    with pytest.raises(FieldInvalid):
        accesses.ask(business(world.ada), handle="cleo", scopes=("existing_posts",), message="a\0b", now=now)
    assert not AccountAccess.objects.exists()
