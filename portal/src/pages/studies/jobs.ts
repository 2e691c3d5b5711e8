import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { answerOf, api, type Schemas } from "../../api/client";
import { isSomebody, useSession } from "../../api/session";

export type Job = Schemas["Job"];

/** True while a job waits or runs. */
export function isActive(job: Pick<Job, "state"> | undefined): boolean {
  return job?.state === "waiting" || job?.state === "running";
}

/** Asks for work; the same work is the same job. */
export function useAsk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (work: Schemas["Work"]) => answerOf(api.POST("/api/v1/jobs", { body: work })),
    onSuccess: (job) => {
      client.setQueryData(["job", job.job_id], job);
      void client.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
}

/** One's own jobs, the latest first; none for a guest. */
export function useJobs() {
  const { data: who } = useSession();
  return useQuery({
    queryKey: ["jobs"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/jobs", { params: { query: { limit: 200 } }, signal })),
    enabled: isSomebody(who),
  });
}

/** A job, told anew by the server whenever it changes until it has ended. */
export function useJob(jobId: string | undefined) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["job", jobId],
    queryFn: ({ signal }) =>
      answerOf(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: jobId ?? "" } }, signal })),
    enabled: jobId !== undefined,
  });
  const active = isActive(query.data);
  useEffect(() => {
    if (jobId === undefined || !active) return undefined;
    const source = new EventSource(`/api/v1/jobs/${jobId}/events`);
    source.addEventListener("job", (event: MessageEvent<string>) => {
      const job = JSON.parse(event.data) as Job;
      client.setQueryData(["job", jobId], job);
      if (isActive(job)) return;
      source.close();
      void client.invalidateQueries({ queryKey: ["jobs"] });
      void client.invalidateQueries({ queryKey: ["studies"] });
    });
    return () => source.close();
  }, [client, jobId, active]);
  return query;
}

/** Ends a job. */
export function useCancel(jobId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: jobId } } })),
    onSuccess: (job) => client.setQueryData(["job", jobId], job),
  });
}

/** What a job that is done made, as JSON. */
export function useJobResult<T>(job: Job | undefined) {
  return useQuery({
    queryKey: ["job-result", job?.job_id],
    queryFn: async ({ signal }) => {
      const asked = api.GET("/api/v1/jobs/{job_id}/result", {
        params: { path: { job_id: job?.job_id ?? "" } },
        parseAs: "json",
        signal,
      });
      return (await answerOf(asked)) as T;
    },
    enabled: job?.state === "done",
    staleTime: Infinity,
  });
}
