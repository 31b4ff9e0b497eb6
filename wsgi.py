"""The WSGI entry point: `gunicorn wsgi:app`. Only what serves pages also starts the embedded scheduler."""

from app.factory import create_app
from app.jobs.scheduler import start_embedded

app = create_app()
if app.config["EMBEDDED_SCHEDULER"]:
    start_embedded(app)
