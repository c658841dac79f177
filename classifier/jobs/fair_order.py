"""Whose song is next: users take turns, and songs that somebody waits for come before those of long lists.

- A user has up to two lines, one in each queue. Within a line, first come, first served.
- Of the users in a queue, the one whose last turn is longest ago is next, so that one song never waits for the three
  hundred of somebody else.
- Songs in `interactive` come before those in `bulk`. Every fourth turn takes no account of that and belongs to the user
  whose last turn is longest ago, so that a stream of single songs cannot stop somebody's long list.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection

from classifier.models import SERVED_QUEUES, Person, Queue, QueueTurn, Song

Waiting = TypeVar("Waiting")

ANY_QUEUE_EVERY = 4
"""Of so many turns, one takes no account of the queue."""
INTERACTIVE_SONGS = 20
"""A user who has so many songs waiting adds further ones to `bulk`: no user watches so many at once."""


@dataclass(frozen=True)
class Line:
    """The songs of one user in one queue."""

    queue: str
    owner_id: int
    last_turn: int


@dataclass(frozen=True)
class WaitingLines:
    """Everybody who has a song in one of these queues, and the number of the turn that is due."""

    lines: list[Line]
    turn: int

    @classmethod
    def read(cls, queues: Collection[str] = SERVED_QUEUES) -> WaitingLines:
        """In one query, whose cost grows with the number of users who wait and not with that of their songs."""
        with connection.cursor() as cursor:
            cursor.execute(_LINES)
            rows = cursor.fetchall()
        return cls(
            lines=[Line(queue, owner_id, turn) for queue, owner_id, turn, _ in rows if queue in queues],
            turn=1 + max((latest for *_, latest in rows), default=0),
        )


def in_fair_order(lines: Iterable[Line], turn: int) -> list[Line]:
    """The line that this turn belongs to comes first; the others follow for the case that it is taken meanwhile."""
    return sorted(lines, key=lambda line: _rank(line, turn))


def _rank(line: Line, turn: int) -> tuple[int, ...]:
    is_bulk = line.queue == Queue.BULK
    if turn % ANY_QUEUE_EVERY == 0:
        return line.last_turn, not is_bulk, line.owner_id
    return is_bulk, line.last_turn, line.owner_id


def turn_take(*, owner_id: int, turn: int) -> None:
    QueueTurn.objects.bulk_create(
        [QueueTurn(owner_id=owner_id, turn=turn)],
        update_conflicts=True,
        unique_fields=["owner"],
        update_fields=["turn"],
    )


def merged_in_fair_order(
    waiting: WaitingLines, songs: Mapping[tuple[str, int], Sequence[Waiting]], limit: int
) -> list[Waiting]:
    """The first songs that workers will take if no more are added: `songs` has those of each line, by queue and owner.

    What `in_fair_order` says for each turn, but with one heap for each queue, since pages wait for it.
    """
    left = {(line.queue, line.owner_id): deque(songs.get((line.queue, line.owner_id), ())) for line in waiting.lines}
    last_turns = {line.owner_id: line.last_turn for line in waiting.lines}
    heaps: dict[str, list[tuple[int, int]]] = {queue: [] for queue in SERVED_QUEUES}
    for queue, owner_id in left:
        if left[queue, owner_id]:
            heapq.heappush(heaps[queue], (last_turns[owner_id], owner_id))
    order: list[Waiting] = []
    turn = waiting.turn
    while len(order) < limit:
        for heap in heaps.values():
            while heap and heap[0][0] != last_turns[heap[0][1]]:  # had a turn in the other queue since
                heapq.heapreplace(heap, (last_turns[heap[0][1]], heap[0][1]))
        heads = [Line(queue, heap[0][1], heap[0][0]) for queue, heap in heaps.items() if heap]
        if not heads:
            break
        line = min(heads, key=lambda head: _rank(head, turn))
        heap = heaps[line.queue]
        heapq.heappop(heap)
        line_songs = left[line.queue, line.owner_id]
        order.append(line_songs.popleft())
        if any(heaps.values()):  # as in next_song_claim: a single user needs no turns
            last_turns[line.owner_id] = turn
            turn += 1
        if line_songs:
            heapq.heappush(heap, (last_turns[line.owner_id], line.owner_id))
    return order


def queue_for(owner: Person) -> Queue:
    """The queue of a song that this user adds now."""
    waiting = Song.objects.for_owner(owner).waiting_in(*SERVED_QUEUES).values("id")[:INTERACTIVE_SONGS].count()
    return Queue.BULK if waiting >= INTERACTIVE_SONGS else Queue.INTERACTIVE


def first_songs(for_each: int) -> list[tuple[Any, ...]]:
    """Queue, id, owner, file name, size and stored file of the oldest songs of each line, `for_each` at most; each line
    in order. Songs of sources have no stored file."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_SONGS_SQLITE if connection.vendor == "sqlite" else _FIRST_SONGS, [for_each])
        return cursor.fetchall()


# DISTINCT would read every queued song. This steps from one user to the next in the index "song_queued_of_owner".
_WAITING = """
    WITH RECURSIVE waiting (queue, owner_id) AS (
        SELECT queues.queue, (
            SELECT MIN(owner_id) FROM classifier_song WHERE status = 'queued' AND queue = queues.queue
        )
        FROM (SELECT CAST('interactive' AS varchar(16)) AS queue UNION ALL SELECT 'bulk') AS queues
        UNION ALL
        SELECT waiting.queue, (
            SELECT MIN(owner_id) FROM classifier_song
            WHERE status = 'queued' AND queue = waiting.queue AND owner_id > waiting.owner_id
        )
        FROM waiting WHERE waiting.owner_id IS NOT NULL
    )
"""
_LINES = f"""{_WAITING}
    SELECT waiting.queue, waiting.owner_id, COALESCE(own.turn, 0),
           COALESCE((SELECT MAX(turn) FROM classifier_queueturn), 0)
    FROM waiting LEFT JOIN classifier_queueturn AS own ON own.owner_id = waiting.owner_id
    WHERE waiting.owner_id IS NOT NULL
"""  # noqa: S608  (constants)
_COLUMNS = "song.queue, song.id, song.owner_id, song.file_name, song.size_bytes, song.file"
_OLDEST = """
    FROM classifier_song WHERE status = 'queued' AND queue = waiting.queue AND owner_id = waiting.owner_id
    ORDER BY created_at, id LIMIT %s
"""
_FIRST_SONGS = f"""{_WAITING}
    SELECT {_COLUMNS} FROM waiting CROSS JOIN LATERAL (SELECT * {_OLDEST}) AS song
    ORDER BY song.created_at, song.id
"""  # noqa: S608  (constants)
_FIRST_SONGS_SQLITE = f"""{_WAITING}
    SELECT {_COLUMNS} FROM waiting CROSS JOIN classifier_song AS song ON song.id IN (SELECT id {_OLDEST})
    ORDER BY song.created_at, song.id
"""  # noqa: S608  (constants)
