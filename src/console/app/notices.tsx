import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { nameOf } from "../kit/actor";
import { type Change, useChanges } from "../live/live";

const SHOWN_MS = 8_000;
const MAX_SHOWN = 3;

type Move = Extract<Change, { to: string }>;

/** Says that something moved while somebody looked. */
export function Notices() {
  const [moves, setMoves] = useState<readonly Move[]>([]);
  useChanges((changes) => {
    const found = changes?.filter((change): change is Move => "to" in change && "from" in change) ?? [];
    if (found.length > 0) setMoves((last) => [...last, ...found].slice(-MAX_SHOWN));
  });
  useEffect(() => {
    if (moves.length === 0) return;
    const timer = setTimeout(() => setMoves([]), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [moves]);
  return (
    <ol className="notices inline-links" aria-live="polite" aria-label="What moved">
      {moves.map(({ id, modelName, versionNumber, from, to, actor }) => (
        <li key={id} className="card">
          <Link
            to="/models/$name/versions/$number"
            params={{ name: modelName, number: String(versionNumber) }}
            search={{}}
          >
            {modelName} v{versionNumber}
          </Link>{" "}
          moved from {from} to {to}, by {nameOf(actor)}
        </li>
      ))}
    </ol>
  );
}
