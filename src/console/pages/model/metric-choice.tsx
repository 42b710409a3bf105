import { KeyChips } from "../../filters/choice-chips";

/** Which metrics have a column. */
export function MetricChoice({
  known,
  shown,
  choose,
}: {
  known: readonly string[];
  shown: readonly string[];
  choose: (keys: readonly string[]) => void;
}) {
  if (known.length === 0) return null;
  return (
    <fieldset className="metric-choice row">
      <legend className="visually-hidden">Metrics to show</legend>
      <KeyChips keys={known} shown={shown} choose={choose} />
    </fieldset>
  );
}
