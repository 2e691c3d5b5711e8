import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";

const LONGEST_WAIT_MS = 15_000;
const FRESH_MS = 30_000;

/** Asks again for as long as no server answers; never for what was answered, but for "too many" after its time. */
export function askAgain(failures: number, error: unknown): boolean {
  return error instanceof Problem && (error.passing || (error.status === 429 && failures < 3));
}

/** How long to wait before asking again [ms]: as the server says, else 1, 2, 4 … 15 s. */
export function pause(failures: number, error: unknown): number {
  const told = error instanceof Problem ? error.retryAfterS : undefined;
  return Math.min(LONGEST_WAIT_MS, told === undefined ? 1000 * 2 ** failures : 1000 * told);
}

/** One cache for the whole page. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: askAgain, retryDelay: pause, staleTime: FRESH_MS, networkMode: "always" },
    mutations: { retry: false, networkMode: "always" },
  },
});
