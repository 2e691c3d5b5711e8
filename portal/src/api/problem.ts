/** What went wrong, as the server words it (RFC 9457), or that no server answered (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly retryAfterS: number | undefined;

  constructor(status: number, detail: string, retryAfterS?: number) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.retryAfterS = retryAfterS;
  }

  /** True where the same question may be answered later: no server, a proxy without one, or one that is starting. */
  get passing(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** The problem that an answer tells. */
export function problemOf(response: Response, said: unknown): Problem {
  const detail =
    typeof said === "object" && said !== null && "detail" in said ? String(said.detail) : response.statusText;
  const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new Problem(response.status, detail, Number.isFinite(wait) ? wait : undefined);
}

/** The problem of a request that got no answer. */
export function noAnswer(error: unknown): Problem {
  return new Problem(0, error instanceof Error ? error.message : String(error));
}
