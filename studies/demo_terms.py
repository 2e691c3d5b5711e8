"""Terms and people of the demo's archive: `python studies/demo_terms.py ARCHIVE PEOPLE`.

All of it becomes open, but that China holds one station back until 2090. Three people can sign in; their passwords are
made here, and written to the file PEOPLE, which only its owner may read.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.who import PROJECT_ADMIN, USER
from soap.services import accounts, find, passwords, terms

HELD_BACK = "geomagnetism.xc4.pt1m"
PEOPLE = {"administrator": (PROJECT_ADMIN, ""), "researcher.chn": (USER, "CHN"), "researcher.pak": (USER, "PAK")}


def main() -> None:
    """Set the terms, and make the accounts."""
    archive, me = Archive.open(Settings(archive=Path(sys.argv[1])), create=False), accounts.command_line_viewer()
    for one in find.collections(me, archive):
        change = {"access": "open", "licence": "CC-BY-4.0"}
        if one.collection_id == HELD_BACK:
            change = {"access": "members", "owner": "CHN", "embargo_until": terms.embargo("2090-01-01")}
        terms.set_terms(me, archive, terms.Subject("collection", one.collection_id), change)
    for station in find.stations(me, archive):
        terms.set_terms(
            me, archive, terms.Subject("station", f"{station.code_scheme}:{station.code}"), {"access": "open"}
        )
    people = Path(sys.argv[2])
    people.touch(mode=0o600)
    lines = ["People of the demo, and their passwords:"]
    for user, (role, member) in PEOPLE.items():
        secret = secrets.token_urlsafe(12)
        accounts.add_account(me, archive, user, (role,), member)
        passwords.set_password(me, archive, user, secret)
        lines.append(f"  {user:<15} {secret}  ({', '.join(filter(None, (role, member)))})")
    people.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
