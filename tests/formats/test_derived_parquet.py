"""Products' own files: what is written comes back, and what is no such file is told."""

import io
import json

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from soap.core.errors import BadFile
from soap.core.names import Variable
from soap.formats import Source
from soap.formats.derived_parquet import READER, write
from soap.observations import Quality, rays, series

STEC = Variable("stec", "STEC", "TECU", "slant TEC", plausible=(-5.0, 1000.0))
TIME = np.datetime64("2020-01-01T00:00:00", "ns") + np.arange(4) * np.timedelta64(30, "s")
ATTRS = {"collection_id": "ionosphere.test.tec.pt30s", "platform": "test", "cadence": "PT30S", "inputs": '[{"a": 1}]'}


def seen():
    values = np.array([[1.5, np.nan], [np.nan, 2.125], [3.0, -9.0], [1 / 3, 0.0]])
    jump = np.array([[0, 0], [0, Quality.JUMP], [0, 0], [0, 0]], dtype=np.uint8)
    return rays(TIME, ["G05", "R11"], {"stec": values}, names=(STEC,), flags={"stec": jump}, **ATTRS)


@pytest.mark.parametrize("dataset", [seen(), series(TIME, {"stec": np.array([1.0, np.nan, 3.0, 4.5])}, names=(STEC,),
                                                    **ATTRS)], ids=["rays", "series"])  # fmt: skip
def test_what_is_written_comes_back(dataset):
    source = Source("tec.parquet", write(dataset))
    assert READER.recognises(source)
    expected = dataset if "sv" in dataset.dims else dataset.dropna("time", subset=["stec"])
    (found,) = READER.read(source).observations
    assert found.identical(expected)


def test_equal_content_gives_equal_bytes():
    assert write(seen()) == write(seen())


def test_a_database_reads_it(tmp_path):
    (tmp_path / "tec.parquet").write_bytes(write(seen()))
    found = duckdb.sql(f"SELECT sv, stec FROM '{tmp_path}/tec.parquet' WHERE stec_quality = 8").fetchall()
    assert found == [("R11", 2.125)]


def other_table() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": [1]}), sink)
    return sink.getvalue()


def test_another_parquet_file_is_not_its():
    assert not READER.recognises(Source("a.parquet", other_table()))


@pytest.mark.parametrize(
    "told", [b"{", b"{}", json.dumps({"attributes": {"shape": "field"}, "variables": {}}).encode()]
)
def test_metadata_that_do_not_fit_are_told(told):
    table = pq.read_table(io.BytesIO(write(seen()))).replace_schema_metadata({b"soap_derived": told})
    sink = io.BytesIO()
    pq.write_table(table, sink)
    with pytest.raises(BadFile, match="not what its metadata tell"):
        READER.read(Source("x.parquet", sink.getvalue()))


def test_a_cut_file_is_told():
    with pytest.raises(BadFile, match="damaged"):
        READER.read(Source("x.parquet", write(seen())[:-40]))
