import { useId } from "react";

const MAX_CHARACTERS = 5_000;

export function ReasonField({ value, change }: { value: string; change: (text: string) => void }) {
  const id = useId();
  return (
    <div className="reason">
      <label htmlFor={id}>Reason</label>
      <textarea
        id={id}
        rows={2}
        maxLength={MAX_CHARACTERS}
        placeholder="For whoever reads the history: why now?"
        value={value}
        onChange={({ target }) => change(target.value)}
      />
    </div>
  );
}
