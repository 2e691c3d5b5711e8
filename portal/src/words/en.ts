import admin from "./en/admin.json";
import around from "./en/around.json";
import data from "./en/data.json";
import figures from "./en/figures.json";
import map from "./en/map.json";
import satellites from "./en/satellites.json";
import series from "./en/series.json";
import shell from "./en/shell.json";
import signIn from "./en/signIn.json";
import states from "./en/states.json";
import stations from "./en/stations.json";
import studies from "./en/studies.json";

/** English: a file of words for each page, named as its first key. */
export default { admin, around, data, figures, map, satellites, series, shell, signIn, states, stations, studies };
