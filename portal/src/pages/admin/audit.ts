import { useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../../api/client";

/** One entry of the audit log, as its JSON lines have it. */
export interface Entry {
  time: string;
  user: string;
  member: string;
  action: string;
  subject: string;
  outcome: number;
  bytes: number;
}

/** The entries of the log's JSON lines, the latest first. */
export function entriesOf(lines: string): readonly Entry[] {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Entry)
    .reverse();
}

/** What the log has of a time, and of a user where one is named. */
export function useAudit(start: string, stop: string, user: string) {
  const query = { start, stop, ...(user === "" ? {} : { user }) };
  return useQuery({
    queryKey: ["audit", start, stop, user],
    queryFn: async ({ signal }) =>
      entriesOf((await answerOf(api.GET("/api/v1/audit", { params: { query }, parseAs: "text", signal }))) || ""),
  });
}
