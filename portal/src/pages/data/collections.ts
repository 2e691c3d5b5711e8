import { useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../../api/client";

/** Every collection that one may see. */
export function useCollections() {
  return useQuery({
    queryKey: ["collections"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/collections", { signal })),
  });
}
