from typing import Any

from django.db import migrations

from vonk.core.ids import new_id

ROWS_PER_BATCH = 1_000


def make_members(apps: Any, _schema_editor: Any) -> None:
    """Make whoever opened an organisation its admin, and everybody else with a role in its ad accounts a member.

    Where the one who opened it was erased, the admins of its ad accounts become its admins.
    """
    member = apps.get_model("identity", "OrganisationMember")
    membership = apps.get_model("identity", "Membership")
    organisations = apps.get_model("identity", "Organisation").objects.select_related("created_by").order_by("pk")
    rows = []
    for organisation in organisations.iterator(ROWS_PER_BATCH):
        creator = organisation.created_by
        admins = {creator.pk} if creator.is_active else set()
        others = set()
        held = membership.objects.filter(account__organisation_id=organisation.pk, person__is_active=True)
        for person_id, role in held.values_list("person_id", "role"):
            (admins if role == "admin" and not creator.is_active else others).add(person_id)
        for person_id in sorted(admins | others):
            rows.append(
                member(
                    id=new_id(),
                    organisation_id=organisation.pk,
                    person_id=person_id,
                    role="admin" if person_id in admins else "standard",
                    joined_at=organisation.created_at,
                )
            )
        if len(rows) >= ROWS_PER_BATCH:
            member.objects.bulk_create(rows, ignore_conflicts=True)
            rows.clear()
    member.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0005_business_center'),
    ]

    operations = [
        migrations.RunPython(make_members, migrations.RunPython.noop, elidable=True),
    ]
