"""People whom a command names."""

from django.core.management.base import CommandError

from classifier.models import Person


def person_named(username: str) -> Person:
    person = Person.objects.filter(username=username).first()
    if person is None:
        known = ", ".join(Person.objects.order_by("username").values_list("username", flat=True)[:20])
        raise CommandError(f"There is nobody called “{username}”; there are: {known or 'none yet'}.")
    return person
