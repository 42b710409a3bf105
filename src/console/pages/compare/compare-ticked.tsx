import { Link } from "@tanstack/react-router";
import { COMPARED_MAX } from "./compare-search";

export function toggled(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id];
}

/** What to do with the ticked rows of a table of versions. */
export function CompareTicked({ ticked, untick }: { ticked: readonly string[]; untick: () => void }) {
  return (
    <span className="row tight">
      {ticked.length > 1 && ticked.length <= COMPARED_MAX && (
        <Link to="/compare" search={{ versions: ticked }} className="button primary">
          Compare {ticked.length}
        </Link>
      )}
      <span className="muted small" role="status">
        {ticked.length === 1 && "Tick another one to compare"}
        {ticked.length > COMPARED_MAX && `Compare takes up to ${COMPARED_MAX}`}
      </span>
      <button type="button" className="button" onClick={untick}>
        Untick
      </button>
    </span>
  );
}
