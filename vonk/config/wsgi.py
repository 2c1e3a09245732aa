"""The site as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from vonk.config.charsets import TextCharsets
from vonk.config.whole import Whole

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vonk.config.settings")

application = TextCharsets(Whole(get_wsgi_application()))
