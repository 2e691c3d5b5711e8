"""REST, `/api/v1`: the resources of this system as JSON and files."""

from soap.faces.api.face import Face
from soap.faces.api.job_runner import carrying_out_jobs
from soap.faces.api.rest import (
    accounts,
    around,
    audit,
    changes,
    collections,
    events,
    granules,
    jobs,
    members,
    methods,
    oidc,
    session,
    stations,
    statistics,
    studies,
    subscriptions,
    terms,
    tokens,
    values,
)
from soap.faces.api.watching import watching

REST = Face(
    "/api/v1",
    (
        members.router,
        session.router,
        oidc.router,
        tokens.router,
        accounts.router,
        terms.router,
        audit.router,
        collections.router,
        granules.router,
        events.router,
        around.router,
        values.router,
        stations.router,
        statistics.router,
        jobs.router,
        studies.router,
        methods.router,
        changes.router,
        subscriptions.router,
    ),
    alongside=(carrying_out_jobs, watching),
)
