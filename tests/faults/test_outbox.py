"""A worker killed with -9 while the gateway already has its message."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.core.actor import SYSTEM
from app.core.clock import ZONE
from app.core.transaction import transaction
from app.notices import queries, settings
from app.notices.channels import SmsChannel, SmsGateway
from app.notices.delivery import LEASE, deliver_due
from app.notices.outbox import Recipient, send
from tests.fakes.sms_gateway import TOKEN, running_gateway

NOW = datetime(2026, 3, 2, 9, tzinfo=ZONE)

WORKER = """
import sys
from datetime import datetime
import config
from app.core.transaction import transaction
from app.factory import create_app
from app.notices.delivery import deliver_due
app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=sys.argv[1], SMS_URL=sys.argv[2], SMS_TOKEN=sys.argv[3])
with app.app_context():
    deliver_due(datetime.fromisoformat(sys.argv[4]), transaction)
"""


@pytest.mark.slow
def test_a_message_whose_worker_was_killed_reaches_its_reader_once(app: Flask) -> None:
    with running_gateway() as gateway, app.app_context():
        settings.configure(
            settings.NoticeSettings("https://zhiku.example", {"sms": SmsChannel(SmsGateway(gateway.url, TOKEN))})
        )
        with transaction():
            number = send(
                "objection_code", Recipient(None, "赵海宁", "13912345678"), {"code": "402718", "minutes": 10},
                subject_type="objection_code", subject_id="", now=NOW, actor=SYSTEM,
            )
        gateway.answers.append("swallow")
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, url, gateway.url, TOKEN, NOW.isoformat()], cwd=Path(__file__).parents[2]
        )
        limit = time.monotonic() + 30
        while not gateway.delivered and worker.poll() is None and time.monotonic() < limit:
            time.sleep(0.02)
        os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
        assert queries.outbox_detail(number).line.status == "sending"
        assert deliver_due(NOW + LEASE + timedelta(minutes=1), transaction).sent == 1
        assert queries.outbox_detail(number).line.status == "sent"
        assert len(gateway.requests) == 2
        assert len({item["key"] for item in gateway.requests}) == len(gateway.delivered) == 1
