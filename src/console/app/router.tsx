import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { ApprovalsPage } from "../pages/approvals/approvals-page";
import { ModelPage } from "../pages/model/model-page";
import { parseModelSearch } from "../pages/models/model-search";
import { ModelsPage } from "../pages/models/models-page";
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
  validateSearch: ({ metrics }): { metrics?: string } => (typeof metrics === "string" ? { metrics } : {}),
});
const version = createRoute({
  getParentRoute: () => root,
  path: "/models/$name/versions/$number",
  component: VersionPage,
  validateSearch: ({ promote }): { promote?: "PRODUCTION" | "STAGING" | undefined } =>
    promote === "PRODUCTION" || promote === "STAGING" ? { promote } : {},
});
const approvals = createRoute({ getParentRoute: () => root, path: "/approvals", component: ApprovalsPage });

export const router = createRouter({ routeTree: root.addChildren([models, model, version, approvals]) });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
