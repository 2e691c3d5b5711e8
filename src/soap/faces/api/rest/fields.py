"""Parameters and fields that several resources have, with their bounds."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import Field

USER = r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,79}$"
CODE = r"^[A-Z][A-Z0-9_-]{1,19}$"
LINE = r"^[^\x00-\x1f\x7f]*$"

UserName = Annotated[str, Field(pattern=USER, max_length=80, examples=["li.wei"])]
UserInPath = Annotated[str, Path(pattern=USER, max_length=80)]
MemberCode = Annotated[str, Field(pattern=CODE, max_length=20, examples=["CHN"])]
Role = Literal["project_admin", "member_admin", "station", "user"]
Start = Annotated[str | None, Query(max_length=40, description="From this time on, ISO 8601, UTC.")]
Stop = Annotated[str | None, Query(max_length=40, description="Before this time, ISO 8601, UTC.")]
