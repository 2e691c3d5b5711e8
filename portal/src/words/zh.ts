import type { SameKeys } from "./keys";
import type english from "./en";
import shell from "./zh/shell.json";
import signIn from "./zh/signIn.json";
import states from "./zh/states.json";

const chinese = { shell, signIn, states };

/** Chinese; a key that only one of the two languages has fails the build. */
export default chinese satisfies SameKeys<typeof english, typeof chinese>;
