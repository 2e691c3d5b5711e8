/** What came of a change: done, or why not. */
export function Said(props: { error: Error | null; done: string | undefined }) {
  if (props.error !== null) {
    return (
      <p className="note bad" role="alert">
        {props.error.message}
      </p>
    );
  }
  return props.done === undefined ? null : (
    <p className="note good" role="status">
      {props.done}
    </p>
  );
}
