import createClient, { type FetchResponse, type Middleware } from "openapi-fetch";
import { noAnswer, problemOf } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
const DOUBTFUL = new Set([401, 403, 404]);

let csrf: string | null = null;
let doubted: () => void = () => undefined;

/** The token that a change must carry, as the session tells it; null where one is nobody. */
export function carry(token: string | null): void {
  csrf = token;
}

/** What to do when an answer could mean that the session has ended: 401, 403 or 404. */
export function onDoubt(ask: () => void): void {
  doubted = ask;
}

const ours: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method) && csrf !== null) request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  onResponse({ response, schemaPath }) {
    if (DOUBTFUL.has(response.status) && schemaPath !== "/api/v1/session") doubted();
    return undefined;
  },
};

/** The public API, typed by its OpenAPI document. Use it through `answerOf`. */
export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: "same-origin" });
api.use(ours);

/** The answer's content; throws a `Problem` for an answer that is none, and where none came. */
export async function answerOf<R extends Record<string | number, unknown>, O, M extends `${string}/${string}`>(
  asked: Promise<FetchResponse<R, O, M>>,
): Promise<NonNullable<FetchResponse<R, O, M>["data"]>> {
  const got = await asked.catch((error: unknown) => {
    throw noAnswer(error);
  });
  if (got.error !== undefined || !got.response.ok) throw problemOf(got.response, got.error);
  return got.data as NonNullable<FetchResponse<R, O, M>["data"]>;
}
