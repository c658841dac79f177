"""Configuration of gunicorn: `gunicorn --config python:mmc.webserver mmc.wsgi`."""

from pathlib import Path

from mmc import environment as env
from mmc import logs
from mmc.web.settings import KEEP_ALIVE_S

# One process with threads: requests wait for disks, databases and analyses, rarely for the processor.
worker_class = "mmc.web.worker.WebWorker"
workers = env.integer("WEB_PROCESSES", 1, least=1, most=64)
keepalive = KEEP_ALIVE_S
# For the heartbeat of the process, not for requests: long requests may last.
timeout = 60
graceful_timeout = 10
# No client's headers are trusted here: by default gunicorn trusts every client on this machine.
forwarded_allow_ips = ""

# Heartbeat files: in memory, they do not wait for a disk that is busy with uploads.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
control_socket_disable = True
proc_name = "countermood"

# Requests are logged by classifier.monitoring.requests, with their route instead of their path.
logconfig_dict = logs.gunicorn_configuration(env.choice("LOG_FORMAT", "text", logs.FORMATS))

if env.text("METRICS_TOKEN") or env.text("METRICS_ALLOW"):
    from mmc.web_metrics import on_exit, on_starting, post_fork, pre_fork  # noqa: F401  (gunicorn's hooks)
