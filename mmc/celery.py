"""The Celery application: broker, queues, and what runs when a worker starts."""

import os
import time
from contextlib import ExitStack
from typing import Any

from celery import Celery
from celery.signals import (
    before_task_publish,
    celeryd_init,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_shutting_down,
)
from django.conf import settings
from kombu import Queue
from kombu.transport import TRANSPORT_ALIASES

from mmc.logs import FIELDS, context_values, log_context
from mmc.queues import QUEUES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmc.settings")
TRANSPORT_ALIASES["files"] = "mmc.broker:Transport"

SENT_AT = "sent_at"
"""A header of every message: seconds since 1970."""

app = Celery("mmc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def route(name: str, args: list[str], *others: object, **more: object) -> dict[str, str]:
    """Saliency has its own queue; an invitation to analyse a song names its queue. Without a routing key for each
    queue, each message would go to all of them."""
    queue = "saliency" if name == "classifier.draw_saliency" else args[0]
    return {"queue": queue, "routing_key": queue}


# A worker alternates between the queues that it serves, so that a page does not wait for a hundred songs. Which song an
# invitation means is decided by the worker: see classifier/jobs/fair_order.py.
app.conf.task_queues = tuple(Queue(name, routing_key=name) for name in QUEUES)
app.conf.task_routes = (route,)

# By name: the module needs Django's models, which are not loaded yet.
app.steps["worker"].add("classifier.jobs.worker_presence:WorkerPresenceStep")


@celeryd_init.connect
def select_queues(**kwargs: object) -> None:
    app.amqp.queues.select(settings.WORKER_QUEUES)


@worker_shutting_down.connect
def drain(**kwargs: object) -> None:
    """A warm shutdown waits for the songs that are analysed at this moment, for as long as that takes."""
    from classifier.jobs.drain import drain_start

    drain_start(grace_s=settings.WORKER_DRAIN_S)


@setup_logging.connect
def keep_logging(**kwargs: object) -> None:
    """Django has configured the log. Without a receiver, Celery would configure it again, in a format of its own."""


@celeryd_init.connect
def leave_out_banner(instance: Any, **kwargs: object) -> None:
    """It is not JSON."""
    instance.quiet = instance.quiet or settings.LOG_FORMAT == "json"


@before_task_publish.connect
def send_context(headers: dict[str, Any], **kwargs: object) -> None:
    """A message carries the request and person of the request that sent it, and its time."""
    headers.update(context_values())
    headers[SENT_AT] = time.time()


_contexts: dict[str, ExitStack] = {}


@task_prerun.connect
def enter_context(task_id: str, task: Any, **kwargs: object) -> None:
    stack = _contexts[task_id] = ExitStack()
    stack.enter_context(log_context(**{name: task.request.get(name) for name in FIELDS}))


@task_postrun.connect
def leave_context(task_id: str, **kwargs: object) -> None:
    if stack := _contexts.pop(task_id, None):
        stack.close()
