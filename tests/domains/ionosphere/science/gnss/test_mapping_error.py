"""What a mapping adds to a receiver's bias: real rays through a known ionosphere, and phases alone without any code."""

from dataclasses import replace

import numpy as np
import pytest

from soap.domains.ionosphere.science.gnss.calibrate import CalibrationChoices, calibrate
from soap.domains.ionosphere.science.gnss.field import FitChoices, fit
from soap.domains.ionosphere.science.gnss.rays import Receiver, gather, thinned
from soap.domains.ionosphere.science.gnss.satellite_bias import satellite_biases
from tests.domains.ionosphere.science.gnss.accuracy_page import number, printed
from tests.domains.ionosphere.science.gnss.climate_sky import slant_content
from tests.domains.ionosphere.science.gnss.station_days import biases_of, slant_of

pytestmark = pytest.mark.slow

ANKR = ("ANKR", "2015-139")
STATION_DAYS = (
    ANKR, ("AIRA", "2020-001"), ("BIK0", "2020-001"), ("COCO", "2016-001"), ("CUUT", "2016-001"), ("CCJ2", "2020-001"),
    ("BAKO", "2020-001"), ("ANMG", "2020-001"), ("CIBG", "2024-010"), ("BELE", "2024-010"),
)  # fmt: skip
MAPPINGS = ("layered", "thin_shell", "mslm")
HEADING = "An ionosphere that is known"


def known_error(station, day, mapping, **sky):
    """Bias [ns] found for a receiver that has none, under an ionosphere that is known."""
    (record,), place = slant_of(station, day, "G")
    satellites = record.tecu_per_ns * np.nan_to_num(satellite_biases(record, biases_of(day)))
    made = replace(record, stec_levelled=slant_content(station, day, **sky) - satellites)
    return calibrate([made], place, biases_of(day), CalibrationChoices(mapping=mapping)).biases[0].value_ns


def observed_bias(station, day, mapping):
    records, place = slant_of(station, day, "G")
    return calibrate(records, place, biases_of(day), CalibrationChoices(mapping=mapping)).biases[0].value_ns


def test_known_ionosphere():
    """The default's error at ten station-days; and that the mappings differ as they do in the data, which shows that
    the made-up rays are like the real ones."""
    rows = printed(HEADING)
    assert set(rows) == {f"{station} {day}" for station, day in STATION_DAYS}
    apart = []
    for station, day in STATION_DAYS:
        layered, thin, mslm = (known_error(station, day, mapping) for mapping in MAPPINGS)
        in_data = observed_bias(station, day, "mslm") - observed_bias(station, day, "layered")
        assert abs(layered) <= 0.35, station
        cells = [number(cell) for cell in rows[f"{station} {day}"]]
        assert cells == pytest.approx([layered, thin, mslm, mslm - layered, in_data], abs=0.05), station
        apart.append((mslm - layered, in_data))
    apart = np.array(apart)
    assert np.corrcoef(apart.T)[0, 1] > 0.95
    assert np.sqrt(np.mean((apart[:, 0] - apart[:, 1]) ** 2)) < 0.2


def test_at_ankr_the_mappings_agree_but_for_their_known_errors():
    told = [observed_bias(*ANKR, mapping) - known_error(*ANKR, mapping) for mapping in MAPPINGS]
    assert np.ptp([observed_bias(*ANKR, mapping) for mapping in MAPPINGS]) > 0.7
    assert np.ptp(told) < 0.2
    assert told == pytest.approx([-15.87, -15.92, -15.98], abs=0.05)


@pytest.mark.parametrize("sky", [{"plasmasphere": "iri"}, {"higher_km": 50.0}])
def test_at_ankr_the_mapping_of_the_map_comes_out_high(sky):
    """Under other skies too: with what the reference has of a plasmasphere, and 50 km higher."""
    assert abs(known_error(*ANKR, "layered", **sky)) < 0.3
    assert known_error(*ANKR, "mslm", **sky) > 0.5


@pytest.mark.parametrize(("mapping", "bias_ns"), [("layered", -16.1), ("mslm", -15.0)])
def test_ankr_without_codes(mapping, bias_ns):
    """Each arc's level left to the ionosphere: only how the phase of an arc bends with elevation tells the content."""
    records, place = slant_of(*ANKR, "G")
    few = [thinned(record, 150.0) for record in records]
    receiver = Receiver.at(place, few[0].time[0], mapping=mapping)
    rays = gather(few, [satellite_biases(few[0], biases_of(ANKR[1]))], receiver, mask_deg=28.0, every_s=150.0)
    seen = np.isfinite(few[0].stec_levelled) & (few[0].elevation_deg > 28.0)
    arcs, arc = np.unique(few[0].arc[seen], return_inverse=True)
    prior_ns = np.concatenate([[np.inf], np.full(len(arcs), 30.0)])
    found = fit(rays, receiver, 1 + arc, prior_ns, FitChoices()).biases
    weight = np.bincount(arc, rays.weight)
    assert found[0] + np.average(found[1:], weights=weight) == pytest.approx(bias_ns, abs=0.1)
