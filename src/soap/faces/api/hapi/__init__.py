"""HAPI 3.3, `/hapi`: series and tracks for the clients of heliophysics (https://doi.org/10.5281/zenodo.16618741)."""

from soap.faces.api.face import Face
from soap.faces.api.hapi.answers import RESPONSES, explain
from soap.faces.api.hapi.routes import router

HAPI = Face("/hapi", (router,), explain, problems=RESPONSES)
