import { useId, useState } from "react";
import { KeyChips } from "../../filters/choice-chips";

interface Props {
  readonly name: string;
  readonly known: readonly string[];
  readonly shown: readonly string[];
  readonly choose: (keys: readonly string[]) => void;
}

const OFFERED = 12;

/** The keys of the newest runs are offered; any other can be typed. */
export function ColumnChoice({ name, known, shown, choose }: Props) {
  const [text, setText] = useState("");
  const list = useId();
  const offered = [...new Set([...shown, ...known.slice(0, OFFERED)])];
  const add = () => {
    if (text.trim() && !shown.includes(text.trim())) choose([...shown, text.trim()]);
    setText("");
  };
  return (
    <fieldset className="metric-choice row tight">
      <legend className="visually-hidden">{name} to show</legend>
      <span className="muted small">{name}</span>
      <KeyChips keys={offered} shown={shown} choose={choose} />
      {(known.length > OFFERED || offered.length === 0) && (
        <span className="add-column">
          <input
            aria-label={`Add one of the ${name.toLowerCase()}`}
            placeholder="Add …"
            list={list}
            value={text}
            onChange={({ target }) => setText(target.value)}
            onKeyDown={({ key }) => key === "Enter" && add()}
          />
          <datalist id={list}>
            {known.map((key) => (
              <option key={key} value={key} />
            ))}
          </datalist>
        </span>
      )}
    </fieldset>
  );
}
