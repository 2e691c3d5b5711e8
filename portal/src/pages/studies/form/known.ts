import { useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../../../api/client";
import { useMethods } from "../../around/asked";
import type { Holds, Schema } from "./schema";

/** What the archive holds that a field may name. */
export function useKnown(holds: Holds): string[] {
  const methods = useMethods();
  const collections = useQuery({
    queryKey: ["collections"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/collections", { signal })),
    enabled: holds.method === undefined,
  });
  if (holds.method === "daily") return (methods.data ?? []).filter((one) => one.daily).map((one) => one.name);
  return (collections.data ?? []).filter((one) => fits(one, holds)).map((one) => one.collection_id);
}

/** True for a collection that may be named. */
export function fits(one: { shape: string; variables: readonly string[]; cadence: string }, holds: Holds): boolean {
  return (
    (holds.shape === undefined || one.shape === holds.shape) &&
    (holds.variable === undefined || one.variables.includes(holds.variable)) &&
    (holds.cadence === undefined || one.cadence === holds.cadence)
  );
}

/** The schema of a method's parameters, as the method declares it. */
export function useParametersOf(method: string): Schema | undefined {
  const methods = useMethods();
  return methods.data?.find((one) => one.name === method)?.parameters as Schema | undefined;
}
