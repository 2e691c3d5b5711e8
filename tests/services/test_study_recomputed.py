"""The main job recomputed from the stored series by a second, plain program; both must give the same numbers.

Nothing of `soap.science` or `soap.services.study` is used below `recomputed`: own great circles, declustering, Kp veto,
robust regression, event means and shifts, written from the study's words and not from its code.
"""

from pathlib import Path

import numpy as np
import pytest

from soap.archive import Archive, query
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import folder_owner
from soap.services import study as studies
from soap.services.ingest import ingest
from soap.systems.seismo_ionospheric import composition
from soap.testing.data import real

ME = folder_owner("tester")
STUDY = Path(__file__).parents[2] / "studies" / "asia-pacific-diurnal.toml"
FIRST, N_DAYS = np.datetime64("1996-01-01"), 6575
DAYS = FIRST + np.arange(N_DAYS)
HOUR, DAY = np.timedelta64(1, "h"), np.timedelta64(1, "D")


def great_circle_km(lat1, lon1, lat2, lon2):
    """Haversine on the mean sphere."""
    lat1, lon1, lat2, lon2 = map(np.radians, (lat1, lon1, lat2, lon2))
    h = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * np.arcsin(np.sqrt(np.minimum(h, 1.0)))


def main_shocks(time, lat, lon, magnitude):
    keep, seen = np.ones(len(time), bool), np.zeros(len(time), bool)
    for i in sorted(range(len(time)), key=lambda i: (-magnitude[i], time[i], i)):
        seen[i] = True
        if keep[i]:
            close = np.abs((time - time[i]) / np.timedelta64(1, "s")) <= 30 * 86_400
            keep[close & (great_circle_km(lat[i], lon[i], lat, lon) <= 200) & ~seen] = False
    return keep


def residuals(longitude, logarithm, indices):
    (t3, kp, ap), flux, flux_past = indices
    start = DAYS.astype("datetime64[ns]") - np.timedelta64(round(longitude / 15 * 3.6e12), "ns")
    edges = np.searchsorted(t3, start - 3 * HOUR, side="right"), np.searchsorted(t3, start + DAY)
    calm = np.array([kp[a:b].max() for a, b in zip(*edges, strict=True)]) <= 3.01
    cut = [np.searchsorted(t3 + np.timedelta64(90, "m"), start + k * DAY) for k in (-1, 0, 1)]
    before, own = ([ap[a:b].mean() for a, b in zip(cut[k], cut[k + 1], strict=True)] for k in (0, 1))
    a, b, g = np.log((np.array(own) + 2) / 10), np.log((np.array(before) + 2) / 10), (flux_past - 120) / 50
    phase = 2 * np.pi * (DAYS - DAYS.astype("datetime64[Y]").astype("datetime64[D]")).astype(int) / 365.25
    c, s = np.cos(phase), np.sin(phase)
    waves = [f(k * phase) for k in (1, 2, 3, 4) for f in (np.cos, np.sin)]
    x = np.array([np.ones(N_DAYS), *waves, g, g * c, g * s, (flux - flux_past) / 50, a, b, a * c, a * s]).T
    use = calm & np.isfinite(logarithm) & np.isfinite(x).all(axis=1)
    out, at = np.full(N_DAYS, np.nan), np.flatnonzero(use)
    if len(at) < 180:
        return out
    ready, month = max(DAYS[at[0]] + 365, DAYS[at[179]] + 1), DAYS.astype("datetime64[M]")
    months = [one for one in np.unique(month) if one.astype("datetime64[D]") >= ready]
    past = at[DAYS[at] < months[0].astype("datetime64[D]")] if months else at
    prior, weight = np.diag([0.0] + [10.0] * (x.shape[1] - 1)), np.ones(len(past))
    for _ in range(10):
        left, right = (x[past].T * weight) @ x[past], (x[past].T * weight) @ logarithm[past]
        misfit = logarithm[past] - x[past] @ np.linalg.solve(left + prior, right)
        weight = np.minimum(1, 1.345 * 1.4826 * np.median(np.abs(misfit)) / np.maximum(np.abs(misfit), 1e-300))
    history = list(misfit)
    for one in months:
        width = 1.4826 * np.median(np.abs(history[-1000:]))
        here = np.flatnonzero((month == one) & use)
        misfit = logarithm[here] - x[here] @ np.linalg.solve(left + prior, right)
        out[here] = misfit / width
        weight = np.minimum(1, 1.345 * width / np.maximum(np.abs(misfit), 1e-300))
        left, right = left + (x[here].T * weight) @ x[here], right + (x[here].T * weight) @ logarithm[here]
        history += list(misfit)
    return out


def log_ranges(dataset, longitude):
    """Logarithm of the range of H on local days of 22 hours or more."""
    sound = {
        name: np.where(dataset[name + "_quality"].values == 0, dataset[name].values, np.nan)
        for name in ("b_horizontal", "b_north", "b_east")
        if name in dataset
    }
    h = sound.get("b_horizontal", np.full(dataset.sizes["time"], np.nan))
    if "b_north" in sound and "b_east" in sound:
        h = np.where(np.isnan(h), np.hypot(sound["b_north"], sound["b_east"]), h)
    day = ((dataset["time"].values + round(longitude / 15) * HOUR).astype("datetime64[D]") - FIRST).astype(int)
    good = np.isfinite(h) & (day >= 0) & (day < N_DAYS)
    high, low, n = np.full(N_DAYS, -np.inf), np.full(N_DAYS, np.inf), np.bincount(day[good], minlength=N_DAYS)
    np.maximum.at(high, day[good], h[good])
    np.minimum.at(low, day[good], h[good])
    whole = (n >= 22) & (high > low)
    return np.where(whole, np.log(np.where(whole, high - low, 1.0)), np.nan)


