"""Django's settings, all derived from vonk.config.options. ``VONK_DATA`` names the data directory."""

import os
from operator import attrgetter
from pathlib import Path
from urllib.parse import unquote, urlsplit

from vonk.config import keys, options, wiring
from vonk.delivery.foryou.watch import LearntWatch
from vonk.events.tokens import Signer

_data = os.environ.get("VONK_DATA")
DATA_DIR = Path(_data).absolute() if _data else None

VONK = options.load(DATA_DIR or Path("data"), os.environ)
VONK_KEYS = keys.load_or_create(DATA_DIR) if DATA_DIR else keys.ephemeral()
VONK_RECEIPT_KEYS = keys.ReceiptKeys(DATA_DIR)
VONK_SIGNER = wiring.signer(DATA_DIR) if DATA_DIR else Signer(VONK_KEYS.tokens)
VONK_LEARNT = LearntWatch(VONK.feed_models_directory)

SECRET_KEY = VONK_KEYS.django.hex()
DEBUG = False
ALLOWED_HOSTS = list(VONK.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [VONK.site_url]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = VONK.site_url.startswith("https://")
SESSION_COOKIE_NAME = "vonk_session"
CSRF_COOKIE_NAME = "vonk_csrf"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "vonk.web.common",  # Before allauth: its sign-in pages wear our templates.
    "allauth",
    "allauth.account",
    "django_tasks",
    "django_tasks_db",
    "vonk.control",
    "vonk.identity",
    "vonk.content",
    "vonk.viewing",
    "vonk.authorisation",
    "vonk.advertising",
    "vonk.billing",
    "vonk.reporting",
    "vonk.privacy",
    "vonk.web.viewer",
    "vonk.web.creator",
    "vonk.web.advertiser",
    "vonk.web.operator",
    "vonk.web.transparency",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "vonk.web.common.compressed.CompressedStaticMiddleware",
    "vonk.web.common.compressed.CompressedPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "vonk.web.common.languages.LanguageMiddleware",  # After who is signed in is known: what they chose comes first.
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "vonk.web.common.middleware.PlatformMiddleware",
]

ROOT_URLCONF = "vonk.config.urls"
WSGI_APPLICATION = "vonk.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vonk.web.common.context.platform",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def _database(url: str) -> dict[str, object]:
    """Return Django's description of the database at ``url``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),  # sqlite:////absolute/path and sqlite:///absolute/path alike.
            "CONN_MAX_AGE": 600,  # Opening a file and setting it up takes longer than most queries.
            "TEST": {"NAME": str(VONK.data_dir / "test.sqlite3")},  # A file, as in life: threads wait for its lock.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # A transaction that will write waits at its start, not at its end.
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path).lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise options.OptionInvalid(f"database_url: {parts.scheme}:// is neither sqlite:// nor postgresql://")


DATABASES = {"default": _database(VONK.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_ADAPTER = "vonk.web.common.accounts.AccountAdapter"
ACCOUNT_FORMS = {"signup": "vonk.web.common.accounts.SignUpForm"}
ACCOUNT_USER_DISPLAY = attrgetter("display_name")
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True

LANGUAGE_CODE = VONK.language
# Those with a complete catalogue (half a translation is worse than none), each by its own name.
LANGUAGES = [("en", "English"), ("fr", "Français"), ("nl", "Nederlands")]
LANGUAGE_COOKIE_NAME = "vonk_language"
LANGUAGE_COOKIE_AGE = 31_536_000  # A year.
LANGUAGE_COOKIE_SECURE = VONK.site_url.startswith("https://")
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [Path(__file__).parent.parent / "locale"]
FORMAT_MODULE_PATH = ["vonk.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = None  # Static files are served from the package; nothing has to be collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
MEDIA_ROOT = VONK.data_dir / "media"
VONK_MEDIA_STORE = "vonk.storage.files.media_store.FilesMediaStore"  # An engine of content's MediaStore.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = ["vonk.content.uploads.UnnamedFileUploadHandler"]  # Videos never fill memory.

DEFAULT_FROM_EMAIL = SERVER_EMAIL = VONK.email_from
if VONK.email_url:
    _mail = urlsplit(VONK.email_url)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.port == 587, _mail.port == 465
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VONK.data_dir / "mail")

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "media", "lists"]}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A refusal is the caller's affair and counted in /metrics; what is ours answers 500 and is logged.
    "loggers": {"django.request": {"level": "ERROR"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
