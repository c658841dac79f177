"""User names are compared without case. Where two differed by case alone, the account that was created first keeps its
name, and the others get a number: olga and OLGA become olga and OLGA-2. The earlier name still signs in."""

from django.db import migrations
from django.utils import timezone

from classifier.fields import fold_name

MAX_LENGTH = 150


def fill_keys(apps, schema_editor):
    person_model = apps.get_model("classifier", "Person")
    event_model = apps.get_model("classifier", "SecurityEvent")
    people = list(person_model.objects.order_by("date_joined", "id"))
    # A new name must not be the present one of anybody.
    taken = {fold_name(person.username) for person in people}
    given = set()
    for person in people:
        key = fold_name(person.username)
        if key in given:
            person.former_username = person.username
            person.username = numbered(person.username, taken)
            key = fold_name(person.username)
            taken.add(key)
        given.add(key)
        person.name_key = key
        person.save(update_fields=["username", "former_username", "name_key"])
        if person.former_username:
            print(f" “{person.former_username}” is now “{person.username}”: another name differs by case alone.")
            event_model.objects.create(
                kind="account_renamed",
                at=timezone.now(),
                person=person,
                person_name=person.username,
                details={"from": person.former_username, "to": person.username, "why": "names differ by case alone"},
            )


def numbered(username, taken):
    number = 2
    while True:
        suffix = f"-{number}"
        name = username[: MAX_LENGTH - len(suffix)] + suffix
        if fold_name(name) not in taken:
            return name
        number += 1


class Migration(migrations.Migration):

    dependencies = [
        ('classifier', '0010_people'),
    ]

    operations = [
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
    ]
