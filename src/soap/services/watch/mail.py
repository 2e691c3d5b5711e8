"""E-mail: a notice as a plain message, handed to the mail server of the settings."""

from __future__ import annotations

import re
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from soap.core.errors import BadParameter
from soap.core.settings import Settings
from soap.services.watch.delivery import Undelivered

TIMEOUT_S = 20.0
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?", re.ASCII
)


def checked_address(address: str) -> str:
    """One plain address; `BadParameter` for anything else."""
    if not _ADDRESS.fullmatch(address) or parseaddr(address)[1] != address:
        raise BadParameter(f"{address[:80]!r} is no e-mail address; write NAME@HOST.")
    return address


def can_send(settings: Settings) -> bool:
    """True where the settings name a mail server and a sender."""
    return bool(settings.smtp_host and settings.smtp_from)


def send(settings: Settings, address: str, number: int, title: str, text: str) -> None:
    """Send one message; `Undelivered` where the mail server does not take it.

    The `Message-ID` is the notice's, the same however often it is tried. With `smtp_starttls` nothing goes over a line
    that is not encrypted, the certificate checked.
    """
    message = EmailMessage()
    message["From"], message["To"] = settings.smtp_from, address
    message["Subject"] = "".join(one if one.isprintable() else " " for one in title)[:200]
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = f"<soap-notice-{number}@{settings.smtp_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody answers it by machine
    message.set_content(text)
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_S) as server:
            if settings.smtp_starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        raise Undelivered(f"The mail server {settings.smtp_host} did not take it ({type(error).__name__}).") from error
