"""The WSGI entry point: `gunicorn wsgi:app`. Only what serves pages also starts the embedded scheduler."""

from app.factory import create_app
from app.jobs.scheduler import start_embedded

app = create_app()
if app.config["EMBEDDED_SCHEDULER"]:
    start_embedded(app)
elif app.config["REDIS_URL"]:
    # Imported only where workers are: the embedded arrangement needs no broker.
    from app.celery_app import wake_after_commits

    wake_after_commits()
