import type { ReactNode } from "react";
import { languageNow } from "../words";
import { ServersOwn } from "../words/Told";
import "./states.css";

/** A designed state in the place of content: a fact, the next step, and what one can do. */
export function Screen(props: {
  title: string;
  next?: ReactNode;
  /** What the server says of it, in English. */
  detail?: string | undefined;
  children?: ReactNode;
  alert?: boolean;
}) {
  const { next, detail = "" } = props;
  const english = languageNow() === "en";
  return (
    <section className="state" role={props.alert ? "alert" : "status"}>
      <h2>{props.title}</h2>
      {next !== undefined && <p>{english && detail !== "" && `${detail} `}{next}</p>}
      {!english && detail !== "" && <ServersOwn text={detail} />}
      {props.children !== undefined && <div className="row">{props.children}</div>}
    </section>
  );
}
