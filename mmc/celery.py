"""The Celery application: which broker, and what starts with a worker."""

import os

from celery import Celery
from celery.signals import worker_process_init
from kombu import Queue
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmc.settings")
TRANSPORT_ALIASES["files"] = "mmc.broker:Transport"

app = Celery("mmc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Workers read both in turn: who looks at a page does not wait for a hundred songs. Each with its own routing key, since
# otherwise a message would go to both.
app.conf.task_queues = (Queue("songs", routing_key="songs"), Queue("saliency", routing_key="saliency"))
app.conf.task_routes = {"classifier.draw_saliency": {"queue": "saliency", "routing_key": "saliency"}}

# By its name, since the module needs Django's models, which are not there yet.
app.steps["worker"].add("classifier.jobs.worker_presence:WorkerPresenceStep")


@worker_process_init.connect
def limit_child(**kwargs: object) -> None:
    """Nothing heavy here: Celery gives a child four seconds to come up."""
    from classifier.jobs.process_limits import give_way, keep_to_one_core, limit_memory

    keep_to_one_core()
    give_way()
    limit_memory()
