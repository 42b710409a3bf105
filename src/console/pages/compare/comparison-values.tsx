import { CheckIcon } from "@radix-ui/react-icons";
import { formatDelta, formatMetric, type MetricNumber } from "../../kit/number";

/** A value with its difference to the first one. */
export function MetricValues({ value, base }: { value: MetricNumber | null; base: MetricNumber | null }) {
  if (value === null) return <span className="muted">–</span>;
  const delta = base === null ? null : formatDelta(value, base);
  return (
    <>
      {formatMetric(value)}
      {delta !== null && <span className="muted delta">{delta}</span>}
    </>
  );
}

export function InputMark({ isThere }: { isThere: boolean }) {
  return isThere ? <CheckIcon aria-label="read it" /> : <span className="muted">–</span>;
}
