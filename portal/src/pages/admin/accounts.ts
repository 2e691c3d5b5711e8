import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";

export type Account = Schemas["Account"];
export const ROLES = ["user", "station", "member_admin", "project_admin"] as const;
export type Role = (typeof ROLES)[number];

const KEY = ["accounts"];

/** All accounts. */
export function useAccounts() {
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => answerOf(api.GET("/api/v1/accounts", { signal })) });
}

/** What one may do with accounts; each asks for the list anew, and gives the user. */
export function useAccountChanges() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: KEY });
  const add = useMutation({
    mutationFn: async (wanted: { user: string; member: string; roles: Role[]; password: string }) => {
      const { user, roles, member, password } = wanted;
      await answerOf(api.POST("/api/v1/accounts", { body: { user, roles, member: member === "" ? null : member } }));
      if (password !== "") await setPassword({ user, password });
      return user;
    },
    onSuccess,
    onError: onSuccess, // the account may be there, its password not
  });
  const change = useMutation({
    mutationFn: async (wanted: { user: string; member: string; roles: Role[] }) => {
      const { user, roles, member } = wanted;
      const body = { roles, member: member === "" ? null : member };
      await answerOf(api.PATCH("/api/v1/accounts/{user}", { params: { path: { user } }, body }));
      return user;
    },
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: async (user: string) => {
      await answerOf(api.DELETE("/api/v1/accounts/{user}", { params: { path: { user } } }));
      return user;
    },
    onSuccess,
  });
  const password = useMutation({ mutationFn: setPassword });
  return { add, change, remove, password };
}

async function setPassword(wanted: { user: string; password: string }): Promise<string> {
  const { user, password } = wanted;
  await answerOf(api.PUT("/api/v1/accounts/{user}/password", { params: { path: { user } }, body: { password } }));
  return user;
}
