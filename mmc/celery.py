"""The Celery application: broker, queues, and what runs when a worker starts."""

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

# Workers alternate between both, so that a page does not wait for a hundred songs. Without its own routing key, each
# message would go to both.
app.conf.task_queues = (Queue("songs", routing_key="songs"), Queue("saliency", routing_key="saliency"))
app.conf.task_routes = {"classifier.draw_saliency": {"queue": "saliency", "routing_key": "saliency"}}

# By name: the module needs Django's models, which are not loaded yet.
app.steps["worker"].add("classifier.jobs.worker_presence:WorkerPresenceStep")


@worker_process_init.connect
def limit_child(**kwargs: object) -> None:
    """Keep it light: Celery gives a child four seconds to start."""
    from classifier.jobs.process_limits import limit_memory, lower_priority, use_one_core

    use_one_core()
    lower_priority()
    limit_memory()
