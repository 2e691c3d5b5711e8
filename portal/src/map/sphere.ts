/** Places on the sphere: longitude and latitude [degree]. */
export type Place = readonly [longitude: number, latitude: number];

const RAD = Math.PI / 180;
const RADIUS_KM = 6371;

/** Great-circle distance [km]. */
export function distanceKm([x0, y0]: Place, [x1, y1]: Place): number {
  const dy = ((y1 - y0) * RAD) / 2;
  const dx = ((x1 - x0) * RAD) / 2;
  const chord = Math.sin(dy) ** 2 + Math.cos(y0 * RAD) * Math.cos(y1 * RAD) * Math.sin(dx) ** 2;
  return 2 * RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** The place at a distance [km] from another in a direction [degree from north over east]. */
export function placeAt([x, y]: Place, azimuth: number, km: number): Place {
  const angle = km / RADIUS_KM;
  const sine = Math.sin(y * RAD) * Math.cos(angle) + Math.cos(y * RAD) * Math.sin(angle) * Math.cos(azimuth * RAD);
  const east = Math.sin(azimuth * RAD) * Math.sin(angle) * Math.cos(y * RAD);
  const north = Math.cos(angle) - Math.sin(y * RAD) * sine;
  return [east180(x + Math.atan2(east, north) / RAD), Math.asin(Math.max(-1, Math.min(1, sine))) / RAD];
}

/** All places at a distance [km] from one, as lines that do not cross 180 degrees. */
export function circle(centre: Place, km: number, corners = 128): Place[][] {
  const ring = Array.from({ length: corners + 1 }, (_, at) => placeAt(centre, (360 * at) / corners, km));
  return cut(ring);
}

/** A line as parts that do not cross 180 degrees: each step goes the shorter way round, and is cut where it crosses. */
export function cut(line: readonly Place[]): Place[][] {
  const parts: Place[][] = [[]];
  line.forEach((place, at) => {
    const before = line[at - 1];
    if (before !== undefined && Math.abs(place[0] - before[0]) > 180) {
      const side = before[0] > 0 ? 180 : -180;
      const to = place[0] + 2 * side;
      const share = to === before[0] ? 0 : (side - before[0]) / (to - before[0]);
      const latitude = before[1] + share * (place[1] - before[1]);
      parts.at(-1)?.push([side, latitude]);
      parts.push([[-side, latitude]]);
    }
    parts.at(-1)?.push(place);
  });
  return parts.filter((part) => part.length > 1);
}

/** Where between two places one is after a share of the way, straight in longitude and latitude the shorter way. */
export function between([x0, y0]: Place, [x1, y1]: Place, share: number): Place {
  const east = east180(x1 - x0);
  return [east180(x0 + share * east), y0 + share * (y1 - y0)];
}

/** Longitude folded into -180 <= longitude < 180. */
export function east180(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}
