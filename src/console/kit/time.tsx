import { useSyncExternalStore } from "react";

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

export function formatTime(at: string): string {
  return exact.format(new Date(at));
}

export function formatAge(at: string, now: number): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  return relative.format(0, "second");
}

let minute = Math.floor(Date.now() / 30_000);

/** One timer for all times of the page. */
function everyHalfMinute(listener: () => void): () => void {
  const timer = setInterval(() => {
    minute = Math.floor(Date.now() / 30_000);
    listener();
  }, 30_000);
  return () => clearInterval(timer);
}

/** How long ago, in the viewer's language; the title has the time in the viewer's time zone. */
export function Time({ at }: { at: string }) {
  useSyncExternalStore(everyHalfMinute, () => minute);
  return (
    <time dateTime={at} title={formatTime(at)}>
      {formatAge(at, Date.now())}
    </time>
  );
}
