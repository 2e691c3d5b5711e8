import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { useTold } from "../../words/told";

/** A provider in words: a member's name and code, or the archive itself. */
export function useProviderName(): (code: string) => string {
  const { t } = useTranslation();
  const told = useTold();
  const { data: members } = useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/members", { signal })),
    staleTime: Infinity,
  });
  return (code) => {
    if (code === "") return t("stations.archive");
    const name = members?.find((one) => one.code === code)?.name;
    return name === undefined ? code : `${told(`members.${code}`, name).text} (${code})`;
  };
}
