"""Nothing lost, nothing doubled: python -m tests.scale.check"""

from __future__ import annotations

import json

from tests.scale.django_setup import set_up


def main() -> None:
    from django.db.models import Count

    from classifier.models import Analysis, Song

    running = Song.objects.running()
    print(
        json.dumps(
            {
                "claimed more than once": Song.objects.filter(attempts__gt=1).count(),
                "with one lease and another": running.values("lease_token")
                .annotate(n=Count("id"))
                .filter(n__gt=1)
                .count(),
                "results": Analysis.objects.count(),
            }
        )
    )


if __name__ == "__main__":
    set_up()
    main()
