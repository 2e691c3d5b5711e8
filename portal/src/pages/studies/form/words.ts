import { createContext, useContext } from "react";
import { useTold, type Words } from "../../../words/told";
import { labelOf, type Schema } from "./schema";

/** Where the words of the fields of a table stand among those of the server. */
export const Place = createContext("declaration.StudyParameters.fields");

/** What a field is called, and what is said of it. */
export function useFieldWords(name: string, schema: Schema): { label: Words; help: Words | undefined } {
  const told = useTold();
  const own = `${useContext(Place)}.${name}`;
  const help = schema.description === undefined ? undefined : told(`${own}.help`, schema.description);
  return { label: told(`${own}.label`, labelOf(name)), help };
}

/** What a word is called that a field offers. */
export function useChoice(): (word: string) => Words {
  const told = useTold();
  return (word) => told(`choices.${word}`, labelOf(word));
}
