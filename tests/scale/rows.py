"""Fills the database: python -m tests.scale.rows SONGS QUEUED PEOPLE"""

from __future__ import annotations

import json
import sys

from tests.scale.django_setup import set_up

# Not part of the queue, and slow to fill: the indexes of search and of duplicates.
OTHER_INDEXES = """
    SELECT indexname FROM pg_indexes WHERE tablename = 'classifier_song'
    AND (indexdef LIKE '%% gin %%' OR indexdef LIKE '%%gin_trgm%%')
"""


def main(songs: int, queued: int, people: int) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from classifier.models import Person, Song

    call_command("migrate", verbosity=0)
    persons = [Person.objects.create_user(f"person {number}") for number in range(people)]
    Person.objects.update(password="")
    template = Song.objects.create(
        owner=persons[0],
        file_name="A song of four minutes.mp3",
        title="A song of four minutes",
        artist="Somebody",
        sha256="0" * 64,
        size_bytes=9_600_000,
        created_at=timezone.now(),
    )
    # The first person waits for half of the queue, the others share the rest.
    values = {
        "id": "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid",
        "owner_id": f"CASE WHEN n %% 2 = 0 THEN {persons[0].pk} ELSE {persons[0].pk} + (n / 2) %% {people} END",
        "sha256": "lpad(n::text, 64, '0')",
        "status": f"CASE WHEN n > {songs - queued} THEN 'queued' ELSE 'done' END",
        "queue": "CASE WHEN n %% 2 = 0 OR n %% 20 > 1 THEN 'bulk' ELSE 'interactive' END",
        "created_at": f"now() - ({songs} - n) * interval '1 second'",
    }
    columns = [field.column for field in Song._meta.local_concrete_fields]
    selected = ", ".join(values.get(column, f"template.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(OTHER_INDEXES)
        for (index,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{index}"')
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(
            f"INSERT INTO classifier_song ({', '.join(columns)}) SELECT {selected} "
            "FROM classifier_song AS template, generate_series(1, %s) AS n WHERE template.id = %s",
            [songs, template.pk],
        )
        template.delete()
        cursor.execute("VACUUM ANALYZE classifier_song")
        cursor.execute("SELECT pg_total_relation_size('classifier_song') / 1000000")
        print(json.dumps({"table_mb": int(cursor.fetchone()[0])}))


if __name__ == "__main__":
    set_up()
    main(*map(int, sys.argv[1:]))
