"""STAC API 1.0.0, `/stac`: granules as items, for the clients of the field (https://github.com/radiantearth)."""

from soap.faces.api.face import Face
from soap.faces.api.stac.routes import router

STAC = Face("/stac", (router,), reads_values=False)
