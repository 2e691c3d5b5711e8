import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";
import type { Wanted } from "./basket";

export type Job = Schemas["Job"];
export const FORMATS = ["csv", "parquet", "netcdf"] as const;
export type Format = (typeof FORMATS)[number];

const ASK_EVERY_MS = 1500;

/** True while it is not settled how a job ends. */
export function goesOn(job: Job): boolean {
  return job.state === "waiting" || job.state === "running";
}

/** One's jobs, asked for again while one of them goes on. */
export function useJobs() {
  return useQuery({
    queryKey: ["jobs"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/jobs", { signal })),
    refetchInterval: (query) => (query.state.data?.some(goesOn) ? ASK_EVERY_MS : false),
  });
}

/** Asks for an export of the basket as a job. */
export function useExport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: { items: readonly Wanted[]; format: Format }) =>
      answerOf(api.POST("/api/v1/jobs", { body: { kind: "export", parameters: { items: asked.items, format: asked.format } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

/** Cancels a job. */
export function useCancel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (job_id: string) => answerOf(api.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}
