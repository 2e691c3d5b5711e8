"""REST, `/api/v1`: the resources of this system as JSON and files."""

from soap.faces.api.face import Face
from soap.faces.api.job_runner import carrying_out_jobs
from soap.faces.api.rest import (
    around,
    changes,
    collections,
    events,
    jobs,
    members,
    methods,
    session,
    stations,
    statistics,
    studies,
)

REST = Face(
    "/api/v1",
    (
        members.router,
        session.router,
        collections.router,
        events.router,
        around.router,
        stations.router,
        statistics.router,
        jobs.router,
        studies.router,
        methods.router,
        changes.router,
    ),
    alongside=(carrying_out_jobs,),
)
