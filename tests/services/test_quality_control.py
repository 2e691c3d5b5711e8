"""Quality control on ingest: flags are added and kept, values are not touched, and objects tell what judged them."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
import xarray as xr

from soap.archive import Selection, query
from soap.core.time import Window
from soap.observations import Quality
from soap.science.method import Method, Parameters
from soap.science.quality_control import QualityControl
from soap.science.quality_control.spike import METHOD as SPIKE
from soap.science.quality_control.spike import Spike
from soap.services.admin import verify
from soap.services.file_reading import read_bytes
from soap.services.get import get
from soap.services.ingest import ingest
from soap.systems import seismo_ionospheric
from soap.testing.tiny import COMPOSITION, tiny

AT = 30
VALUES = [100.0 + 0.1 * (number % 7) for number in range(60)]
SPIKED = [*VALUES[:AT], 500.0, *VALUES[AT + 1 :]]
CONTROL = QualityControl(SPIKE, Quality.SPIKE, ("b_north",), Spike(floor=5.0), (30.0, 120.0))
JUDGED = replace(COMPOSITION, quality_controls=(CONTROL,))
WINDOW = Window("2016-04-13", "2016-04-14")
COLLECTION = "geomagnetism.kak.pt1m"


def minute_file(values, **more):
    return tiny(code="kak", start="2016-04-13", step=60, cadence="PT1M", values=values, **more)


@pytest.fixture
def bring(tmp_path, archive, me):
    """Ingest one file by the composition; gives the report."""

    def _bring(content, composition=JUDGED):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.tiny"
        path.write_bytes(content)
        return ingest(me, archive, composition, [path])

    return _bring


def marked(dataset):
    return np.flatnonzero(dataset["b_north_quality"].values).tolist()


def test_values_stay_and_flags_and_what_set_them_are_kept(bring, archive, me):
    assert bring(minute_file(SPIKED)).new == 1
    held = query.series(archive, me, COLLECTION, WINDOW)
    assert held["b_north"].values.tolist() == SPIKED
    assert marked(held) == [AT]
    assert held["b_north_quality"].values[AT] == Quality.SPIKE
    assert held.attrs["quality_control"] == (
        "spike_hampel_1974@1(factor=10.0, floor=5.0, half_window=10, logarithmic=false, longest=1, prominence=2.0,"
        " upward_only=false)"
    )
    (record,) = query.granules(archive, me, Selection())
    assert record.quality["b_north"] == {"values": 60, "spike": 1}


def test_every_reading_of_the_same_bytes_is_the_same():
    one, two = (read_bytes(JUDGED, "a.tiny", minute_file(SPIKED))[1].observations[0] for _ in range(2))
    assert one.identical(two)


def test_the_flags_of_the_file_stay(bring, archive, me):
    bring(minute_file([*SPIKED[:50], None, 90_000.0, *SPIKED[52:]]))
    flags = query.series(archive, me, COLLECTION, WINDOW)["b_north_quality"].values
    assert {at: Quality(int(flags[at])) for at in np.flatnonzero(flags)} == {
        AT: Quality.SPIKE, 50: Quality.MISSING, 51: Quality.OUT_OF_RANGE,
    }  # fmt: skip


def test_other_cadences_variables_and_shapes_are_not_judged(bring, archive, me):
    bring(tiny(code="kak", start="2016-04-13", values=[*SPIKED[:24], 500.0, *SPIKED[:5]]))
    held = query.series(archive, me, "geomagnetism.kak.pt1h", Window("2016-04-13", "2016-04-16"))
    assert marked(held) == []
    assert "quality_control" not in held.attrs


def test_a_corrected_file_takes_the_flag_away(bring, archive, me):
    bring(minute_file(SPIKED, maturity="provisional"))
    bring(minute_file(VALUES, maturity="definitive"))
    assert marked(query.series(archive, me, COLLECTION, WINDOW)) == []
    bring(minute_file(SPIKED[:45], maturity="provisional"))
    assert marked(query.series(archive, me, COLLECTION, WINDOW)) == []


def test_flags_go_out_with_every_export(bring, archive, me, tmp_path):
    bring(minute_file(SPIKED))

    def fetch(name):
        out = tmp_path / f"out.{name}"
        get(me, archive, JUDGED, COLLECTION, WINDOW, format_name=name, out=out)
        return out

    with fetch("csv").open() as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert [at for at, row in enumerate(rows) if row["b_north_quality"] != "0"] == [AT]
    table = pq.read_table(fetch("parquet"))
    assert np.flatnonzero(table["b_north_quality"].to_numpy()).tolist() == [AT]
    with xr.open_dataset(fetch("netcdf")) as dataset:
        assert marked(dataset) == [AT]
        assert dataset.attrs["quality_control"].startswith("spike_hampel_1974@1(")


def test_a_rebuilt_object_is_the_same(bring, archive, me):
    bring(minute_file(SPIKED))
    (record,) = query.granules(archive, me, Selection())
    before = archive.objects.get(record.object_key)
    archive.objects.delete(record.object_key)
    assert verify(me, archive, JUDGED, repair=True).rebuilt == (record.object_key,)
    assert archive.objects.get(record.object_key) == before


def test_a_control_that_fails_sets_one_file_aside(bring):
    class Nothing(Parameters):
        """No parameters."""

    def fail(values, times):
        raise ZeroDivisionError("no width")

    broken = Method("broken_x_2000", "Fails", "series", "flags", Nothing, fail, "2000")
    composition = replace(
        JUDGED, quality_controls=(QualityControl(broken, Quality.JUMP, ("b_north",), Nothing(), (1, 1e9)),)
    )
    report = bring(minute_file(VALUES), composition)
    assert "quality control broken_x_2000 failed on it (ZeroDivisionError: no width)" in report.quarantined[0].reason


def test_a_control_says_what_is_wrong_with_it():
    with pytest.raises(ValueError, match="takes Spike"):
        QualityControl(SPIKE, Quality.SPIKE, ("b_north",), Parameters(), (1, 2))
    with pytest.raises(ValueError, match="cannot set"):
        QualityControl(SPIKE, Quality.MISSING, ("b_north",), Spike(), (1, 2))


def test_the_system_applies_what_its_domains_declare():
    composition = seismo_ionospheric.composition()
    names = {variable.name for variable in composition.names}
    assert composition.quality_controls
    for control in composition.quality_controls:
        assert control.method in composition.methods
        assert control.method.null_rate is not None
        assert set(control.variables) <= names
        units = {variable.units for variable in composition.names if variable.name in control.variables}
        assert len(units) == 1 or control.method.takes == "times" or "floor" not in control.parameters.model_dump()
