"""Django's settings, as a page to read: what differs between machines comes from the data folder and two variables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ordertrail.config.home import company_settings, home, secret_key

PACKAGE = Path(__file__).resolve().parent.parent
HOME = home()
COMPANY = company_settings(HOME)


def database(url: str) -> dict[str, Any]:
    """Django's settings of the store: PostgreSQL by its URL, else the SQLite file in the data folder."""
    if not url:
        return {
            "ENGINE": "ordertrail.config.db",
            "NAME": HOME / "db.sqlite3",
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 25},
            "CONN_MAX_AGE": None,
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


DEBUG = False
SECRET_KEY = secret_key(HOME)
ALLOWED_HOSTS = os.environ.get("ORDERTRAIL_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

DATABASES = {"default": database(os.environ.get("ORDERTRAIL_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ordertrail.web",  # before allauth: its templates are ours
    "allauth",
    "allauth.account",
    "ordertrail.records",
    "ordertrail.parties",
    "ordertrail.catalog",
    "ordertrail.orders",
    "ordertrail.stock",
    "ordertrail.presales",
    "ordertrail.work",
    "ordertrail.shipping",
    "ordertrail.billing",
    "ordertrail.desk",
    "ordertrail.findings",
    "ordertrail.sync",
    "ordertrail.track",
    "ordertrail.till",
    "ordertrail.api",
    "ordertrail.boards",
    "ordertrail.counter",
    "ordertrail.papers",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "ordertrail.web.assets.AssetsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ordertrail.web.middleware.SessionAgeMiddleware",
    "ordertrail.web.middleware.LanguageMiddleware",
    "ordertrail.boards.freshness.OwnWrites",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ordertrail.web.middleware.OpenedByHandMiddleware",
    "ordertrail.web.middleware.RightsMiddleware",  # last: refuses what declares no right
]

# An order of 2,000 lines has six fields a line (counter.order_form).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 15_000

ROOT_URLCONF = "ordertrail.config.urls"
WSGI_APPLICATION = "ordertrail.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ordertrail.web.context.page",
            ],
        },
    },
]

# Log-in (django-allauth): people are made by an administrator, nobody signs up, tries are counted in the store.
AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
ACCOUNT_ADAPTER = "ordertrail.web.accounts.AccountAdapter"
ACCOUNT_FORMS = {"login": "ordertrail.web.forms.LogInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = COMPANY.language
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = COMPANY.timezone

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ordertrail.web.assets.AssetStorage"},
}

# Cookies and headers. ORDERTRAIL_HTTPS=1 where a proxy speaks HTTPS in front; without it browsers reach us in the clear,
# so that cookies cannot be marked secure.
HTTPS = os.environ.get("ORDERTRAIL_HTTPS", "") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # names beside ours are not ours to bind
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "ordertrail.web.refusals.forged"
SESSION_COOKIE_AGE = 8 * 3600  # idle
SESSION_ABSOLUTE_AGE = 7 * 24 * 3600  # since log-in
SESSION_TOUCH_AGE = 600  # a session in use is written again this often, not with every page
LANGUAGE_COOKIE_NAME = "language"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # small pictures inside Tabler's sheet
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
