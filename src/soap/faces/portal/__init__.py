"""The web portal: its pages and what they are made of, built from the sources in `portal/` and shipped in the wheel."""

from soap.faces.api.face import Face
from soap.faces.portal.routes import router

PORTAL = Face("", (router,))
