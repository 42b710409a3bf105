import { Link } from "@tanstack/react-router";

export function NotFound() {
  return (
    <main className="page">
      <div className="empty card">
        <h1>There is nothing here</h1>
        <p className="muted">It does not exist, or your token does not show it.</p>
        <Link to="/" search={{}} className="button">
          All models
        </Link>
      </div>
    </main>
  );
}
