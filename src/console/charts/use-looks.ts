import { type RefObject, useEffect, useState } from "react";

interface Looks {
  readonly text: string;
  readonly line: string;
}

/** The colours that a canvas cannot inherit, of the theme that counts now. */
export function useLooks(box: RefObject<HTMLElement | null>): Looks | null {
  const [looks, setLooks] = useState<Looks | null>(null);
  useEffect(() => {
    const read = () => {
      if (!box.current) return;
      const { color, outlineColor } = getComputedStyle(box.current);
      setLooks({ text: color, line: outlineColor });
    };
    const system = matchMedia("(prefers-color-scheme: dark)");
    const chosen = new MutationObserver(read);
    chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    system.addEventListener("change", read);
    read();
    return () => {
      chosen.disconnect();
      system.removeEventListener("change", read);
    };
  }, [box]);
  return looks;
}
