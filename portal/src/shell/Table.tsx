import type { ReactNode } from "react";

/** The head of a column: its words, and how the column stands where it is no plain one. */
export type Head = string | { text: string; as: "number" | "minor" | "number minor" | "unseen" };

/** A table with a head, whose rows are `children`; where the page is narrower, it scrolls in itself. */
export function Table(props: { heads: readonly Head[]; caption?: string; className?: string; children: ReactNode }) {
  return (
    <div className="scrolls">
      <table className={props.className}>
        {props.caption !== undefined && <caption className="unseen">{props.caption}</caption>}
        <thead>
          <tr>
            {props.heads.map((head) => (
              <ColumnHead key={typeof head === "string" ? head : head.text} head={head} />
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}

function ColumnHead({ head }: { head: Head }) {
  if (typeof head === "string") return <th scope="col">{head}</th>;
  if (head.as === "unseen") return <th scope="col"><span className="unseen">{head.text}</span></th>;
  return <th scope="col" className={head.as}>{head.text}</th>;
}
