import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { useAddress } from "../../address";
import { bound, whole } from "../../figures/numbers";
import { Table } from "../../shell/Table";
import { Answer, Empty, TooMuch } from "../../states";
import { allOf, MOST, put, useBasket } from "./basket";
import { Conditions } from "./Conditions";
import { useCollections } from "./collections";
import { VIEW } from "./DataPage";
import { Details } from "./Details";
import { type Collection, fitting } from "./fitting";

const SHOWN = 200;

/** The collections that one may see, and what narrows them. */
export function Collections() {
  const query = useCollections();
  return (
    <Answer query={query} empty={(all) => all.length === 0} whenEmpty={<Nothing />}>
      {(all) => <List all={all} />}
    </Answer>
  );
}

function Nothing() {
  const { t } = useTranslation();
  return (
    <Empty>
      <p>{t("data.nothing")}</p>
    </Empty>
  );
}

function List(props: { all: readonly Collection[] }) {
  const { t } = useTranslation();
  const [view] = useAddress(VIEW);
  const found = fitting(props.all, view);
  const shown = found.slice(0, SHOWN);
  return (
    <>
      <Conditions all={props.all} />
      <p className="faint small" role="status">
        {t("data.found", { count: props.all.length, shown: found.length })}
      </p>
      {found.length === 0 ? <Nothing /> : <Shown shown={shown} />}
      {found.length > SHOWN && (
        <TooMuch count={found.length} most={SHOWN}>
          <a className="button" href="/api/v1/collections" download="collections.json">
            {t("data.download")}
          </a>
        </TooMuch>
      )}
    </>
  );
}

function Shown(props: { shown: readonly Collection[] }) {
  const { t } = useTranslation();
  const [view] = useAddress(VIEW);
  return (
    <Table
      className="collections"
      heads={[
        t("data.columns.collection"),
        { text: t("data.columns.what"), as: "minor" },
        { text: t("data.columns.span"), as: "minor" },
        { text: t("data.columns.count"), as: "number minor" },
        { text: t("data.columns.whose"), as: "minor" },
        t("data.columns.access"),
        t("data.columns.basket"),
      ]}
    >
      {props.shown.map((one) => (
        <Fragment key={one.collection_id}>
          <Row one={one} opened={one.collection_id === view.collection} />
          {one.collection_id === view.collection && (
            <tr>
              <td colSpan={7}>
                <Details one={one} />
              </td>
            </tr>
          )}
        </Fragment>
      ))}
    </Table>
  );
}

function Row(props: { one: Collection; opened: boolean }) {
  const { t } = useTranslation();
  const [, change] = useAddress(VIEW);
  const { one, opened } = props;
  return (
    <tr className={opened ? "opened" : undefined}>
      <td>
        <button
          type="button"
          className="name"
          aria-expanded={opened}
          title={t("data.details", { name: one.collection_id })}
          onClick={() => change({ collection: opened ? "" : one.collection_id })}
        >
          {one.collection_id}
        </button>{" "}
        {one.simulated && <span className="tag simulated">{t("data.simulated")}</span>}
      </td>
      <td className="minor variables">{one.variables.join(", ")}</td>
      <td className="minor nowrap">
        {bound(one.start)} – {bound(one.last)}
      </td>
      <td className="number minor">{whole(one.count)}</td>
      <td className="minor">{one.providers.map((code) => code || t("data.archive")).join(", ")}</td>
      <td>
        <Access one={one} />
      </td>
      <td>
        <BasketButton one={one} />
      </td>
    </tr>
  );
}

const ACCESSES = ["open", "members", "named", "private"] as const;

/** Who may see a collection, and from when. */
export function Access(props: { one: Pick<Collection, "access" | "embargo_until"> }) {
  const { t } = useTranslation();
  const { access, embargo_until: until } = props.one;
  const known = ACCESSES.find((one) => one === access);
  return (
    <span className="row">
      <span className={access === "open" ? "tag good" : "tag"}>{known === undefined ? access : t(`data.accesses.${known}`)}</span>
      {until !== null && Date.parse(until) > Date.now() && <span className="tag warn">{t("data.embargo", { until: until.slice(0, 10) })}</span>}
    </span>
  );
}

function BasketButton(props: { one: Collection }) {
  const { t } = useTranslation();
  const basket = useBasket();
  const { one } = props;
  const others = basket.filter((wanted) => wanted.collection_id !== one.collection_id);
  const held = others.length < basket.length;
  return (
    <button
      type="button"
      aria-pressed={held}
      aria-label={`${held ? t("data.added") : t("data.add")}: ${t("data.addLabel", { name: one.collection_id })}`}
      disabled={!held && basket.length >= MOST}
      onClick={() => put(held ? others : [...basket, allOf(one)])}
    >
      {held ? t("data.added") : t("data.add")}
    </button>
  );
}
