import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Choice, nameOf } from "./chosen";
import { questionOf, whose } from "./useSeries";

/** Exactly what is seen, as files: the figure, the values as drawn or all of them; and what to cite. */
export function Downloads(props: {
  choices: readonly Choice[];
  start: string;
  stop: string;
  citations: readonly string[];
  onFigure: (kind: "png" | "svg") => void;
}) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const { choices, start, stop, citations } = props;
  const copy = () => void navigator.clipboard.writeText(citations.join("\n")).then(() => setCopied(true));
  return (
    <details className="downloads">
      <summary className="button">{t("series.download")}</summary>
      <div className="stack">
        <p className="row">
          <span className="faint">{t("series.figure")}</span>
          <button type="button" onClick={() => props.onFigure("png")}>PNG</button>
          <button type="button" onClick={() => props.onFigure("svg")}>SVG</button>
        </p>
        <div className="scrolls">
          <table>
            <thead>
              <tr><th scope="col" /><th scope="col">{t("series.asDrawn")}</th><th scope="col">{t("series.allValues")}</th></tr>
            </thead>
            <tbody>
              {choices.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{nameOf(one, t("series.archive"))} {one.variable}</th>
                  <td><Files choice={one} start={start} stop={stop} formats={["csv", "netcdf"]} drawn /></td>
                  <td><Files choice={one} start={start} stop={stop} formats={["csv", "parquet", "netcdf"]} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <div>
          <p className="row"><span className="faint">{t("series.citation")}</span>
            <button type="button" className="plain" onClick={copy}>{copied ? t("series.copied") : t("series.copy")}</button>
          </p>
          {citations.map((one) => <p key={one} className="small mono">{one}</p>)}
        </div>
      </div>
    </details>
  );
}

const TITLES = { csv: "CSV", netcdf: "netCDF", parquet: "Parquet" } as const;

function Files(props: { choice: Choice; start: string; stop: string; formats: readonly (keyof typeof TITLES)[]; drawn?: boolean }) {
  const { choice, start, stop } = props;
  return (
    <span className="row">
      {props.formats.map((format) => (
        <a key={format} href={addressOf(choice, start, stop, format, props.drawn === true)} download>{TITLES[format]}</a>
      ))}
    </span>
  );
}

/** Where the API gives the values of a window, as drawn (so many buckets where they are decimated) or all. */
export function addressOf(choice: Choice, start: string, stop: string, format: string, drawn: boolean): string {
  const { collection, variable, points, start: from } = { points: undefined, ...questionOf(choice, start, stop) };
  const asked = new URLSearchParams({ collection, variable: variable[0] ?? "", start: from, stop, format, ...whose(choice) });
  if (drawn && points !== undefined) asked.set("points", String(points));
  return `/api/v1/${choice.shape === "track" ? "tracks" : "series"}?${asked.toString()}`;
}
