"""The routes of STAC API 1.0.0: core, collections, features, item search, with filter, sort and fields."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request

from soap.core.errors import NotFound
from soap.faces.api.json_answer import Json
from soap.faces.api.rules import Anybody
from soap.faces.api.stac.asked import Search, body_of, must_be_written, search_of
from soap.faces.api.stac.collections import collection as written_collection
from soap.faces.api.stac.documents import conforms, landing_page, queryables
from soap.faces.api.stac.items import Written
from soap.faces.api.stac.items import item as written_item
from soap.faces.api.stac.links import GEOJSON, JSON, link, part, root, server, with_parameters
from soap.services import search as archive_search

router = APIRouter(tags=["STAC"])

_DOCUMENT: dict[int | str, dict[str, Any]] = {200: {"content": {JSON: {"schema": {"type": "object"}}}}}
_FEATURES: dict[int | str, dict[str, Any]] = {200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}}
_SCHEMA: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/schema+json": {"schema": {"type": "object"}}}}
}

CollectionName = Annotated[str, Path(max_length=200)]
Limit = Annotated[int | None, Query(ge=1, le=10_000, description="Items on a page; at most 1000 are given.")]
Token = Annotated[str | None, Query(max_length=1000, description="Of a link to the next page.")]
Bbox = Annotated[str | None, Query(max_length=200, description="west,south,east,north [degree], or with heights.")]
When = Annotated[str | None, Query(alias="datetime", max_length=80, description="Instant, or start/end, `..` open.")]
FilterText = Annotated[str | None, Query(alias="filter", max_length=4000, description="CQL2.")]
FilterLanguage = Annotated[str | None, Query(alias="filter-lang", max_length=20, description="cql2-text, cql2-json.")]
FilterCrs = Annotated[str | None, Query(alias="filter-crs", max_length=100)]
SortBy = Annotated[str | None, Query(max_length=100, description="datetime, -datetime or id.")]
FieldNames = Annotated[str | None, Query(alias="fields", max_length=2000, description="id,properties.platform,-links")]
Names = Annotated[str | None, Query(max_length=4_000, description="Between commas; more by POST.")]


@router.get("", responses=_DOCUMENT)
def landing(asking: Anybody, request: Request) -> Json:
    """The landing page."""
    return Json(landing_page(root(request), server(request)))


@router.get("/conformance", responses=_DOCUMENT)
def conformance(asking: Anybody) -> Json:
    """What of which standard is answered here."""
    return Json(conforms())


@router.get("/queryables", responses=_SCHEMA)
def all_queryables(asking: Anybody, request: Request) -> Json:
    """What a filter can ask of."""
    return Json(queryables(f"{root(request)}/queryables"), "application/schema+json")


@router.get("/collections", responses=_DOCUMENT)
def collections(
    asking: Anybody,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
    token: Annotated[str | None, Query(max_length=200, description="Of a link to the next page.")] = None,
) -> Json:
    """Collections that hold something, by identifier, in pages."""
    here, held = root(request), archive_search.holdings(asking.viewer, asking.archive)
    left = [one for one in held if token is None or one.kinds[0].collection_id > token]
    some = left[:limit]
    links = [link("self", str(request.url)), link("root", here), link("parent", here)]
    if len(left) > limit:
        after = {"limit": limit, "token": some[-1].kinds[0].collection_id}
        links.append(link("next", with_parameters(f"{here}/collections", after), method="GET"))
    told = [written_collection(one, here, server(request)) for one in some]
    numbers = {"numberMatched": len(held), "numberReturned": len(told)}
    return Json({"collections": told, "links": links, **numbers})


@router.get("/collections/{collection_id}", responses=_DOCUMENT)
def collection(asking: Anybody, request: Request, collection_id: CollectionName) -> Json:
    """One collection."""
    held = archive_search.holding(asking.viewer, asking.archive, collection_id)
    return Json(written_collection(held, root(request), server(request)))


@router.get("/collections/{collection_id}/queryables", responses=_SCHEMA)
def collection_queryables(asking: Anybody, request: Request, collection_id: CollectionName) -> Json:
    """What a filter can ask of the collection's items."""
    archive_search.must_know(asking.viewer, asking.archive, collection_id)
    here = f"{root(request)}/collections/{part(collection_id)}/queryables"
    return Json(queryables(here), "application/schema+json")


