"""Configuration of gunicorn: `gunicorn --config python:mmc.webserver mmc.wsgi`."""

from pathlib import Path

from mmc import environment as env
from mmc import logs

# One process with threads: requests wait for disks, databases and analyses, rarely for the processor. An upload, a
# download and an API call that waits for its result each occupy a thread until they end.
worker_class = "gthread"
workers = env.integer("WEB_PROCESSES", 1, least=1, most=64)
threads = env.integer("WEB_THREADS", 16, least=2, most=256)
keepalive = 5
# For the heartbeat of the process, not for requests: long requests may last.
timeout = 60
graceful_timeout = 10

# Heartbeat files: in memory, they do not wait for a disk that is busy with uploads.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
control_socket_disable = True
proc_name = "countermood"

# Requests are logged by classifier.monitoring.requests, with their route instead of their path.
logconfig_dict = logs.gunicorn_configuration(env.choice("LOG_FORMAT", "text", logs.FORMATS))
