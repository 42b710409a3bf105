import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { parseCurveSearch } from "../charts/curve-search";
import { ApprovalsPage } from "../pages/approvals/approvals-page";
import { parseCompareSearch } from "../pages/compare/compare-search";
import { parseDeploymentSearch } from "../pages/deployments/deployment-search";
import { parseLineageSearch } from "../pages/lineage/lineage-search";
import { ModelPage } from "../pages/model/model-page";
import { parseModelSearch } from "../pages/models/model-search";
import { ModelsPage } from "../pages/models/models-page";
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
    all,
    versions,
  }): { metrics?: string; all?: true; versions?: readonly string[] | undefined } => ({
    ...(typeof metrics === "string" && { metrics }),
    ...(all === true && { all }),
    ...(Array.isArray(versions) && { versions: versions.map(String) }),
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
  validateSearch: parseCurveSearch,
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

export const router = createRouter({
  routeTree: root.addChildren([
    models,
    model,
    version,
    approvals,
    experiments,
    runs,
    run,
    compare,
    deployments,
    lineage,
  ]),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
