"""Webhooks: a notice as JSON, posted to a URL, signed so that the receiver knows who calls and when."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from soap.services.watch.addresses import resolved
from soap.services.watch.delivery import Undelivered

TIMEOUT_S = 10.0


def signature(secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `STAMP.BODY` under the subscription's secret (RFC 2104), in hexadecimal."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def post(url: str, secret: str, number: int, content: Mapping[str, Any], *, private: bool) -> None:
    """Post a notice; `Undelivered` unless the receiver answers 2xx. No redirect is followed, no answer read.

    Headers: `Soap-Notice`, its number, the same however often it is tried; `Soap-Timestamp`, seconds since 1970;
    `Soap-Signature`, `v1=` and the `signature`.
    """
    import httpx2

    place = resolved(url, private=private)
    body = json.dumps(content, allow_nan=False).encode()
    stamp = str(int(time.time()))
    headers = {"Host": place.name, "Content-Type": "application/json", "User-Agent": "SOAP", "Soap-Notice": str(number),
               "Soap-Timestamp": stamp, "Soap-Signature": f"v1={signature(secret, stamp, body)}"}  # fmt: skip
    try:
        with (
            httpx2.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST", place.url, content=body, headers=headers, extensions={"sni_hostname": place.host}
            ) as answer,
        ):
            status = answer.status_code
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Undelivered(f"The webhook was not reached ({type(error).__name__}).") from error
    if not 200 <= status < 300:
        raise Undelivered(f"The webhook answered {status}.", for_good=status == 410)
