import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { parseAuditSearch } from "../pages/administration/audit-search";
import { parseDeliveries, parseImpact } from "../pages/administration/search";
import { ApprovalsPage } from "../pages/approvals/approvals-page";
import { parseCompareSearch } from "../pages/compare/compare-search";
import { parseDeploymentSearch } from "../pages/deployments/deployment-search";
import { parseLineageSearch } from "../pages/lineage/lineage-search";
import { MAX_EVENTS } from "../pages/model/activity-card";
import { ModelPage } from "../pages/model/model-page";
import { parseModelSearch } from "../pages/models/model-search";
import { ModelsPage } from "../pages/models/models-page";
import { parseRunPageSearch } from "../pages/run/run-search";
import { parseRunSearch } from "../pages/runs/run-search";
import { VersionPage } from "../pages/version/version-page";
import { NotFound } from "./not-found";
import { Shell } from "./shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const models = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: ModelsPage,
  validateSearch: parseModelSearch,
});
const model = createRoute({
  getParentRoute: () => root,
  path: "/models/$name",
  component: ModelPage,
  validateSearch: ({
    metrics,
    versions,
    events,
  }): { metrics?: string; versions?: readonly string[] | undefined; events?: number } => ({
    ...(typeof metrics === "string" && { metrics }),
    ...(Array.isArray(versions) && { versions: versions.map(String) }),
    ...(typeof events === "number" && { events: Math.min(Math.max(1, Math.trunc(events)), MAX_EVENTS) }),
  }),
});
const version = createRoute({
  getParentRoute: () => root,
  path: "/models/$name/versions/$number",
  component: VersionPage,
  validateSearch: ({ promote }): { promote?: "PRODUCTION" | "STAGING" | undefined } =>
    promote === "PRODUCTION" || promote === "STAGING" ? { promote } : {},
});
const approvals = createRoute({ getParentRoute: () => root, path: "/approvals", component: ApprovalsPage });
const experiments = createRoute({
  getParentRoute: () => root,
  path: "/experiments",
  component: lazyRouteComponent(() => import("../pages/experiments/experiments-page"), "ExperimentsPage"),
  validateSearch: ({ q }): { q?: string | undefined } =>
    typeof q === "string" || typeof q === "number" ? { q: String(q) } : {},
});
const experiment = createRoute({
  getParentRoute: () => root,
  path: "/experiments/$number",
  component: lazyRouteComponent(() => import("../pages/experiments/experiment-page"), "ExperimentPage"),
});
const runs = createRoute({
  getParentRoute: () => root,
  path: "/runs",
  component: lazyRouteComponent(() => import("../pages/runs/runs-page"), "RunsPage"),
  validateSearch: parseRunSearch,
});
const run = createRoute({
  getParentRoute: () => root,
  path: "/runs/$run",
  component: lazyRouteComponent(() => import("../pages/run/run-page"), "RunPage"),
  validateSearch: parseRunPageSearch,
});
const compare = createRoute({
  getParentRoute: () => root,
  path: "/compare",
  component: lazyRouteComponent(() => import("../pages/compare/compare-page"), "ComparePage"),
  validateSearch: parseCompareSearch,
});
const deployments = createRoute({
  getParentRoute: () => root,
  path: "/deployments",
  component: lazyRouteComponent(() => import("../pages/deployments/deployments-page"), "DeploymentsPage"),
  validateSearch: parseDeploymentSearch,
});
const lineage = createRoute({
  getParentRoute: () => root,
  path: "/lineage",
  component: lazyRouteComponent(() => import("../pages/lineage/lineage-page"), "LineagePage"),
  validateSearch: parseLineageSearch,
});

const admin = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  beforeLoad: () => {
    throw redirect({ to: "/admin/webhooks", search: {}, replace: true });
  },
});
const webhooks = createRoute({
  getParentRoute: () => root,
  path: "/admin/webhooks",
  component: lazyRouteComponent(() => import("../pages/administration/webhooks-page")),
  validateSearch: ({ create }): { create?: true } => (create === true ? { create } : {}),
});
const webhook = createRoute({
  getParentRoute: () => root,
  path: "/admin/webhooks/$id",
  component: lazyRouteComponent(() => import("../pages/administration/webhook-page")),
  validateSearch: parseDeliveries,
});
const audit = createRoute({
  getParentRoute: () => root,
  path: "/admin/audit",
  component: lazyRouteComponent(() => import("../pages/administration/audit-page")),
  validateSearch: parseAuditSearch,
});
const policies = createRoute({
  getParentRoute: () => root,
  path: "/admin/policies",
  component: lazyRouteComponent(() => import("../pages/administration/policies-page")),
  validateSearch: parseImpact,
});
const tokens = createRoute({
  getParentRoute: () => root,
  path: "/admin/tokens",
  component: lazyRouteComponent(() => import("../pages/administration/tokens-page")),
  validateSearch: ({ revoke }): { revoke?: true } => (revoke === true ? { revoke } : {}),
});
const report = createRoute({
  getParentRoute: () => root,
  path: "/promotions/$revision",
  component: lazyRouteComponent(() => import("../pages/report/report-page")),
});
const administration = [admin, webhooks, webhook, audit, policies, tokens, report] as const;

const tracking = [experiments, experiment, runs, run, compare, deployments, lineage] as const;

export const router = createRouter({
  routeTree: root.addChildren([models, model, version, approvals, ...tracking, ...administration]),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
