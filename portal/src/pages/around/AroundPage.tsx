import { useTranslation } from "react-i18next";
import { useAddress } from "../../address";
import { Page } from "../../shell/Page";
import { Answer } from "../../states";
import { useAround } from "./asked";
import "./around.css";
import { Finder } from "./Finder";
import { Found } from "./Found";
import { namesPlace, VIEW } from "./view";

/** Everything held around an earthquake or a place. */
export default function AroundPage() {
  const { t } = useTranslation();
  const [view, change] = useAddress(VIEW);
  const named = namesPlace(view);
  const around = useAround(view, named);
  if (!named) {
    return (
      <Page title={t("around.title")} wide>
        <Finder view={view} change={change} />
      </Page>
    );
  }
  if (around.data === undefined) {
    return (
      <Page title={t("around.title")} wide>
        <Answer query={around}>{() => null}</Answer>
      </Page>
    );
  }
  return <Found around={around.data} view={view} change={change} />;
}
