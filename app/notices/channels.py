"""Ways to reach people: SMTP, an SMS gateway over HTTP, the console. None of them touches the database."""

from __future__ import annotations

import http.client
import json
import logging
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any, Protocol
from urllib.parse import urlsplit

from app.core import clock
from app.notices.errors import DeliveryFailed
from app.notices.outgoing import Document, Outgoing

_log = logging.getLogger(__name__)


class Channel(Protocol):
    """Delivers one message, or raises `DeliveryFailed`; the same `idem_key` may come twice."""

    def deliver(self, message: Outgoing) -> str | None:
        """Hands the message over and returns the provider's reference if it gives one."""


@dataclass(frozen=True)
class MailServer:
    """Where and as whom mail is handed in; `timeout` in seconds."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    starttls: bool = False
    timeout: float = 10.0


class SmtpChannel:
    """Mail by SMTP. Message-ID is the idempotency key, so that a message sent twice is seen as one."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def deliver(self, message: Outgoing) -> str | None:
        """See `Channel`."""
        mail = self._compose(message)
        try:
            with smtplib.SMTP(self._server.host, self._server.port, timeout=self._server.timeout) as connection:
                if self._server.starttls:
                    connection.starttls(context=ssl.create_default_context())
                if self._server.user:
                    connection.login(self._server.user, self._server.password)
                connection.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise DeliveryFailed(f"邮件服务器拒收该地址（{code}）", is_permanent=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            raise DeliveryFailed(f"邮件服务器答复 {error.smtp_code}", is_permanent=False) from error
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryFailed(f"连不上邮件服务器（{type(error).__name__}）") from error
        return str(mail["Message-ID"])

    def _compose(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = formataddr(("省政务信息管理局智库", self._server.sender))
        mail["To"] = formataddr((message.name, message.email or ""))
        mail["Subject"] = message.title
        mail["Date"] = format_datetime(clock.now())
        domain = self._server.sender.partition("@")[2] or "localhost"
        mail["Message-ID"] = f"<{message.idem_key}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        for document in message.documents:
            _enclose(mail, document)
        return mail


def _enclose(mail: EmailMessage, document: Document) -> None:
    media_type = EmailMessage()
    media_type["Content-Type"] = document.media_type
    maintype, subtype = media_type.get_content_type().split("/")
    parameters = dict(media_type["Content-Type"].params)
    mail.add_attachment(
        document.make(), maintype=maintype, subtype=subtype, filename=document.filename, params=parameters or None
    )


@dataclass(frozen=True)
class SmsGateway:
    """The gateway's address and token; `timeout` in seconds."""

    url: str
    token: str
    timeout: float = 10.0


class SmsChannel:
    """SMS by the gateway's HTTP interface; a request id known there already counts as delivered."""

    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway

    def deliver(self, message: Outgoing) -> str | None:
        """See `Channel`."""
        body = {"request_id": message.idem_key, "phone": message.phone, "text": message.text}
        status, answer = self._post(body, message.idem_key)
        if status in (200, 201, 202, 409):
            reference = answer.get("message_id")
            return str(reference)[:120] if reference is not None else None
        reason = str(answer.get("error", ""))[:120]
        raise DeliveryFailed(
            f"短信网关答复 {status}" + (f"：{reason}" if reason else ""), is_permanent=status in (400, 404, 410, 422)
        )

    def _post(self, body: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        target = urlsplit(self._gateway.url)
        factory = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
        connection = factory(target.netloc, timeout=self._gateway.timeout)
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Authorization": f"Bearer {self._gateway.token}",
            "Idempotency-Key": key,
        }
        try:
            connection.request("POST", path, json.dumps(body, ensure_ascii=False).encode(), headers)
            response = connection.getresponse()
            return response.status, _object(response.read(65536))
        except TimeoutError as error:
            raise DeliveryFailed(f"短信网关 {self._gateway.timeout:g} 秒内没有答复") from error
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryFailed(f"连不上短信网关（{type(error).__name__}）") from error
        finally:
            connection.close()


def _object(raw: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(raw)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


class ConsoleChannel:
    """Writes messages to the log instead of sending them: development and demo."""

    def __init__(self, name: str) -> None:
        self._name = name

    def deliver(self, message: Outgoing) -> str | None:
        """See `Channel`."""
        address = message.phone if self._name == "sms" else message.email
        _log.info("%s to %s: %s\n%s", self._name, address, message.title, message.text)
        return "console"
