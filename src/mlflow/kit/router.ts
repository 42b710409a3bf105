import type { Route } from "./route.js";

/** The routes of a path by method, and the values of its parameters. */
export interface Match {
  readonly routes: ReadonlyMap<string, Route>;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly expression: RegExp;
  readonly routes: Map<string, Route>;
}

const PARAMETER = /\{(\w+)\}/g;

/**
 * Finds the routes of a path. `{name}` in the path of a route is one part of a path, and at its end whatever is left: a key may
 * hold slashes. A path without parameters comes first.
 */
export function createRouter(routes: readonly Route[]): (path: string) => Match | undefined {
  const exact = new Map<string, Map<string, Route>>();
  const patterns = new Map<string, Pattern>();
  for (const route of routes) {
    const { path, method } = route;
    const isExact = !path.includes("{");
    const methods = (isExact ? exact.get(path) : patterns.get(path)?.routes) ?? new Map<string, Route>();
    methods.set(method, route);
    if (isExact) exact.set(path, methods);
    else patterns.set(path, { expression: toExpression(path), routes: methods });
  }
  return (path) => {
    const known = exact.get(path);
    if (known) return { routes: known, parameters: {} };
    for (const { expression, routes: methods } of patterns.values()) {
      const parameters = parametersOf(expression.exec(path)?.groups);
      if (parameters) return { routes: methods, parameters };
    }
    return undefined;
  };
}

function toExpression(path: string): RegExp {
  const last = path.lastIndexOf("{");
  const isTail = path.endsWith("}") && path.indexOf("{") !== last;
  const source = path.replace(PARAMETER, (_whole, name: string, at: number) =>
    isTail && at === last ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
  );
  return new RegExp(`^${source}$`, "s");
}

/** Undefined if the path does not match, or is no encoding of a text. */
function parametersOf(groups: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  if (!groups) return undefined;
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch {
    return undefined;
  }
}
