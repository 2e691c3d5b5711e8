import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { glyph, type Health, type Shape, shapeOf } from "../../map/glyphs";
import { timeText } from "../../map/moments";
import { AGES, freshness, radiusOf, SIZES } from "../../map/quakes";
import { colourAt, type ColourMap } from "../../theme/maps";
import { type Theme, token, useTheme } from "../../theme/theme";
import { unitText } from "../../figures/panel";
import type { StationMark } from "./stationMarks";

const DAY_MS = 86_400_000;
const HEALTHS: readonly Health[] = ["good", "gaps", "silent", "none"];

/** Sizes are magnitudes, fillings are ages. */
export function QuakeLegend({ shown, matched }: { shown: number; matched: number }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="row legend-sizes">
        {SIZES.map((size) => (
          <span key={size} className="legend-item">
            <i className="quake-mark" style={{ width: 2 * radiusOf(size), height: 2 * radiusOf(size) }} />M {size}
          </span>
        ))}
      </div>
      <div className="row">
        {AGES.map((days) => (
          <span key={days} className="legend-item">
            <i className="quake-mark" style={{ width: 14, height: 14, background: `color-mix(in srgb, var(--bad) ${75 * freshness(days * DAY_MS)}%, transparent)` }} />
            {t("map.legend.age", { count: days })}
          </span>
        ))}
      </div>
      <p className="small faint">{t("map.legend.quakes", { count: shown })}{matched > shown && ` ${t("map.legend.more", { count: matched })}`}</p>
    </>
  );
}

/** Shapes are kinds, fillings are health. */
export function StationLegend({ marks }: { marks: readonly StationMark[] }) {
  const { t } = useTranslation();
  const theme = useTheme();
  const domains = [...new Set(marks.map((one) => one.domain).filter((one) => one !== ""))].sort();
  const count = (health: Health) => marks.filter((one) => one.health === health).length;
  return (
    <>
      {domains.length > 0 && (
        <div className="row">
          {domains.map((one) => (
            <span key={one} className="legend-item">
              <GlyphMark shape={shapeOf(one)} health="good" theme={theme} />
              {t(`map.domain.${one}` as "map.domain.geomagnetism", { defaultValue: one })}
            </span>
          ))}
        </div>
      )}
      <ul className="legend-list">
        {HEALTHS.filter((one) => count(one) > 0).map((one) => (
          <li key={one} className="legend-item">
            <GlyphMark shape={one === "none" ? "circle" : shapeOf(domains[0] ?? "")} health={one} theme={theme} />
            {t(`map.health.${one}`)} <span className="faint">{count(one)}</span>
          </li>
        ))}
      </ul>
      {marks.some((one) => one.simulated) && <p className="small"><span className="tag simulated">{t("map.simulated")}</span> {marks.every((one) => one.simulated || one.health === "none") ? t("map.legend.allSimulated") : t("map.legend.someSimulated")}</p>}
    </>
  );
}

/** A station's mark, as on the map. */
export function GlyphMark({ shape, health, theme }: { shape: Shape; health: Health; theme: Theme }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const canvas = glyph(shape, health, { ink: token("--ink"), ground: token("--ground") });
    canvas.style.width = canvas.style.height = "16px";
    place.current?.replaceChildren(canvas);
  }, [shape, health, theme]);
  return <i ref={place} className="glyph-mark" aria-hidden="true" />;
}

/** Colours of a map of values, from its low end to its high end. */
export function FieldLegend(props: { name: string; symbol: string; units: string; low: number; high: number; colours: ColourMap; simulated: boolean; at: number | undefined }) {
  const { t } = useTranslation();
  const place = useRef<HTMLCanvasElement>(null);
  const { colours, low, high, units } = props;
  useEffect(() => {
    const pen = place.current?.getContext("2d");
    if (pen == null) return;
    for (let x = 0; x < 256; x += 1) {
      pen.fillStyle = `rgb(${colourAt(colours, x / 255).join(" ")})`;
      pen.fillRect(x, 0, 1, 1);
    }
  }, [colours]);
  const middle = (low + high) / 2;
  return (
    <>
      <canvas ref={place} width={256} height={1} className="legend-bar" />
      <div className="legend-scale"><span>{low}</span><span>{props.symbol} [{unitText(units)}]</span><span className="unseen">{middle}</span><span>{high}</span></div>
      <p className="small faint">
        {props.at === undefined ? t("map.legend.noMap") : t("map.legend.mapOf", { time: timeText(props.at).slice(11) })} {props.name}
        {props.simulated && <> <span className="tag simulated">{t("map.simulated")}</span></>}
      </p>
    </>
  );
}