def recomputed(archive):
    """(n_events, statistic, two-sided p over all 6,574 shifts) of H, and the counts of earthquakes."""
    wide = Window((FIRST - 100).astype("datetime64[ns]"), (FIRST + N_DAYS + 3).astype("datetime64[ns]"))
    three = query.series(archive, ME, "space_weather.celestrak.pt3h", wide, ("kp", "ap"))
    daily = query.series(archive, ME, "space_weather.celestrak.p1d", wide, ("f107",))
    of_date = dict(zip(daily["time"].values.astype("datetime64[D]"), daily["f107"].values, strict=True))
    flux = np.array([of_date.get(day, np.nan) for day in FIRST - 81 + np.arange(N_DAYS + 81)])
    past = np.array([np.nanmean(flux[i : i + 81]) for i in range(N_DAYS)])
    indices = (three["time"].values, three["kp"].values, three["ap"].values), flux[81:], past
    events = query.events(
        archive, ME, collection_id="seismology.usgs_m55_1965_2016.events", min_magnitude=6.0,
        window=Window(FIRST.astype("datetime64[ns]"), (FIRST + N_DAYS).astype("datetime64[ns]")),
    )  # fmt: skip
    time = np.array([one.time for one in events], "datetime64[ns]")
    lat, lon, m = (np.array([getattr(one, k) for one in events]) for k in ("latitude", "longitude", "magnitude"))
    places, z = [], []
    for one in query.collections(archive, ME, shape="series", domain="geomagnetism", cadence="PT1H"):
        dataset = query.series(archive, ME, one.collection_id, wide)
        longitude = float(dataset.attrs["longitude"])
        if longitude >= 60 or longitude <= -165:
            places.append((float(dataset.attrs["latitude"]), longitude))
            z.append(residuals(longitude, log_ranges(dataset, longitude), indices))
    zone = great_circle_km(lat[:, None], lon[:, None], *np.array(places).T) <= 10 ** (0.43 * m[:, None])
    shock = main_shocks(time, lat, lon, m)
    kept = np.flatnonzero(shock & zone.any(axis=1))
    known = np.pad(np.isfinite(z), ((0, 0), (7, 2)))
    values = np.where(known, np.pad(np.array(z), ((0, 0), (7, 2))), 0.0)
    shifts, total, used = np.arange(N_DAYS), np.zeros(N_DAYS), np.zeros(N_DAYS)
    for event in kept:
        date = time[event].astype("datetime64[D]")
        day = ((date - FIRST).astype(int) + shifts) % N_DAYS
        hour = (time[event] - date) / np.timedelta64(1, "ns") / 3.6e12
        top, n = np.zeros(N_DAYS), np.zeros(N_DAYS)
        for station in np.flatnonzero(zone[event]):
            zero = day + int(np.floor((hour + places[station][1] / 15) / 24)) + 7
            for lag in range(-5, 0):
                top, n = top + values[station, zero + lag], n + known[station, zero + lag]
        total, used = total + np.where(n > 0, top / np.maximum(n, 1), 0.0), used + (n > 0)
    statistic = total / used
    above, below = ((statistic >= statistic[0]).sum(), (statistic <= statistic[0]).sum())  # itself: the + 1
    counts = {"catalogue": len(events), "in_zone": zone.any(axis=1).sum(), "main_shocks": shock.sum()}
    return used[0], statistic[0], 2 * min(above, below) / N_DAYS, counts | {"pairs": zone[shock].sum()}


@pytest.mark.slow
def test_a_second_program_finds_the_same(tmp_path):
    archive = Archive.open(Settings(archive=tmp_path / "archive"))
    ingest(ME, archive, composition(), [
        *sorted(real("ground/geomag/wdc-hourly").glob("*.wdc.gz")), real("ground/geomag/observatories.csv"),
        real("ground/indices/SW-All_celestrak.txt.gz"),
        real("ground/earthquakes/usgs_M5.5plus_1965-2016_kaggle.csv.gz"),
    ])  # fmt: skip
    text = (
        STUDY.read_text("utf-8")
        .replace('["b_horizontal", "b_down"]', '["b_horizontal"]')
        .replace("n_catalogues = 100", "n_catalogues = 20")
    )
    text = text.replace('["circular_shift", "random_times", "random_epicentres"]', '["circular_shift"]')
    (tmp_path / "study.toml").write_text(text, "utf-8")
    found = studies.run(ME, archive, composition(), tmp_path / "study.toml", tmp_path / "out")
    n_events, statistic, p, counts = recomputed(archive)
    assert found["n_events"] == n_events
    assert {name: found["counts"][name] for name in counts} == counts
    assert found["statistic"] == pytest.approx(statistic, rel=1e-9)
    assert found["variables"]["b_horizontal"]["primary"]["n_surrogates"]["circular_shift"] == N_DAYS - 1
    assert found["p_value"]["circular_shift"] == pytest.approx(p, abs=2.5 / N_DAYS)  # ties, to the last digit
