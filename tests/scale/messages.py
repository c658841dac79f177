"""Sends the first task messages, as the sweep does: python -m tests.scale.messages COUNT"""

from __future__ import annotations

import json
import sys

from tests.scale.django_setup import set_up


def main(count: int) -> None:
    from classifier.jobs.queue import message_count, message_send

    for _ in range(max(count - message_count("bulk"), 0)):
        message_send("bulk")
    print(json.dumps({"messages": message_count("bulk")}))


if __name__ == "__main__":
    set_up()
    main(int(sys.argv[1]))
