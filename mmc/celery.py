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
)
from django.conf import settings
from kombu import Queue
from kombu.transport import TRANSPORT_ALIASES

from mmc.logs import FIELDS, context_values, log_context

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmc.settings")
TRANSPORT_ALIASES["files"] = "mmc.broker:Transport"

SENT_AT = "sent_at"
"""A header of every message: seconds since 1970."""

app = Celery("mmc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Workers alternate between both, so that a page does not wait for a hundred songs. Without its own routing key, each
# message would go to both.
app.conf.task_queues = (Queue("songs", routing_key="songs"), Queue("saliency", routing_key="saliency"))
app.conf.task_routes = {"classifier.draw_saliency": {"queue": "saliency", "routing_key": "saliency"}}

# By name: the module needs Django's models, which are not loaded yet.
app.steps["worker"].add("classifier.jobs.worker_presence:WorkerPresenceStep")


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
