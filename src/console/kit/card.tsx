import type { ReactNode } from "react";
import { ScrollX } from "./scroll-x";

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
