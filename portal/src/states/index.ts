export { Answer, Empty, TooMuch } from "./Answer";
export { Broken } from "./Broken";
export { Loading } from "./Loading";
export { NotFound, Offline, ProblemScreen, SignedOut, useSignInAddress } from "./ProblemScreen";
export { Screen } from "./Screen";
export { Trouble, TroubleWords } from "./Trouble";
