"""The demo's mailbox: what an applicant or objector would have on the phone. It exists in the demo only."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import current_app, render_template
from markupsafe import Markup, escape

from app.core.database import db
from app.notices import queries
from app.notices.models import OutboxMessage
from app.web.auth import public_page
from app.web.demo import demo

SHOWN = 30


@dataclass(frozen=True)
class Letter:
    """One message as its receiver would read it."""

    to: str
    title: str
    channel: str
    text: Markup
    at: datetime


@demo.get("/outbox")
@public_page
def outbox() -> str:
    """The newest short messages and mails with their codes and links; the receivers are invented."""
    statement = (
        sa.select(OutboxMessage)
        .where(OutboxMessage.channel != "inbox", OutboxMessage.body.is_not(None))
        .order_by(OutboxMessage.id.desc())
        .limit(SHOWN)
    )
    letters = [_letter(row) for row in db.session.scalars(statement)]
    return render_template("demo/outbox.html", letters=letters)


def _letter(row: OutboxMessage) -> Letter:
    return Letter(
        to=row.recipient_masked, title=row.title, channel=queries.CHANNEL_WORDS[row.channel],
        text=_linked(json.loads(row.body or "{}").get(row.channel, "")), at=row.created_at,
    )


def _linked(text: str) -> Markup:
    """The text with this site's own links made clickable."""
    base = re.escape(str(current_app.config["PUBLIC_URL"]))
    parts = re.split(rf"({base}/\S*)", text)
    return Markup("").join(
        Markup('<a href="{0}">{0}</a>').format(part.removeprefix(current_app.config["PUBLIC_URL"]))
        if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )
