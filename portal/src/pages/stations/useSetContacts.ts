import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answerOf, api } from "../../api/client";
import type { Contact } from "./contacts";

/** Sets a station's contacts for a provider, or takes back what was set where there are none; the page asks anew. */
export function useSetContacts(scheme: string, code: string, provider: string) {
  const client = useQueryClient();
  const params = { path: { code_scheme: scheme, code }, query: { provider } };
  return useMutation({
    mutationFn: async (contacts: readonly Contact[]) => {
      const path = "/api/v1/stations/{code_scheme}/{code}/contacts";
      if (contacts.length > 0) await answerOf(api.PUT(path, { params, body: { contacts: [...contacts] } }));
      else await answerOf(api.DELETE(path, { params }));
      return contacts.length;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["station"] }),
  });
}
