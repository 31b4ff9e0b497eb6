"""Writing notices: rows of the caller's transaction, delivered after it is committed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import randomness
from app.core.actor import Actor
from app.core.database import db
from app.core.masking import mask_email, mask_name, mask_phone
from app.notices import settings, texts
from app.notices.documents.enclosures import Enclosure, freeze
from app.notices.models import InboxMessage, OutboxAttachment, OutboxMessage
from app.notices.templates import Rendered, Template, render

# Statements made once: building them for every notice takes longer than running them.
_INSERT_MESSAGE = sa.insert(OutboxMessage.__table__).returning(OutboxMessage.__table__.c.id)
_INSERT_INSIDE = sa.insert(InboxMessage.__table__)

#: Kept as the error of a message that nobody can be reached by.
NO_ADDRESS = "没有可用的手机号码或电子邮箱"


@dataclass(frozen=True)
class Recipient:
    """Whom to tell: a user of the product, or somebody with a phone number or a mail address."""

    user_id: int | None
    name: str
    phone: str | None = None
    email: str | None = None

    @property
    def masked(self) -> str:
        """赵** 139****5678 z***@example.cn."""
        parts = [mask_name(self.name)]
        parts += [mask_phone(self.phone)] if self.phone else []
        parts += [mask_email(self.email)] if self.email else []
        return " ".join(parts)


@dataclass(frozen=True)
class Attachment:
    """A document that goes with the mail, a PDF or a calendar file, made when it is sent."""

    filename: str
    document: Enclosure


def send(  # noqa: PLR0913 - subject, moment and actor are named at every call
    key: str,
    to: Recipient,
    data: Mapping[str, Any],
    *,
    subject_type: str,
    subject_id: str | int,
    now: datetime,
    actor: Actor,
    channels: Sequence[str] | None = None,
    attachments: Sequence[Attachment] = (),
    reply_to: str | None = None,
) -> int:
    """Queues the notice `key` for `to` in the present transaction and returns the id of its outbox row.

    A user gets the in-app message at once. The other channels are tried in the order of the template (or of
    `channels`), those without an address left out. Who cannot be reached at all is shown in the outbox as dead.

    `reply_to` is the business key of a case that waits for the receipt (`app.notices.receipts`). It is told of phone
    and mail only; with neither, the delivery job gives the message up, and the case hears that too.

    :raises TemplateRefused: no such notice, or data other than it declares.
    :raises UserError: an attached document cannot or must not be made (a name the font lacks, a withheld identity).
    """
    notice = texts.notice(key)
    rendered = render(notice, data, settings.current().public_url)
    wanted = tuple(channels) if channels is not None else notice.channels
    told_inside = "inbox" in wanted and to.user_id is not None
    if told_inside:
        _write_inbox(notice, rendered, to, subject_type, str(subject_id), now)
    plan = [channel for channel in wanted if _address(to, channel)]
    expires = now + timedelta(hours=notice.keep_hours) if notice.keep_hours is not None else None
    values = {
        "template": key,
        "title": rendered.title,
        "subject_type": subject_type,
        "subject_id": str(subject_id),
        "reply_to": reply_to,
        "recipient_user_id": to.user_id,
        "recipient_name": to.name,
        "recipient_masked": to.masked,
        "phone": to.phone,
        "email": to.email,
        "body": json.dumps(dict(rendered.texts), ensure_ascii=False),
        "plan": plan,
        "channel": plan[0] if plan else "inbox",
        "next_attempt_at": now,
        "idem_key": randomness.unique_id(),
        "expires_at": expires,
        "created_at": now,
        "created_by_name": actor.name,
        "attempts": 0,
        "attempts_in_all": 0,
        **_first_state(bool(plan) or reply_to is not None, told_inside, now),
    }
    message_id = _insert(values)
    if attachments and "mail" in plan:
        _attach(message_id, attachments)
    return message_id


def _first_state(is_due: bool, told_inside: bool, now: datetime) -> dict[str, Any]:
    if is_due:
        return {"status": "pending"}
    if told_inside:
        return {"status": "sent", "sent_at": now}
    return {"status": "dead", "last_error": NO_ADDRESS}


def _address(to: Recipient, channel: str) -> str | None:
    return {"sms": to.phone, "mail": to.email}.get(channel)


def _insert(values: Mapping[str, Any]) -> int:
    return int(db.session.execute(_INSERT_MESSAGE, dict(values)).scalar_one())


def _write_inbox(
    notice: Template, rendered: Rendered, to: Recipient, subject_type: str, subject_id: str, now: datetime
) -> None:
    values = {
        "user_id": to.user_id,
        "template": notice.key,
        "title": rendered.title,
        "body": rendered.texts["inbox"],
        "subject_type": subject_type,
        "subject_id": subject_id,
        "created_at": now,
    }
    db.session.execute(_INSERT_INSIDE, values)


def _attach(message_id: int, attachments: Sequence[Attachment]) -> None:
    rows = []
    for item in attachments:
        kind, data = freeze(item.document)
        rows.append({"message_id": message_id, "filename": item.filename, "kind": kind, "data": data})
    db.session.execute(sa.insert(OutboxAttachment), rows)
