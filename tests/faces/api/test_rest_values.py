"""Values by REST: what the archive gives, in every format; tags; what is too large; what does not fit."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xarray as xr

from soap.archive import publish, query
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.time import Window
from soap.observations import rays
from soap.services import values as service
from soap.testing import policy_worlds as worlds
from soap.testing.policy_worlds import File, Setting

KAK, TRACK, FIELD = worlds.SERIES["kak"], worlds.TRACK, worlds.FIELD
WINDOW = Window("2016-01-01", "2018-01-01")
ASKED = {
    "series": f"/api/v1/series?collection={KAK}&start=2016&stop=2018",
    "tracks": f"/api/v1/tracks?collection={TRACK}&start=2016&stop=2018",
    "maps": f"/api/v1/maps?collection={FIELD}&start=2016&stop=2018",
}
NAMES = {"series": KAK, "tracks": TRACK, "maps": FIELD}


@pytest.fixture
def held(archive):
    files = (File("", "kak", "b_north", 0, 4), File("CHN", "kak", "b_east", 2, 4), File("", "031190", count=4),
             File("", "map"))  # fmt: skip
    terms = [Setting(Subject("collection", one, ""), Terms("", "open", (), None, "CC-BY-4.0", "cité")) for one in
             NAMES.values()]  # fmt: skip
    worlds.build(archive, (*files, *terms, Setting(Subject("collection", KAK, "CHN"), Terms("CHN", "open"))))
    return archive


def frame_of(answer, form: str) -> pd.DataFrame:
    """The rows of an answer, by other programs' readers."""
    if form == "csv":
        frame = pd.read_csv(io.BytesIO(answer.content))
        frame.columns = [name.partition(" [")[0] for name in frame.columns]
    elif form == "json":
        content = answer.json()
        frame = pd.DataFrame(content["rows"], columns=[one["name"] for one in content["columns"]])
    else:
        frame = pq.read_table(io.BytesIO(answer.content)).to_pandas()
    frame["time"] = pd.to_datetime(frame["time"], utc=True).dt.tz_localize(None).astype("datetime64[ns]")
    return frame


@pytest.mark.parametrize("kind", ASKED)
def test_every_row_is_that_of_the_archive(held, client, kind):
    dims = ["time", "latitude", "longitude"] if kind == "maps" else ["time"]
    whole = query.whole(held, worlds.ME, NAMES[kind], WINDOW).to_dataframe(dim_order=dims).reset_index()
    for form in ("csv", "json", "parquet"):
        answer = client.get(f"{ASKED[kind]}&format={form}")
        assert answer.status_code == 200, answer.text
        found = frame_of(answer, form)
        assert len(found) == len(whole)
        for name in found.columns:
            wanted = whole[name].to_numpy()
            if name == "half_orbit_id" and form == "csv":  # pandas takes digits for a number
                wanted = wanted.astype(int)
            values = found[name].to_numpy()
            np.testing.assert_array_equal(values.astype(wanted.dtype), wanted)
    answer = client.get(f"{ASKED[kind]}&format=netcdf")
    with xr.open_dataset(io.BytesIO(answer.content), engine="h5netcdf") as found:
        name = next(iter(found.data_vars))
        np.testing.assert_array_equal(
            found[name].values, query.whole(held, worlds.ME, NAMES[kind], WINDOW)[name].values
        )


def test_version_rights_and_tag_are_told(held, client):
    answer = client.get(f"{ASKED['series']}&format=csv")
    version = answer.headers["x-collection-version"]
    assert version.startswith(f"{KAK}@")
    assert (answer.headers["x-licence"], answer.headers["x-citation"]) == ("CC-BY-4.0", "cit%C3%A9")
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{KAK}_2016-01-01T000000_')
    assert answer.headers["last-modified"].endswith("GMT")
    told = client.get(ASKED["series"]).json()
    assert (told["version"], told["citation"]) == (version, "cité")
    metadata = pq.read_schema(io.BytesIO(client.get(f"{ASKED['series']}&format=parquet").content)).metadata
    assert metadata[b"licence"] == b"CC-BY-4.0"
    tag = answer.headers["etag"]
    assert client.get(f"{ASKED['series']}&format=csv", headers={"If-None-Match": tag}).status_code == 304
    assert client.get(f"{ASKED['series']}&format=json", headers={"If-None-Match": tag}).status_code == 200
    worlds.build(held, (*[None] * 50, File("", "kak", "b_north", 0, 4)))
    later = client.get(f"{ASKED['series']}&format=csv", headers={"If-None-Match": tag})
    assert (later.status_code, later.text == answer.text) == (200, False)
    assert client.get(ASKED["series"].replace(KAK, version) + "&format=csv").text == answer.text


