"""All settings, read from the environment. Each is described in docs/settings.md."""

import os
from pathlib import Path

from mmc import environment as env
from mmc.database import database
from mmc.installation import ensure_folder, load_or_create_secret
from mmc.logs import FORMATS, configuration

BASE_DIR = Path(__file__).resolve().parent.parent

# Database, songs, broker and secrets of the installation.
DATA_DIR = ensure_folder(env.folder("DATA_DIR", BASE_DIR / "var"), "DATA_DIR")

# --- Access -------------------------------------------------------------------------------------

DEBUG = env.boolean("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY") or load_or_create_secret(DATA_DIR / "secret_key")
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", THIS_MACHINE)
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")

# With HTTPS, cookies are sent by https alone, and browsers remember to use it.
HTTPS = env.boolean("HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 3600, least=0, most=63_072_000) if HTTPS else 0
# Only behind a proxy that sets this header itself: anyone else can forge it.
TRUST_PROXY = env.boolean("TRUST_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- The application ----------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "rest_framework",
    "classifier",
]

MIDDLEWARE = [
    # First, so that everything that happens during a request is logged with its identifier.
    "classifier.monitoring.requests.RequestLog",
    "classifier.monitoring.any_host.AnyHost",
    "classifier.middleware.ContentSecurityPolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "classifier.accounts.authentication.TokenMiddleware",
    # Both before the CSRF check, which reads the form and so the whole body.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "classifier.middleware.BodyLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "classifier.middleware.FormsOnly",
]

ROOT_URLCONF = "mmc.urls"
WSGI_APPLICATION = "mmc.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

LANGUAGE_CODE = "en"
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Users --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "classifier.Person"
AUTHENTICATION_BACKENDS = ["classifier.accounts.backends.ThrottledBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = 30 * 24 * 3600

# Where strangers can reach the server, creating the first account requires the token that the log shows.
REQUIRE_SETUP_TOKEN = env.boolean("REQUIRE_SETUP_TOKEN", not set(ALLOWED_HOSTS) <= set(THIS_MACHINE))

# --- Database -----------------------------------------------------------------------------------

DATABASES = {"default": database(DATA_DIR / "db.sqlite3")}

# --- Files --------------------------------------------------------------------------------------

MEDIA_ROOT = DATA_DIR / "media"
# On the same disk as MEDIA_ROOT, so that storing an upload is a rename.
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "incoming"
if os.access(DATA_DIR, os.W_OK):  # `manage.py tag` works without; a system check stops everything else
    ensure_folder(FILE_UPLOAD_TEMP_DIR, "DATA_DIR")
FILE_UPLOAD_HANDLERS = ["classifier.uploads.upload_handlers.ChecksumUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Without collectstatic: WhiteNoise serves the files from where they are.
WHITENOISE_USE_FINDERS = True

# --- Limits -------------------------------------------------------------------------------------

MAX_UPLOAD_MB = env.integer("MAX_UPLOAD_MB", 500, least=1, most=20_000)
# The whole body of the upload form, which may contain several songs.
MAX_REQUEST_MB = env.integer("MAX_REQUEST_MB", max(2000, MAX_UPLOAD_MB), least=1, most=100_000)
DATA_UPLOAD_MAX_NUMBER_FILES = env.integer("MAX_FILES_PER_UPLOAD", 100, least=1, most=1000)

SONG_TIME_LIMIT_S = env.integer("SONG_TIME_LIMIT_S", 1800, least=10, most=86_400)
# The address space of the analysis process, which is far more than its resident memory: for two hours of music, 0.8 GB
# against 0.35 GB.
MAX_MEMORY_MB = env.integer("MAX_MEMORY_MB", 4096, least=1500, most=1_000_000, or_zero=True)
MAX_ATTEMPTS = env.integer("MAX_ATTEMPTS", 3, least=1, most=20)
# A worker that has not renewed its lease on a song for this long has lost it.
LEASE_S = env.integer("LEASE_S", 20, least=2, most=600)
# A song that no worker has taken within this time is queued again.
REQUEUE_AFTER_S = env.integer("REQUEUE_AFTER_S", 60, least=1, most=3600)
MAX_WAIT_S = 60
# Each API call that waits for its result occupies a thread of the web process.
MAX_WAITING = env.integer("MAX_WAITING", 4, least=0, most=100)

# --- The models ---------------------------------------------------------------------------------

MODEL_BUNDLE = env.text("MODEL_BUNDLE", "mood-4")
MODEL_BUNDLES_DIR = env.folder("MODEL_BUNDLES_DIR", BASE_DIR / "ml" / "bundles")

# --- The queue ----------------------------------------------------------------------------------

REDIS_URL = env.url("REDIS_URL", ("redis", "rediss"))
BROKER_DIR = DATA_DIR / "broker"

if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        # Redis delivers a message again after this time: longer than the longest analysis.
        "visibility_timeout": 2 * (SONG_TIME_LIMIT_S + 60),
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
        # One attempt: an upload does not wait for an unavailable broker; the sweep queues the song later.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
    }
else:
    CELERY_BROKER_URL = "files://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "polling_interval": 0.2,
    }

CELERY_TASK_DEFAULT_QUEUE = "songs"
CELERY_TASK_IGNORE_RESULT = True
# The database knows which songs are due, so a message may be forgotten once it is delivered.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.integer("WORKER_PROCESSES", 1, least=1, most=64)
CELERY_TASK_SOFT_TIME_LIMIT = SONG_TIME_LIMIT_S
CELERY_TASK_TIME_LIMIT = SONG_TIME_LIMIT_S + 30
# Decoders may leak memory.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = TIME_ZONE

# --- API ----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "classifier.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.MultiPartParser"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": f"{env.integer('API_CALLS_PER_MINUTE', 600, least=1, most=1_000_000)}/min"},
    "EXCEPTION_HANDLER": "classifier.api.errors.exception_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

# --- Log ----------------------------------------------------------------------------------------

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env.choice("LOG_FORMAT", "text", FORMATS)
LOGGING = configuration(LOG_FORMAT, LOG_LEVEL)
