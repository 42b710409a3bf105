import { AXES, type CurveSearch } from "./curve-search";

interface Props {
  readonly keys: readonly string[];
  readonly shownKey: string;
  readonly search: CurveSearch;
  readonly change: (next: CurveSearch) => void;
}

const AXIS_NAMES = { STEP: "Step", ELAPSED: "Time since the start", TIMESTAMP: "Time" } as const;

export function CurveControls({ keys, shownKey, search, change }: Props) {
  const isZoomed = search.from !== undefined || search.to !== undefined;
  const known = keys.includes(shownKey) || shownKey === "" ? keys : [shownKey, ...keys];
  return (
    <div className="row tight">
      {isZoomed && (
        <button type="button" className="button" onClick={() => change({ ...search, from: undefined, to: undefined })}>
          Whole axis
        </button>
      )}
      <select
        aria-label="Metric of the chart"
        value={shownKey}
        onChange={({ target }) => change({ ...search, key: target.value })}
      >
        {known.map((key) => (
          <option key={key}>{key}</option>
        ))}
      </select>
      <select
        aria-label="Horizontal axis"
        value={search.x ?? "STEP"}
        onChange={({ target }) =>
          change({ ...search, x: AXES.find((axis) => axis === target.value), from: undefined, to: undefined })
        }
      >
        {AXES.map((axis) => (
          <option key={axis} value={axis}>
            {AXIS_NAMES[axis]}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="chip"
        aria-pressed={search.logX === true}
        onClick={() => change({ ...search, logX: search.logX ? undefined : true })}
      >
        log x
      </button>
      <button
        type="button"
        className="chip"
        aria-pressed={search.logY === true}
        onClick={() => change({ ...search, logY: search.logY ? undefined : true })}
      >
        log y
      </button>
    </div>
  );
}