def test_terms_that_change_change_the_tag(held, client):
    """Else a client would keep what it may no longer see, or miss what it may."""
    one = client.get(ASKED["series"])
    set_terms(held, worlds.ME, Subject("collection", KAK, "CHN"), Terms("CHN", "private"))
    other = client.get(ASKED["series"], headers={"If-None-Match": one.headers["etag"]})
    assert other.status_code == 200
    assert "b_east" not in other.text


def test_decimated_values_are_those_of_the_archive(held, client):
    wanted = query.decimated(held, worlds.ME, KAK, WINDOW, 700, ["b_north"]).to_dataframe().reset_index()
    told = client.get(f"{ASKED['series']}&variable=b_north&points=700")
    assert told.json()["decimated"].startswith("700 buckets")
    for form in ("json", "csv", "parquet"):
        found = frame_of(client.get(f"{ASKED['series']}&variable=b_north&points=700&format={form}"), form)
        for name in ("time", "b_north_min", "b_north_max", "b_north_count"):
            np.testing.assert_array_equal(found[name].to_numpy(), wanted[name].to_numpy())


def test_a_station_and_its_variables_are_as_good_as_a_collection(held, client):
    one = client.get("/api/v1/series?station=KAK&variable=b_north&start=2016&stop=2018").json()
    other = client.get(f"{ASKED['series']}&variable=b_north").json()
    assert one["rows"] == other["rows"]
    alone = client.get(f"{ASKED['series']}&provider=CHN").json()
    assert [column["name"] for column in alone["columns"]] == ["time", "b_east", "b_east_quality"]


def test_rays_are_rows_of_a_time_and_satellite(archive, client):
    time = np.datetime64("2016-04-13", "ns") + np.arange(3) * np.timedelta64(30, "s")
    stec = np.array([[1.0, np.nan], [2.0, 3.0], [np.nan, 4.0]])
    made = rays(time, ["G05", "G07"], {"vtec": stec}, names=worlds.NAMES, collection_id="ionosphere.bjfs.rays",
                platform="bjfs", cadence="PT30S")  # fmt: skip
    read = worlds.arrival(0, File("", "kp"))
    one = type(read)("rays", b"rays", "0" * 64, "made", type(read.reading)(observations=(made,)))
    assert publish.publish(archive, worlds.ME, [one]).published
    set_terms(archive, worlds.ME, Subject("collection", "ionosphere.bjfs.rays", ""), Terms("", "open"))
    told = client.get("/api/v1/series?collection=ionosphere.bjfs.rays&start=2016&stop=2017").json()
    assert [row[1:3] for row in told["rows"]] == [["G05", 1.0], ["G05", 2.0], ["G07", 3.0], ["G07", 4.0]]
    assert client.get("/hapi/catalog").json()["catalog"] == []  # several rows of one time are no HAPI record


REFUSED = [
    ("/api/v1/series?start=2016&stop=2018", 400, "Name a collection"),
    (f"/api/v1/tracks?collection={KAK}&start=2016&stop=2018", 400, "shape series, not track"),
    (ASKED["series"] + "&format=ionex", 400, "'ionex' is no format"),
    (ASKED["series"] + "&variable=b_down", 400, "no variable b_down"),
    (ASKED["series"] + "&points=0", 400, "points"),
    (ASKED["maps"] + "&points=5", 400, "decimated"),
    (f"/api/v1/series?collection={KAK}&start=2000&stop=2001", 404, "it holds 2016-12-31T20:00:00Z"),
    ("/api/v1/series?collection=no.such.one&start=2000&stop=2001", 404, "no collection"),
    (f"/api/v1/series?collection={KAK}&start=2018&stop=2016", 400, "empty"),
    ("/api/v1/series?collection=../../etc&start=2016&stop=2018", 400, "collection"),
]


def test_what_cannot_be_given_is_said(held, client):
    for question, status, words in REFUSED:
        answer = client.get(question)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert words in answer.json()["detail"], question


def test_what_is_too_large_says_how_to_ask(held, client, monkeypatch):
    monkeypatch.setattr(service, "MOST_VALUES", 3)
    answer = client.get(f"{ASKED['series']}&format=netcdf")
    assert answer.status_code == 413
    assert "a job" in answer.json()["detail"]
    for form in service.STREAMED:
        assert client.get(f"{ASKED['series']}&format={form}").status_code == 200
    assert json.loads(client.get(f"{ASKED['series']}&points=2").text)["rows"]


@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize("form", ["csv", "json", "parquet", "netcdf"])
def test_what_the_archive_has_lost_is_not_told_as_nothing(held, client, kind, form):
    for key in list(held.objects.keys("objects")):
        held.objects.delete(key)
    answer = client.get(f"{ASKED[kind]}&format={form}")
    assert answer.status_code == 503
    assert "report it" in answer.json()["detail"]
    assert "objects" not in answer.text  # where they were is for who runs the archive
