import { Component, type ReactNode } from "react";
import { Translation } from "react-i18next";
import { Screen } from "./Screen";

/** Catches what a page throws while it is drawn, a part that could not be loaded among it: no page is ever blank. */
export class Broken extends Component<{ children: ReactNode }, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <Translation>
        {(t) => (
          <div className="page">
            <Screen alert title={t("states.broken.title")} next={t("states.broken.next")}>
              <button type="button" onClick={() => window.location.reload()}>
                {t("states.broken.again")}
              </button>
              <pre lang="en">{error.message}</pre>
            </Screen>
          </div>
        )}
      </Translation>
    );
  }
}
