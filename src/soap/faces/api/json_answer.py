"""An answer in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response


class Json(Response):
    """What is told as JSON, arrays of numpy included; bytes are encoded already."""

    media_type = "application/json"

    def __init__(
        self,
        content: Any,
        media_type: str | None = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ):
        told = content if isinstance(content, bytes) else orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)
        super().__init__(told, status, headers, media_type)
