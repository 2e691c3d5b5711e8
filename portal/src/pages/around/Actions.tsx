import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { downloadAddress, editAddress, type View } from "./view";

/** Sharing the view, downloading all that it shows, and going back to looking for another. */
export function Actions(props: { view: View }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const share = async () => {
    await navigator.clipboard.writeText(window.location.href);
    setCopied(true);
  };
  return (
    <>
      <button type="button" onClick={() => void share()} onBlur={() => setCopied(false)}>
        {copied ? t("around.copied") : t("around.share")}
      </button>
      <a className="button" href={downloadAddress(props.view, "csv")} download>
        {t("around.download", { format: "CSV" })}
      </a>
      <a className="button" href={downloadAddress(props.view, "netcdf")} download>
        {t("around.download", { format: "netCDF" })}
      </a>
      {props.view.event === "" && <Link className="button" href={editAddress(props.view)}>{t("around.edit")}</Link>}
      <a className="button" href="/around">
        {t("around.another")}
      </a>
    </>
  );
}
