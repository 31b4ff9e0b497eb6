"""What notices need to know of this installation; set once by the factory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.notices.channels import Channel, ConsoleChannel, MailServer, SmsChannel, SmsGateway, SmtpChannel


@dataclass(frozen=True)
class NoticeSettings:
    """The address under which people reach the pages, the channels by name (sms, mail), and whether all is play."""

    public_url: str
    channels: Mapping[str, Channel] = field(default_factory=dict)
    is_demo: bool = False


_current: NoticeSettings | None = None


def configure(settings: NoticeSettings) -> None:
    """Installs the settings of this process."""
    global _current
    _current = settings


def current() -> NoticeSettings:
    """The settings of this process.

    :raises RuntimeError: the factory did not configure notices.
    """
    if _current is None:
        raise RuntimeError("notices are not configured")
    return _current


def from_configuration(configuration: Mapping[str, Any]) -> NoticeSettings:
    """Channels by the application's configuration.

    In production a channel without a server is left out, and messages go to the next one; elsewhere the
    console stands in for it.
    """
    channels: dict[str, Channel] = {}
    if configuration["SMS_URL"]:
        channels["sms"] = SmsChannel(SmsGateway(configuration["SMS_URL"], configuration["SMS_TOKEN"]))
    if configuration["MAIL_HOST"]:
        channels["mail"] = SmtpChannel(_mail_server(configuration))
    if configuration["MODE"] != "production":
        for name in ("sms", "mail"):
            channels.setdefault(name, ConsoleChannel(name))
    return NoticeSettings(configuration["PUBLIC_URL"], channels, is_demo=configuration["MODE"] != "production")


def _mail_server(configuration: Mapping[str, Any]) -> MailServer:
    return MailServer(
        host=configuration["MAIL_HOST"],
        port=configuration["MAIL_PORT"],
        sender=configuration["MAIL_FROM"],
        user=configuration["MAIL_USER"],
        password=configuration["MAIL_PASSWORD"],
        starttls=configuration["MAIL_STARTTLS"],
    )
