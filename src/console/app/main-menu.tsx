import { Link, useRouterState } from "@tanstack/react-router";

/** The sections, and the beginnings of the addresses of their pages. */
const SECTIONS = [
  { to: "/", title: "Models", pages: /^\/($|models\b)/ },
  { to: "/approvals", title: "Approvals", pages: /^\/approvals\b/ },
  { to: "/experiments", title: "Experiments", pages: /^\/(experiments|runs|compare)\b/ },
  { to: "/deployments", title: "Deployments", pages: /^\/deployments\b/ },
  { to: "/lineage", title: "Lineage", pages: /^\/lineage\b/ },
  { to: "/admin/webhooks", title: "Administration", pages: /^\/(admin|promotions)\b/ },
] as const;

export function MainMenu() {
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  return (
    <nav aria-label="Main">
      {SECTIONS.map(({ to, title, pages }) => {
        const isCurrent = pages.test(pathname);
        return (
          <Link
            key={to}
            to={to}
            search={{}}
            activeOptions={{ exact: true }}
            activeProps={{ className: "" }}
            className={isCurrent ? "current" : undefined}
            aria-current={isCurrent ? (pathname === to ? "page" : "true") : undefined}
          >
            {title}
          </Link>
        );
      })}
    </nav>
  );
}
