import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Dialog } from "../kit/dialog";

const GO = {
  m: "/",
  a: "/approvals",
  e: "/experiments",
  r: "/runs",
  d: "/deployments",
  l: "/lineage",
  w: "/admin/webhooks",
  u: "/admin/audit",
} as const;
const HELP = [
  ["/", "search"],
  ["g m", "models"],
  ["g a", "approvals"],
  ["g e", "experiments"],
  ["g r", "runs"],
  ["g d", "deployments"],
  ["g l", "lineage"],
  ["g w", "webhooks, and the rest of administration"],
  ["g u", "audit"],
  ["?", "this list"],
] as const;
/** How long the second key of a pair may take. */
const PAIR_MS = 1_200;

/** `/`, `g` with the letter of a page, and `?`, unless somebody is typing. */
export function Shortcuts() {
  const navigate = useNavigate();
  const [isHelpOpen, setHelpOpen] = useState(false);
  useEffect(() => {
    let lastGo = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const isPair = Date.now() - lastGo < PAIR_MS;
      lastGo = event.key === "g" ? Date.now() : 0;
      if (event.key === "?") setHelpOpen(true);
      else if (isPair && event.key in GO) void navigate({ to: GO[event.key as keyof typeof GO], search: {} });
      else if (event.key === "/") focusSearch(event);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate]);
  if (!isHelpOpen) return null;
  return (
    <Dialog title="Keyboard" close={() => setHelpOpen(false)}>
      <table>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Keys</th>
            <th scope="col">What they do</th>
          </tr>
        </thead>
        <tbody>
          {HELP.map(([keys, what]) => (
            <tr key={keys}>
              <td>
                <kbd>{keys}</kbd>
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('[data-shortcut="/"]');
  if (!field) return;
  event.preventDefault();
  field.focus();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
