"""The web application as servers expect it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordertrail.config.settings")
application = get_wsgi_application()

from ordertrail.hub import warm  # noqa: E402  it needs the settings

warm.start()
