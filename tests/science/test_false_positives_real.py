"""False-positive rates on real daily ranges of H, 1996-2013: 0.05 +- 0.02, where permuting pairs finds 'significance'.

Null catalogues: for `circular_shift`, made-up clustered ones; for the others, the real earthquakes, declustered, moved
against the series by one random number of days, which keeps all their clusters.
"""

import csv
import gzip
import io

import numpy as np
import pytest

from soap.domains.geomagnetism.formats.magnetometer_wdc_hourly import read as read_wdc
from soap.domains.geomagnetism.science.daily_range import daily_range
from soap.formats.source import Source
from soap.science.association import Catalogue, Network, associate
from soap.science.background import past_mean
from soap.science.clusters import clusters_single_link
from soap.science.decluster import mainshocks
from soap.science.epoch_test import compare, epoch_test, superpose_all
from soap.science.preparation import preparation_radius_km
from soap.science.superpose import Arrangements, SuperposedEpoch, superpose
from soap.science.surrogate import pair_permutation_negative_control, pairs_as_events
from soap.testing.data import real
from soap.testing.null_worlds import earthquakes

pytestmark = pytest.mark.slow
PLAN = SuperposedEpoch()
FIRST, N_DAYS, N_SURROGATES = np.datetime64("1996-01-01", "ns"), 6575, 199
DAY = np.timedelta64(86_400_000_000_000, "ns")


@pytest.fixture(scope="module")
def network():
    """Log daily range of H on local days, minus its mean over the 30 days before."""
    with real("ground/geomag/observatories.csv").open(encoding="utf-8") as stream:
        place = {
            row["iaga_code"]: (float(row["latitude_deg"]), float(row["longitude_deg"]))
            for row in csv.DictReader(stream)
        }
    rows, places = [], []
    for path in sorted(real("ground/geomag/wdc-hourly").glob("*.wdc.gz")):
        code = path.name[:3]
        if code == "CTS" or code not in place:
            continue
        row = log_range_residual(path, place[code][1])
        if np.isfinite(row).sum() > 300:
            rows.append(row)
            places.append(place[code])
    assert len(rows) >= 20
    return Network(np.array(rows), *np.array(places).T, local_days=True)


def log_range_residual(path, longitude):
    row = np.full(N_DAYS, np.nan)
    for dataset in read_wdc(Source.from_path(path)).observations:
        if "b_horizontal" not in dataset or dataset["b_horizontal"].notnull().sum() == 0:
            continue
        start, span = daily_range(
            dataset["b_horizontal"].values, dataset["time"].values, longitude, quality=quality_of(dataset)
        )
        day = np.round((start - FIRST) / DAY).astype(int)  # local midnight to the local date
        inside = (day >= 0) & (day < N_DAYS) & (span > 3) & (span < 1500)
        row[day[inside]] = np.log(span[inside])
    return row - past_mean(row, 30)


def quality_of(dataset):
    return dataset["b_horizontal_quality"].values if "b_horizontal_quality" in dataset else None


def declustered(time_days, latitude, longitude, magnitude):
    time = FIRST + np.round(time_days * 86_400e9).astype("timedelta64[ns]")
    kept = mainshocks(time, latitude, longitude, magnitude)
    labels = clusters_single_link(time[kept], latitude[kept], longitude[kept])
    radius_km = preparation_radius_km(magnitude[kept])
    return Catalogue(time_days[kept], latitude[kept], longitude[kept], radius_km, labels)


@pytest.fixture(scope="module")
def catalogue():
    packed = real("ground/earthquakes/usgs_M5.5plus_1965-2016_kaggle.csv.gz").read_bytes()
    events = []
    for line in csv.reader(io.StringIO(gzip.decompress(packed).decode("utf-8-sig"))):
        row = next(csv.reader(line)) if len(line) == 1 else line
        if row[4] == "Earthquake" and row[0][2:3] == "/" and "1996" <= row[0][6:] <= "2013" and float(row[8]) >= 6:
            time = np.datetime64(f"{row[0][6:]}-{row[0][:2]}-{row[0][3:5]}T{row[1]}", "ns")
            events.append(((time - FIRST) / DAY, float(row[2]), float(row[3]), float(row[8])))
    return declustered(*np.array(events).T)


def shifted(catalogue, rng):
    time_days = (catalogue.time_days + rng.integers(1, N_DAYS)) % N_DAYS
    return Catalogue(time_days, catalogue.latitude, catalogue.longitude, catalogue.radius_km, catalogue.cluster)


def false_positive_rates(network, kind, make, n=500):
    p = []
    for seed in range(n):
        made = make(np.random.default_rng([1996, seed]))
        test = epoch_test(network, made, PLAN, kind, n=N_SURROGATES, seed=seed)
        p.append((test.p_value, test.p_value_max_z))
    return np.mean(np.array(p) <= 0.05, axis=0)


def test_circular_shift(network):
    rates = false_positive_rates(network, "circular_shift", lambda rng: declustered(*earthquakes(rng, N_DAYS, 1500.0)))
    assert rates == pytest.approx([0.05, 0.05], abs=0.02)


@pytest.mark.parametrize("kind", ["random_times", "random_epicentres"])
def test_surrogates_that_move_clusters(network, catalogue, kind):
    rates = false_positive_rates(network, kind, lambda rng: shifted(catalogue, rng))
    assert rates == pytest.approx([0.05, 0.05], abs=0.02)


def test_permuting_pairs_finds_significance_in_nothing(network, catalogue):
    p = []
    for seed in range(200):
        made = shifted(catalogue, np.random.default_rng([1996, seed]))
        association = associate(made, network)
        day = np.repeat(made.day, association.stations_per_event)[:, None]
        truth = superpose(network, Arrangements.of_days(day, pairs_as_events(association)), PLAN)
        chance = superpose_all(network, pair_permutation_negative_control(made, network, N_SURROGATES, seed), PLAN)
        test = compare(truth, chance, PLAN, "pair_permutation")
        p.append((test.p_value, test.p_value_max_z))
    mean, max_z = np.mean(np.array(p) <= 0.05, axis=0)
    assert mean > 0.12
    assert max_z > 0.5
