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
      {known.map((key) => {
        const isShown = shown.includes(key);
        return (
          <button
            key={key}
            type="button"
            className="chip"
            aria-pressed={isShown}
            onClick={() => choose(isShown ? shown.filter((each) => each !== key) : [...shown, key])}
          >
            {key}
          </button>
        );
      })}
    </fieldset>
  );
}
