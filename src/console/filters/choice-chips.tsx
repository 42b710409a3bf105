import type { ReactNode } from "react";

interface Choice<Value> {
  readonly values: readonly Value[];
  readonly chosen: Value | undefined;
  /** Undefined: the chosen one was pressed again. */
  readonly choose: (value: Value | undefined) => void;
  readonly label?: (value: Value) => ReactNode;
}

/** At most one of several values. */
export function ChoiceChips<Value extends string>({ values, chosen, choose, label = String }: Choice<Value>) {
  return values.map((value) => (
    <Chip key={value} isOn={value === chosen} press={() => choose(value === chosen ? undefined : value)}>
      {label(value)}
    </Chip>
  ));
}

interface Keys {
  readonly keys: readonly string[];
  readonly shown: readonly string[];
  readonly choose: (keys: readonly string[]) => void;
}

/** Any number of keys, in the order in which they were chosen. */
export function KeyChips({ keys, shown, choose }: Keys) {
  return keys.map((key) => {
    const isShown = shown.includes(key);
    return (
      <Chip
        key={key}
        isOn={isShown}
        press={() => choose(isShown ? shown.filter((each) => each !== key) : [...shown, key])}
      >
        {key}
      </Chip>
    );
  });
}

function Chip({ isOn, press, children }: { isOn: boolean; press: () => void; children: ReactNode }) {
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={press}>
      {children}
    </button>
  );
}
