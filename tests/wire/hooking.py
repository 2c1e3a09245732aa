"""An endpoint of each kind of owner, with one event on its way."""

from datetime import datetime

from vonk.control.scope import Right, Scope, Via
from vonk.control.webhooks import actions
from vonk.identity import access


def spread(scopes: dict[str, Scope], organisation_id: int, account_id: int, now: datetime) -> dict[str, int]:
    ada = access.Actor(scopes["ada"].person, Via.WEB)
    owners = {
        "own": scopes["cleo"],
        "account": access.advertiser(ada, account_id, may=Right.ACCOUNT_EDIT),
        "organisation": access.organisation(ada, organisation_id, may=Right.BUSINESS_EDIT),
    }
    made: dict[str, int] = {}
    for name, scope in owners.items():
        endpoint_id = actions.add(scope, url="https://example.org/vonk", topics=("access.*",), now=now).endpoint_id
        made |= {
            f"{name}_endpoint_id": endpoint_id,
            f"{name}_delivery_id": actions.ping(scope, endpoint_id, now=now),
        }
    return made
