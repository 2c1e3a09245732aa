"""The page of switches: what concerns a person, saved, and what has a lock."""

from django.test import Client

from tests.web.creator.stage import Stage
from vonk.control.models import NotificationSwitch
from vonk.identity.models import Person

PAGE = "/notifications/switches/"


def rows(browser: Client) -> dict[str, tuple[bool, ...]]:
    groups = browser.get(PAGE).context["groups"]
    return {row.name: tuple(switch.on for switch in row.switches) for group in groups for row in group.rows}


def test_each_of_the_cast_switches_what_concerns_them(stage: Stage) -> None:
    shown = {name: rows(stage.browser(name)) for name in ("Vik", "Cleo", "Ada", "Olu")}
    assert {name: ("comments" in found, "ad_verdict" in found, "news" in found) for name, found in shown.items()} == {
        "Vik": (True, False, True),
        "Cleo": (True, False, True),
        "Ada": (True, True, True),
        "Olu": (True, False, True),
    }
    cleo = stage.browser("Cleo")
    kinds = list(shown["Cleo"])
    kept = [f"{kind}:{channel}" for kind in kinds for channel in ("product", "mail") if kind != "comments"]

    saved = cleo.post(PAGE, {"kind": kinds, "on": [*kept, "comments:product"]})
    forced = cleo.post(PAGE, {"kind": ["ad_verdict"], "on": []})

    assert (saved.status_code, forced.status_code) == (302, 422)
    assert (rows(cleo)["comments"], rows(cleo)["consent"]) == ((True, False), (True, True))
    assert rows(stage.browser("Vik"))["comments"] == (True, True)
    row = NotificationSwitch.objects.get()
    assert (row.person_id, row.kind) == (Person.objects.get(email="cleo@example.org").pk, "comments")
    assert stage.browser(None).get(PAGE).status_code == 302
