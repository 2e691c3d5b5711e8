import type { SameKeys } from "./keys";
import type declared from "./declared.json";
import type english from "./en";
import admin from "./zh/admin.json";
import around from "./zh/around.json";
import data from "./zh/data.json";
import figures from "./zh/figures.json";
import map from "./zh/map.json";
import satellites from "./zh/satellites.json";
import series from "./zh/series.json";
import shell from "./zh/shell.json";
import signIn from "./zh/signIn.json";
import states from "./zh/states.json";
import stations from "./zh/stations.json";
import { bundle, server } from "./zh/server";
import studies from "./zh/studies.json";

const chinese = { admin, around, data, figures, map, satellites, series, shell, signIn, states, stations, studies };

/** Chinese; a key that only one of the two languages has fails the build. */
export default chinese satisfies SameKeys<typeof english, typeof chinese>;

server satisfies SameKeys<typeof declared, typeof server>;

/** What the server says; what it declares without words here fails the build, as `declared.json` is made of it. */
export { bundle as server };
