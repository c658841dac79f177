# Two images from one file. docker-compose.yml and Kubernetes use the last one (`server`): web, worker, sweep and
# sources are containers of their own. `all-in-one` is everything in one container, for home servers: docs/home-server.md.

FROM python:3.13-slim AS packages
COPY requirements-serving.txt requirements-s3.txt requirements-parquet.txt constraints.txt ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
        -r requirements-serving.txt -r requirements-s3.txt -c constraints.txt
# pyarrow takes 170 MB, only where somebody wants Parquet files: docker build --build-arg WITH_PARQUET=true
ARG WITH_PARQUET=false
RUN if [ "$WITH_PARQUET" = true ]; then \
        /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
            -r requirements-parquet.txt -c constraints.txt; \
    fi

FROM python:3.13-slim AS program
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    DATA_DIR=/data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
RUN python -m compileall -q .
EXPOSE 8000

FROM program AS all-in-one
# An init process: the supervisor of `serve` only reaps its own children.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* \
    && printf '#!/bin/sh\ncd /app && exec python -m mmc.container "$@"\n' > /usr/local/bin/countermood \
    && chmod 755 /usr/local/bin/countermood
# Others on the home network may reach it before its owner does.
ENV REQUIRE_SETUP_TOKEN=true
VOLUME /data
# It starts as root, takes PUID and PGID, and gives up root.
ENTRYPOINT ["tini", "--", "countermood"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000", "--echo-logs"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]

FROM program AS server
# The volume mounted at /data inherits the owner of this folder.
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin mood \
    && install -d -o mood -g mood -m 700 /data
USER mood
VOLUME /data
CMD ["gunicorn", "--config", "python:mmc.webserver", "--bind", "0.0.0.0:8000", "mmc.wsgi"]
