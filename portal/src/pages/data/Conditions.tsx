import { useTranslation } from "react-i18next";
import { useTold } from "../../words/told";
import { useAddress } from "../../address";
import { VIEW } from "./DataPage";
import { among, type Collection, OF_THE_ARCHIVE } from "./fitting";

/** What narrows the list; it stands in the URL. */
export function Conditions(props: { all: readonly Collection[] }) {
  const { t } = useTranslation();
  const [view, change] = useAddress(VIEW);
  const told = useTold();
  const { all } = props;
  return (
    <search className="conditions">
      <label className="field grow">
        <span>{t("data.search")}</span>
        <input
          type="search"
          placeholder={t("data.searchHint")}
          value={view.q}
          onChange={(event) => change({ q: event.target.value }, { replace: true })}
        />
      </label>
      <Choice
        label={t("data.domain")}
        value={view.domain}
        options={among(all, (one) => [one.domain]).map((one) => [one, told(`domains.${one}`, one).text])}
        onChange={(domain) => change({ domain })}
      />
      <Choice
        label={t("data.member")}
        value={view.member}
        options={among(all, (one) => one.providers).map((one) => (one === "" ? [OF_THE_ARCHIVE, t("data.archive")] : [one, one]))}
        onChange={(member) => change({ member })}
      />
      <Choice
        label={t("data.access")}
        value={view.access}
        options={(["open", "members", "named", "private"] as const).map((one) => [one, t(`data.accesses.${one}`)])}
        onChange={(access) => change({ access })}
      />
    </search>
  );
}

function Choice(props: { label: string; value: string; options: readonly (readonly [string, string])[]; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <label className="field">
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.target.value)}>
        <option value="">{t("data.all")}</option>
        {props.options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
