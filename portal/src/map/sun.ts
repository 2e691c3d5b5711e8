const RAD = Math.PI / 180;
const J2000_MS = Date.UTC(2000, 0, 1, 12);
const DAY_MS = 86_400_000;

/**
 * Where the sun stands overhead at an instant [ms since 1970]: longitude and latitude [degree].
 *
 * The low-precision position of the Astronomical Almanac (section C), good to 0.01 degree from 1950 to 2050.
 */
export function subsolarPoint(at: number): [longitude: number, latitude: number] {
  const days = (at - J2000_MS) / DAY_MS;
  const mean = (280.46 + 0.9856474 * days) * RAD;
  const anomaly = (357.528 + 0.9856003 * days) * RAD;
  const ecliptic = mean + (1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const obliquity = (23.439 - 4e-7 * days) * RAD;
  const ascension = Math.atan2(Math.cos(obliquity) * Math.sin(ecliptic), Math.cos(ecliptic)) / RAD;
  const sidereal = 280.46061837 + 360.98564736629 * days;
  return [around(ascension - sidereal), Math.asin(Math.sin(obliquity) * Math.sin(ecliptic)) / RAD];
}

/** Sine of the sun's elevation at a place [degree] when it stands over `sun`. */
export function sineOfElevation(sun: readonly [number, number], longitude: number, latitude: number): number {
  const [lon, lat] = sun;
  return (
    Math.sin(latitude * RAD) * Math.sin(lat * RAD) +
    Math.cos(latitude * RAD) * Math.cos(lat * RAD) * Math.cos((longitude - lon) * RAD)
  );
}

/** The night side as a ring of (longitude, latitude) from -180 to 180 and round the pole that is dark. */
export function nightRing(at: number, stepDeg = 2): [number, number][] {
  const [sun, declination] = subsolarPoint(at);
  const tilt = Math.tan((Math.abs(declination) < 0.01 ? 0.01 * (Math.sign(declination) || 1) : declination) * RAD);
  const ring: [number, number][] = [];
  for (let longitude = -180; longitude <= 180; longitude += stepDeg)
    ring.push([longitude, Math.atan(-Math.cos((longitude - sun) * RAD) / tilt) / RAD]);
  const pole = declination > 0 ? -90 : 90;
  const first = ring[0] as [number, number];
  return [...ring, [180, pole], [-180, pole], [first[0], first[1]]];
}

function around(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}
