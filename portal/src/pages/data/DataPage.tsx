import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { choice, text, useAddress } from "../../address";
import { Page } from "../../shell/Page";
import { Basket } from "./Basket";
import { Collections } from "./Collections";
import { useBasket } from "./basket";
import "./data.css";
import { Usage } from "./Usage";

const PARTS = ["collections", "basket", "usage"] as const;

/** What the URL of this page holds. */
export const VIEW = {
  part: choice(PARTS, "collections"),
  q: text(),
  domain: text(),
  member: text(),
  access: text(),
  collection: text(),
};

/** Collections to browse and to search, what is wanted of them as one download, and what one has used. */
export default function DataPage() {
  const { t } = useTranslation();
  const [{ part }] = useAddress(VIEW);
  const basket = useBasket();
  return (
    <Page title={t("data.title")}>
      <nav className="tabs" aria-label={t("data.parts.label")}>
        {PARTS.map((one) => (
          <Link key={one} href={one === "collections" ? "/data" : `/data?part=${one}`} aria-current={one === part ? "page" : undefined}>
            {t(`data.parts.${one}`)}
            {one === "basket" && basket.length > 0 ? ` (${basket.length})` : ""}
          </Link>
        ))}
      </nav>
      {part === "collections" && <Collections />}
      {part === "basket" && <Basket />}
      {part === "usage" && <Usage />}
    </Page>
  );
}
