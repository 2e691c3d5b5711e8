import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";

/** A page's frame: its title in the tab and as `h1`, what one can do with it beside that, and its content. */
export function Page(props: { title: string; actions?: ReactNode; wide?: boolean; children: ReactNode }) {
  usePageTitle(props.title);
  return (
    <article className="page" style={props.wide ? { maxWidth: "none" } : undefined}>
      <header>
        <h1>{props.title}</h1>
        {props.actions !== undefined && <div className="row">{props.actions}</div>}
      </header>
      {props.children}
    </article>
  );
}

/** Names the page in the browser's tab, for pages that draw their own frame. */
export function usePageTitle(title: string): void {
  const { t } = useTranslation();
  const site = t("shell.title");
  useEffect(() => {
    document.title = `${title} · ${site}`;
  }, [title, site]);
}
