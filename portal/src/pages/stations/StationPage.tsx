import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { answerOf, api, type Schemas } from "../../api/client";
import { fixed } from "../../figures/numbers";
import { Page } from "../../shell/Page";
import { Answer, Loading } from "../../states";
import { Contacts } from "./Contacts";
import { Live } from "./Live";
import { Observed } from "./Observed";
import { YearOfHealth } from "./YearOfHealth";
import "./stations.css";

const LOOK_AGAIN_MS = 300_000;

type Station = Schemas["Station"];

/** One station: where it is, what it observes under which terms, its last day, and its health day by day. */
export default function StationPage() {
  const { t } = useTranslation();
  const { scheme = "", code = "" } = useParams<{ scheme: string; code: string }>();
  const path = { code_scheme: scheme, code };
  const station = useQuery({
    queryKey: ["station", scheme, code],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/stations/{code_scheme}/{code}", { params: { path }, signal })),
  });
  const series = useQuery({
    queryKey: ["station", scheme, code, "series"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/stations/{code_scheme}/{code}/series", { params: { path }, signal })),
    refetchInterval: LOOK_AGAIN_MS,
    enabled: station.data !== undefined,
  });
  const name = station.data === undefined ? code.toUpperCase() : `${station.data.code} ${station.data.name}`.trim();
  return (
    <Page title={name} wide actions={<Link href="/stations">{t("stations.all")}</Link>}>
      <Answer query={station}>
        {(found) => (
          <div className="stack">
            <Facts station={found} />
            <Contacts station={found} series={series.data ?? []} />
            {series.data === undefined ? <Loading lines={6} /> : <Series station={found} series={series.data} />}
          </div>
        )}
      </Answer>
    </Page>
  );
}

function Series({ station, series }: { station: Station; series: readonly Schemas["StationSeries"][] }) {
  const { t } = useTranslation();
  if (series.length === 0) return <p className="note">{t("stations.nothing")}</p>;
  return (
    <>
      <Live series={series.filter((one) => one.shape === "series")} />
      <YearOfHealth station={station} series={series} />
      <Observed series={series} />
    </>
  );
}

/** Where it is, and how far that can be trusted. */
function Facts({ station }: { station: Station }) {
  const { t } = useTranslation();
  const degrees = (value: number, positive: string, negative: string) => `${fixed(Math.abs(value), 3)}° ${value < 0 ? negative : positive}`;
  const place = `${degrees(station.latitude, "N", "S")}, ${degrees(station.longitude, "E", "W")}`;
  const height = station.height_m === null ? "" : `, ${t("stations.height", { height: fixed(station.height_m, 0) })}`;
  return (
    <dl className="facts">
      <div><dt>{t("stations.place")}</dt><dd>{place}{height}</dd></div>
      {station.region !== "" && <div><dt>{t("stations.region")}</dt><dd>{station.region}</dd></div>}
      {station.place_grade !== "" && <div><dt>{t("stations.grade")}</dt><dd>{station.place_grade}</dd></div>}
      <div><dt>{station.code_scheme}</dt><dd>{station.code}</dd></div>
    </dl>
  );
}
