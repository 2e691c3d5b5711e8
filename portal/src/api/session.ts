import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { answerOf, api, carry, onDoubt, type Schemas } from "./client";
import { queries } from "./queries";

export type Who = Schemas["Who"];

const KEY = ["session"];
const GUEST = "guest";
const LEAST_BETWEEN_DOUBTS_MS = 2000;

let lastDoubt = 0;

/** From now on an answer that could mean the session's end makes the page ask who one is. */
export function watchSession(): void {
  onDoubt(() => {
    if (Date.now() - lastDoubt < LEAST_BETWEEN_DOUBTS_MS) return;
    lastDoubt = Date.now();
    void queries.invalidateQueries({ queryKey: KEY });
  });
}

async function whoAmI(): Promise<Who> {
  const who = await answerOf(api.GET("/api/v1/session"));
  carry(who.csrf);
  return who;
}

/** True for somebody who has signed in. */
export function isSomebody(who: Who | undefined): who is Who {
  return who !== undefined && !who.roles.includes(GUEST);
}

/** Who one is here. */
export function useSession() {
  return useQuery({ queryKey: KEY, queryFn: whoAmI, refetchOnWindowFocus: true });
}

/** Who one was until the session ended by itself, and how to take note of it; undefined while it holds. */
export function useExpired(): { user: string | undefined; dismiss: () => void } {
  const { data } = useSession();
  const before = useRef<string>(undefined);
  const [user, setUser] = useState<string>();
  useEffect(() => {
    if (isSomebody(data)) {
      before.current = data.user;
      setUser(undefined);
    } else if (data !== undefined && before.current !== undefined) {
      setUser(before.current);
      before.current = undefined;
    }
  }, [data]);
  useEffect(() => {
    const left = () => {
      before.current = undefined;
    };
    window.addEventListener(LEFT, left);
    return () => window.removeEventListener(LEFT, left);
  }, []);
  return { user, dismiss: () => setUser(undefined) };
}

const LEFT = "soap:left";

/** Signs in; what was known as somebody else is forgotten. */
export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (claim: Schemas["SignIn"]) => answerOf(api.POST("/api/v1/session", { body: claim })),
    onSuccess: async (who) => {
      carry(who.csrf);
      client.clear();
      client.setQueryData(KEY, who);
    },
  });
}

/** Signs out; all that was known as somebody is forgotten. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.DELETE("/api/v1/session")),
    onSuccess: async () => {
      window.dispatchEvent(new Event(LEFT));
      carry(null);
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
      await client.resetQueries({ queryKey: KEY });
      await client.invalidateQueries();
    },
  });
}
