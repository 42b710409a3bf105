import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import "./administration.css";

/** The head of the pages of administration. What a token may not see, each page says. */
export function Administration({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Shelfmark`;
  }, [title]);
  return (
    <main className="page stack">
      <div className="row between">
        <h1>Administration</h1>
        <nav className="admin-tabs" aria-label="Administration">
          <Link to="/admin/webhooks" search={{}}>
            Webhooks
          </Link>
          <Link to="/admin/audit" search={{}} activeOptions={{ includeSearch: false }}>
            Audit
          </Link>
          <Link to="/admin/policies" search={{}}>
            Policies
          </Link>
          <Link to="/admin/tokens" search={{}}>
            Revoked tokens
          </Link>
        </nav>
      </div>
      {children}
    </main>
  );
}
