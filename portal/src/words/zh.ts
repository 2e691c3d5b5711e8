import type { SameKeys } from "./keys";
import type english from "./en";
import admin from "./zh/admin.json";
import data from "./zh/data.json";
import figures from "./zh/figures.json";
import series from "./zh/series.json";
import shell from "./zh/shell.json";
import signIn from "./zh/signIn.json";
import states from "./zh/states.json";
import stations from "./zh/stations.json";

const chinese = { admin, data, figures, series, shell, signIn, states, stations };

/** Chinese; a key that only one of the two languages has fails the build. */
export default chinese satisfies SameKeys<typeof english, typeof chinese>;
