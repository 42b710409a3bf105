import { useEffect, useRef } from "react";

/** Calls again and again while the page is on the screen: for what changes without an event. Null: never. */
export function useRepeat(everyMs: number | null, action: () => void): void {
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") latest.current();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
