import type { ReactNode } from "react";

/** A part of a page. `isBare`: the content brings its own edges, as a table does. */
export function Card({
  title,
  side,
  isBare = false,
  children,
}: {
  title: string;
  side?: ReactNode;
  isBare?: boolean;
  children: ReactNode;
}) {
  return (
    <section className="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {side}
      </header>
      {isBare ? <ScrollX label={title}>{children}</ScrollX> : <div className="body">{children}</div>}
    </section>
  );
}

function ScrollX({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className="scroll-x" tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}
