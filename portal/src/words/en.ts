import shell from "./en/shell.json";
import signIn from "./en/signIn.json";
import states from "./en/states.json";

/** English: a file of words for each page, named as its first key. */
export default { shell, signIn, states };
