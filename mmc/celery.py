"""The Celery application: broker, queues, and what runs when a worker starts."""

import logging
import os
import time
from contextlib import ExitStack
from typing import Any

from amqp import AMQPError
from celery import Celery
from celery.signals import (
    before_task_publish,
    celeryd_init,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_shutting_down,
)
from django.conf import settings
from kombu import Queue
from kombu.exceptions import KombuError, OperationalError
from kombu.transport import TRANSPORT_ALIASES

from mmc.logs import FIELDS, context_values, log_context
from mmc.queues import FORMER_QUEUES, QUEUES

logger = logging.getLogger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmc.settings")
TRANSPORT_ALIASES["files"] = "mmc.broker:Transport"

SENT_AT = "sent_at"
"""A header of every message: seconds since 1970."""

app = Celery("mmc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def route(name: str, args: list[str], *others: object, **more: object) -> dict[str, str]:
    """Pictures and copies have a queue of their own; a message to analyse a song names its queue. Without a routing
    key for each queue, each message would go to all of them."""
    queue = args[0] if name == "classifier.analyse_next" else "saliency"
    return {"queue": queue, "routing_key": queue}


# A worker alternates between the queues that it serves, so that a page does not wait for a hundred songs. The worker
# decides which song a message is for: see classifier/jobs/fair_order.py.
app.conf.task_queues = tuple(Queue(name, routing_key=name) for name in QUEUES)
app.conf.task_routes = (route,)

# By name: the module needs Django's models, which are not loaded yet.
app.steps["worker"].add("classifier.jobs.worker_presence:WorkerPresenceStep")


@celeryd_init.connect
def select_queues(**kwargs: object) -> None:
    app.amqp.queues.select(settings.WORKER_QUEUES)


@worker_init.connect
def purge_former_queues(**kwargs: object) -> None:
    """Delete messages that an earlier version has left in a queue that nothing reads any more. No song is lost with
    them: the database knows which songs wait, and the sweep sends a new message for each."""
    try:
        with app.connection_for_write() as connection:
            channel: Any = connection.default_channel
            for name in FORMER_QUEUES:
                if count := channel.queue_purge(name):
                    logger.info("Deleted %s messages of the former queue %s.", count, name)
    except (KombuError, OperationalError, AMQPError, OSError) as error:
        logger.warning("The former queues could not be purged: %s", error)


@worker_shutting_down.connect
def start_grace_period(**kwargs: object) -> None:
    """Celery's warm shutdown alone would wait for the current songs for as long as that takes."""
    from classifier.jobs.shutdown import shutdown_start

    shutdown_start(grace_s=settings.WORKER_SHUTDOWN_GRACE_S)


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
