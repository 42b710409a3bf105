import { collectDefaultMetrics, Registry } from "prom-client";

let registry: Registry | undefined;

/** Memory, CPU, garbage collection and event loop. Measured once for the process, however many apps run in it. */
export function processMetrics(): Registry {
  if (registry) return registry;
  registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
