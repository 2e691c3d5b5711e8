"""A GNSS receiver and an ionosphere that are made up: RINEX, SP3 and SINEX-BIAS files of which all is known.

Written by textbook formulas and by nothing of the package under test: circular orbits of 24 GPS satellites, signals
with light time and the Earth's rotation, a thin shell with a Sun-fixed vertical content, code biases of satellites and
receiver, noise, and cycle slips where asked for. Times are GPS time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_LIGHT = 299_792_458.0
_F1, _F2 = 1575.42e6, 1227.60e6
_EARTH_RATE = 7.2921151467e-5
_GM = 3.986005e14
_ORBIT_M, _SPHERE_KM = 26_560e3, 6371.0
_MINOR2 = 1.0 - 6.69437999014e-3


@dataclass(frozen=True)
class MadeUpReceiver:
    """A receiver at a place [degree, m], the day it observes, its bias, and the ionosphere over it.

    Vertical TEC is `mean_tecu + swing_tecu cos(local time - 14 h) + slope_tecu (latitude - the station's)`. Biases are
    C1C minus C2W [ns]. `slips` are cycles of L1 gained for good by satellite and index of the time.
    """

    station: str = "SIMU"
    day: np.datetime64 = field(default_factory=lambda: np.datetime64("2023-06-21", "ns"))
    latitude: float = 35.0
    longitude: float = 110.0
    hours: float = 24.0
    step_s: float = 120.0
    shell_height_km: float = 450.0
    mean_tecu: float = 25.0
    swing_tecu: float = 12.0
    slope_tecu: float = -0.4
    receiver_bias_ns: float = -7.5
    code_noise_m: float = 0.3
    one_frequency: bool = False
    slips: Mapping[tuple[str, int], int] = field(default_factory=dict)
    seed: int = 20230621

    @property
    def satellites(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(f"G{number:02d}" for number in range(1, 25))

    @property
    def satellite_bias_ns(self) -> np.ndarray:
        """Of each satellite, with a mean of zero."""
        values = np.random.default_rng(7).uniform(-8.0, 8.0, len(self.satellites))
        return np.round(values - values.mean(), 4)

    @property
    def time(self) -> np.ndarray:
        """GPS times of the observations."""
        count = int(self.hours * 3600 / self.step_s)
        return self.day + (np.arange(count) * self.step_s * 1e9).astype("timedelta64[ns]")

    @property
    def position_m(self) -> np.ndarray:
        """Earth-fixed, on the ellipsoid."""
        latitude, longitude = np.radians([self.latitude, self.longitude])
        normal = 6_378_137.0 / np.sqrt(1.0 - (1.0 - _MINOR2) * np.sin(latitude) ** 2)
        flat = normal * np.cos(latitude)
        return np.array([flat * np.cos(longitude), flat * np.sin(longitude), _MINOR2 * normal * np.sin(latitude)])

    def vtec(self, hours_utc: np.ndarray, latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        """Vertical TEC [TECU] at hours of the day and places [degree]."""
        local = hours_utc + longitude / 15.0
        daily = self.swing_tecu * np.cos((local - 14.0) * np.pi / 12.0)
        return self.mean_tecu + daily + self.slope_tecu * (latitude - self.latitude)

    def orbits(self, seconds: np.ndarray) -> np.ndarray:
        """Earth-fixed positions [m] at seconds since the day began, shape (time, sv, 3)."""
        number = np.arange(len(self.satellites))
        node, start = np.radians(60.0 * (number // 4)), np.radians(90.0 * (number % 4) + 15.0 * (number // 4))
        angle = start + np.sqrt(_GM / _ORBIT_M**3) * seconds[:, None]
        ascending, tilt = node - _EARTH_RATE * seconds[:, None], np.radians(55.0)
        x, y = np.cos(angle), np.sin(angle) * np.cos(tilt)
        return _ORBIT_M * np.stack(
            [x * np.cos(ascending) - y * np.sin(ascending), x * np.sin(ascending) + y * np.cos(ascending),
             np.sin(angle) * np.sin(tilt)], axis=-1,
        )  # fmt: skip

    def write(self, folder: Path) -> tuple[Path, Path, Path]:
        """The RINEX, SP3 and SINEX-BIAS files in a folder that is there."""
        paths = folder / f"{self.station.lower()}.rnx", folder / "orbits.sp3", folder / "biases.bia"
        for path, text in zip(paths, (self.rinex(), self.sp3(), self.sinex_bias()), strict=True):
            path.write_text(text)
        return paths

    def sp3(self) -> str:
        """SP3-c, every 15 minutes from two hours before the day to two hours after it."""
        nodes = np.arange(-8, 96 + 9) * 900.0
        first = self.day + np.timedelta64(int(nodes[0]), "s")
        since = (first - np.datetime64("1980-01-06", "ns")) / np.timedelta64(1, "s")
        names = [*self.satellites, *["  0"] * (85 - len(self.satellites))]
        lines = [
            f"#cP{_calendar(first, 8)}{len(nodes):8d} ORBIT IGS20 BHN SIMU",
            f"## {int(since // 604800):4d}{since % 604800:16.8f}{900:15.8f} 00000 0.0000000000000",
        ]
        for row in range(5):
            head = f"+   {len(self.satellites):2d}   " if row == 0 else "+        "
            lines.append(head + "".join(names[17 * row : 17 * row + 17]))
        lines += ["++       " + "  0" * 17] * 5
        lines += ["%c G  cc GPS ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc"]
        lines += ["%c cc cc ccc ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc"]
        lines += ["%f  0.0000000  0.000000000  0.00000000000  0.000000000000000"] * 2
        lines += ["%i    0    0    0    0      0      0      0      0         0"] * 2 + ["/* MADE UP"] * 4
        for seconds, places in zip(nodes, self.orbits(nodes) / 1e3, strict=True):
            lines.append(f"*  {_calendar(self.day + np.timedelta64(int(seconds), 's'), 8)}")
            for sv, (x, y, z) in zip(self.satellites, places, strict=True):
                lines.append(f"P{sv}{x:14.6f}{y:14.6f}{z:14.6f}{0.0:14.6f}")
        return "\n".join([*lines, "EOF", ""])

    def sinex_bias(self) -> str:
        """SINEX-BIAS with differences C1C minus C2W of the satellites."""
        day = self.day.astype("datetime64[D]")
        year = day.astype("datetime64[Y]")
        number = int((day - year.astype("datetime64[D]")).astype(int)) + 1
        span = f"{year}:{number:03d}:00000 {year}:{number:03d}:86399"
        lines = [f"%=BIA 1.00 SIM {year}:{number:03d}:00000 SIM {span} R {len(self.satellites):08d}", "+BIAS/SOLUTION"]
        lines.append(
            "*BIAS SVN_ PRN STATION__ OBS1 OBS2 BIAS_START____ BIAS_END______ UNIT __ESTIMATED_VALUE____ _STD_DEV___"
        )
        for sv, value in zip(self.satellites, self.satellite_bias_ns, strict=True):
            lines.append(f" DSB  G{sv[1:]:>03s} {sv}           C1C  C2W  {span} ns   {value:21.4f} {0.01:11.4f}")
        return "\n".join([*lines, "-BIAS/SOLUTION", "%=ENDBIA", ""])

    def rinex(self) -> str:
        """RINEX 3.04, C1C L1C C2W L2W (C1C L1C alone where it has one frequency)."""
        codes = ["C1C", "L1C"] if self.one_frequency else ["C1C", "L1C", "C2W", "L2W"]
        x, y, z = self.position_m
        head = [
            (f"{3.04:9.2f}           OBSERVATION DATA    G: GPS", "RINEX VERSION / TYPE"),
            (self.station, "MARKER NAME"),
            (f"{'0':<20}{'MADE UP':<20}{'1':<20}", "REC # / TYPE / VERS"),
            (f"{x:14.4f}{y:14.4f}{z:14.4f}", "APPROX POSITION XYZ"),
            (f"G{len(codes):5d} {' '.join(codes)}", "SYS / # / OBS TYPES"),
            (f"{self.step_s:10.3f}", "INTERVAL"),
            (f"{_first(self.day)}     GPS", "TIME OF FIRST OBS"),
            ("", "END OF HEADER"),
        ]
        lines = [f"{text:<60}{label}" for text, label in head]
        observed = self._observed()
        for at, time in enumerate(self.time):
            seen = np.flatnonzero(np.isfinite(observed[0][at]))
            lines.append(f"> {_calendar(time, 7)}  0{len(seen):3d}")
            for sv in seen:
                fields = "".join(f"{one[at, sv]:14.3f}  " for one in observed[: len(codes)])
                lines.append(f"{self.satellites[sv]}{fields}".rstrip())
        return "\n".join([*lines, ""])

    def _observed(self) -> tuple[np.ndarray, ...]:
        """Pseudorange and phase of both frequencies, shape (time, sv), NaN below 5 degrees."""
        seconds = (self.time - self.day) / np.timedelta64(1, "s")
        rng = np.random.default_rng(self.seed)
        position = self.position_m
        flight = np.full((len(seconds), len(self.satellites)), 0.075)
        for _ in range(4):
            sent = np.stack([self.orbits(seconds - flight[:, sv])[:, sv] for sv in range(flight.shape[1])], axis=1)
            turn = _EARTH_RATE * flight
            seen_at = np.stack(
                [sent[..., 0] * np.cos(turn) + sent[..., 1] * np.sin(turn),
                 sent[..., 1] * np.cos(turn) - sent[..., 0] * np.sin(turn), sent[..., 2]], axis=-1,
            )  # fmt: skip
            distance = np.linalg.norm(seen_at - position, axis=-1)
            flight = distance / _LIGHT
        elevation, content = self._content(seconds, (seen_at - position) / distance[..., None])
        half = 0.5e-9 * _LIGHT * (self.satellite_bias_ns + self.receiver_bias_ns)
        out = []
        for frequency, share in ((_F1, half), (_F2, -half)):
            delay = 40.308e16 / frequency**2 * content
            noise = self.code_noise_m * rng.standard_normal(distance.shape)
            out.append(distance + delay + share + noise)
            cycles = (distance - delay) * frequency / _LIGHT + rng.integers(-(10**6), 10**6, distance.shape[1])
            out.append(cycles + 0.003 * rng.standard_normal(distance.shape))
        for (sv, at), cycles_gained in self.slips.items():
            out[1][at:, self.satellites.index(sv)] += cycles_gained
        return tuple(np.where(elevation > np.radians(5.0), one, np.nan) for one in out)

    def _content(self, seconds: np.ndarray, ray: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Elevation [rad] and slant TEC [TECU] of unit vectors towards satellites."""
        latitude, longitude = np.radians([self.latitude, self.longitude])
        up = np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
        elevation = np.arcsin(ray @ up)
        place, shell = self.position_m, (_SPHERE_KM + self.shell_height_km) * 1e3
        along = ray @ place
        pierced = place + (-along + np.sqrt(along**2 + shell**2 - place @ place))[..., None] * ray
        flat = np.hypot(pierced[..., 0], pierced[..., 1])
        # Geodetic latitude at the shell's height: the ellipsoid's flattening, lessened by the height.
        geodetic = np.arctan2(pierced[..., 2], flat * (1.0 - (1.0 - _MINOR2) * 6371e3 / shell))
        vertical = self.vtec(
            seconds[:, None] / 3600.0, np.degrees(geodetic), np.degrees(np.arctan2(pierced[..., 1], pierced[..., 0]))
        )
        sine = _SPHERE_KM / (_SPHERE_KM + self.shell_height_km) * np.cos(elevation)
        return elevation, vertical / np.sqrt(1.0 - sine**2)


def _calendar(time: np.datetime64, decimals: int) -> str:
    """`2023  6 21  0  0  0.0000000`, as SP3 and RINEX write it."""
    day = time.astype("datetime64[D]")
    seconds = (time - day) / np.timedelta64(1, "s")
    year, month, number = str(day).split("-")
    minutes, second = divmod(float(seconds), 60.0)
    date = f"{year} {int(month):2d} {int(number):2d} {int(minutes // 60):2d} {int(minutes % 60):2d}"
    return f"{date}{second:{decimals + 4}.{decimals}f}"


def _first(day: np.datetime64) -> str:
    year, month, number = str(day.astype("datetime64[D]")).split("-")
    return f"{int(year):6d}{int(month):6d}{int(number):6d}{0:6d}{0:6d}{0.0:13.7f}"