@router.get("/collections/{collection_id}/items", responses=_FEATURES)
def items(
    asking: Anybody,
    request: Request,
    collection_id: CollectionName,
    bbox: Bbox = None,
    when: When = None,
    limit: Limit = None,
    token: Token = None,
    filter_text: FilterText = None,
    filter_language: FilterLanguage = None,
    filter_crs: FilterCrs = None,
    sortby: SortBy = None,
    fields: FieldNames = None,
) -> Json:
    """Items of a collection, the latest first, in pages."""
    parameters = {
        "bbox": bbox, "datetime": when, "limit": limit, "token": token, "filter": filter_text,
        "filter-lang": filter_language, "filter-crs": filter_crs, "sortby": sortby, "fields": fields,
    }  # fmt: skip
    asked = search_of({**body_of(parameters), "collections": [collection_id]})
    found = _page(asking, asked)
    if not found.granules:
        archive_search.must_know(asking.viewer, asking.archive, collection_id)
    above = f"{root(request)}/collections/{part(collection_id)}"
    links = [link("self", str(request.url), GEOJSON), link("parent", above), link("collection", above)]
    links += _onwards(f"{above}/items", parameters, found.token)
    return _features(asking, request, asked, found, links)


@router.get("/collections/{collection_id}/items/{item_id:path}", responses=_FEATURES)
def item(
    asking: Anybody, request: Request, collection_id: CollectionName, item_id: Annotated[str, Path(max_length=400)]
) -> Json:
    """One item."""
    found = archive_search.page(
        asking.viewer, asking.archive,
        archive_search.Question(ids=(item_id,), collections=(collection_id,)), limit=1, files=True,
    )  # fmt: skip
    if not found.granules:
        raise NotFound(f"There is no item {item_id!r} in a collection {collection_id!r} here.")
    (told,) = _items(asking, request, found)
    return Json(told, GEOJSON)


@router.get("/search", responses=_FEATURES)
def search(
    asking: Anybody,
    request: Request,
    bbox: Bbox = None,
    when: When = None,
    limit: Limit = None,
    token: Token = None,
    ids: Names = None,
    collections: Names = None,
    intersects: Annotated[
        str | None, Query(max_length=4_000, description="GeoJSON geometry; longer ones by POST.")
    ] = None,
    filter_text: FilterText = None,
    filter_language: FilterLanguage = None,
    filter_crs: FilterCrs = None,
    sortby: SortBy = None,
    fields: FieldNames = None,
) -> Json:
    """Items that answer, the latest first, in pages."""
    parameters = {
        "bbox": bbox, "datetime": when, "limit": limit, "token": token, "ids": ids, "collections": collections,
        "intersects": intersects, "filter": filter_text, "filter-lang": filter_language, "filter-crs": filter_crs,
        "sortby": sortby, "fields": fields,
    }  # fmt: skip
    asked = search_of(body_of(parameters))
    found = _page(asking, asked)
    links = [link("self", str(request.url), GEOJSON)]
    links += _onwards(f"{root(request)}/search", parameters, found.token)
    return _features(asking, request, asked, found, links)


@router.post("/search", responses=_FEATURES)
def search_by_body(asking: Anybody, request: Request, body: Annotated[dict[str, Any], Body(max_length=40)]) -> Json:
    """Items that answer the body, the latest first, in pages."""
    must_be_written(body)
    asked = search_of(body)
    found = _page(asking, asked)
    here = f"{root(request)}/search"
    links = [link("self", here, GEOJSON)]
    if found.token is not None:
        links.append(link("next", here, GEOJSON, method="POST", body={**body, "token": found.token}, merge=False))
    return _features(asking, request, asked, found, links)


def _onwards(url: str, parameters: dict[str, Any], token: str | None) -> list[dict[str, Any]]:
    if token is None:
        return []
    return [link("next", with_parameters(url, {**parameters, "token": token}), GEOJSON, method="GET")]


def _page(asking: Anybody, asked: Search) -> archive_search.Page:
    return archive_search.page(
        asking.viewer, asking.archive, asked.question, order=asked.order, limit=asked.limit, token=asked.token,
        files=True,
    )  # fmt: skip


def _items(asking: Anybody, request: Request, found: archive_search.Page) -> list[dict[str, Any]]:
    asking.tells_of(one.owner for one in found.granules)
    written = Written(asking.archive, root(request), server(request), found.files)
    return [written_item(one, written) for one in found.granules]


def _features(
    asking: Anybody, request: Request, asked: Search, found: archive_search.Page, links: list[dict[str, Any]]
) -> Json:
    told = [asked.fields.of(one) for one in _items(asking, request, found)]
    matched = _matched(asking, asked, found)
    content = {
        "type": "FeatureCollection",
        "features": told,
        "links": [*links, link("root", root(request))],
        "numberReturned": len(told),
        **({} if matched is None else {"numberMatched": matched}),
    }
    return Json(content, GEOJSON)


def _matched(asking: Anybody, asked: Search, found: archive_search.Page) -> int | None:
    """How many items answer, where that costs little: they are all here, or one was asked for, as programs do to count.

    More than a page can hold are not counted.
    """
    if found.whole:
        return len(found.granules)
    if asked.limit != 1 or asked.token is not None:
        return None
    every = archive_search.page(
        asking.viewer, asking.archive, asked.question, order=asked.order, limit=archive_search.MOST
    )
    return len(every.granules) if every.whole else None
