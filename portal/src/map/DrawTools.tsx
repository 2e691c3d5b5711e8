import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Kind } from "./region";

const SHAPES: Record<Kind, ReactNode> = {
  circle: <circle cx="9" cy="9" r="6.5" />,
  box: <rect x="2.5" y="4" width="13" height="10" />,
};

/** What the pointer does on a map: draws a circle or a box, or moves the map. */
export function DrawTools({ tool, onTool }: { tool: Kind | undefined; onTool: (tool: Kind | undefined) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="map-tools" role="group" aria-label={t("map.draw.title")}>
        {(["circle", "box"] as const).map((kind) => (
          <button key={kind} type="button" aria-pressed={tool === kind} aria-label={t(`map.draw.${kind}`)} title={t(`map.draw.${kind}`)}
            onClick={() => onTool(tool === kind ? undefined : kind)}>
            <svg width="18" height="18" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">{SHAPES[kind]}</svg>
          </button>
        ))}
      </div>
      {tool !== undefined && <p className="map-hint small" role="status">{t(`map.draw.${tool}Hint`)}</p>}
    </>
  );
}
