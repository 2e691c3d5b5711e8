import type { ReactNode } from "react";
import "./states.css";

/** A designed state in the place of content: a fact, the next step, and what one can do. */
export function Screen(props: { title: string; next?: ReactNode; children?: ReactNode; alert?: boolean }) {
  return (
    <section className="state" role={props.alert ? "alert" : "status"}>
      <h2>{props.title}</h2>
      {props.next !== undefined && <p>{props.next}</p>}
      {props.children !== undefined && <div className="row">{props.children}</div>}
    </section>
  );
}
