# One image for web, worker and sweep; docker-compose.yml has the command of each.

FROM python:3.13-slim AS packages
COPY requirements-serving.txt requirements-s3.txt constraints.txt ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
        -r requirements-serving.txt -r requirements-s3.txt -c constraints.txt

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    DATA_DIR=/data
# The volume mounted at /data inherits the owner of this folder.
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin mood \
    && install -d -o mood -g mood -m 700 /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
RUN python -m compileall -q .
USER mood
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "python:mmc.webserver", "--bind", "0.0.0.0:8000", "mmc.wsgi"]
