"""Sends the first invitations, as the sweep does: python -m tests.scale.invitations COUNT"""

from __future__ import annotations

import json
import sys

from tests.scale.django_setup import set_up


def main(count: int) -> None:
    from classifier.jobs.queue import invitations, invite

    for _ in range(max(count - invitations("bulk"), 0)):
        invite("bulk")
    print(json.dumps({"invitations": invitations("bulk")}))


if __name__ == "__main__":
    set_up()
    main(int(sys.argv[1]))
