import { sentences as templates } from "../declared.json";
import declaration from "./server/declaration.json";
import kinds from "./server/kinds.json";
import methods from "./server/methods.json";
import problems from "./server/problems.json";
import sentences from "./server/sentences.json";
import variables from "./server/variables.json";

/** What the server says in words of its own, in Chinese, by the identifiers that the API gives. */
export const server = { ...methods, ...variables, ...declaration, ...sentences, ...problems, ...kinds };

/** The same with the English sentences by which those that the server keeps as text are known again. */
export const bundle = { ...server, templates };
