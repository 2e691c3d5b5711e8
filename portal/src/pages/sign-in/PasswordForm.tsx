import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Trouble } from "../../states";
import { answerOf, api } from "../../api/client";

/** Changes one's own password. */
export function PasswordForm() {
  const { t } = useTranslation();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () => answerOf(api.POST("/api/v1/password", { body: { old, new: next } })),
    onSuccess: () => {
      setOld("");
      setNext("");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form className="sign-in" onSubmit={submit}>
      <h2>{t("signIn.password_change")}</h2>
      <label className="field">
        <span>{t("signIn.old")}</span>
        <input type="password" autoComplete="current-password" required value={old} onChange={(e) => setOld(e.target.value)} />
      </label>
      <label className="field">
        <span>{t("signIn.new")}</span>
        <input type="password" autoComplete="new-password" required value={next} onChange={(e) => setNext(e.target.value)} />
      </label>
      {change.error && <Trouble error={change.error} />}
      {change.isSuccess && <p className="note good" role="status">{t("signIn.changed")}</p>}
      <button type="submit" disabled={change.isPending}>
        {t("signIn.change")}
      </button>
    </form>
  );
}
