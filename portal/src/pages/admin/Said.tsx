import { Trouble } from "../../states";

/** What came of a change: done, or why not. */
export function Said(props: { error: Error | null; done: string | undefined }) {
  if (props.error !== null) {
    return <Trouble error={props.error} />;
  }
  return props.done === undefined ? null : (
    <p className="note good" role="status">
      {props.done}
    </p>
  );
}
