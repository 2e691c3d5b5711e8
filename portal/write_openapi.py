"""Write the API's OpenAPI document, of which the portal's types are made: `python write_openapi.py FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from soap.systems.seismo_ionospheric import api


def main() -> None:
    """Write it to the file that is named."""
    document = api().openapi()
    Path(sys.argv[1]).write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
