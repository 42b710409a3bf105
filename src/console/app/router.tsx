import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { parseModelSearch } from "../pages/models/model-search";
import { ModelsPage } from "../pages/models/models-page";
import { NotFound } from "./not-found";
import { Shell } from "./shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const models = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: ModelsPage,
  validateSearch: parseModelSearch,
});
const model = createRoute({ getParentRoute: () => root, path: "/models/$name", component: () => null });
const version = createRoute({
  getParentRoute: () => root,
  path: "/models/$name/versions/$number",
  component: () => null,
});

export const router = createRouter({ routeTree: root.addChildren([models, model, version]) });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
