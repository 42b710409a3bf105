import { Cross2Icon } from "@radix-ui/react-icons";
import type { ReactNode } from "react";

/** A filter that is on. */
export function RemovableChip({ remove, children }: { remove: () => void; children: ReactNode }) {
  return (
    <button type="button" className="chip" aria-pressed onClick={remove}>
      {children} <Cross2Icon aria-label="Remove this filter" />
    </button>
  );
}
