import type { Environment } from "./environment.js";

/** Where and how traces are sent, as the environment variables of OpenTelemetry's specification set it. */
export interface TracingSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Attributes of the process, including `service.name`. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  /** The sampled fraction from 0 to 1, for the ratio samplers. */
  readonly ratio: number;
  readonly queueSize: number;
  readonly delayMs: number;
}

export const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

const QUEUE_SIZE = 2_048;
const DELAY_MS = 5_000;

/**
 * Reads the variables of OpenTelemetry. As its specification requires, an invalid value is a warning and counts as unset:
 * these variables are often set for a whole platform.
 */
export function readTracing(given: Environment): { tracing: TracingSettings | null; warnings: string[] } {
  const warnings: string[] = [];
  const url = urlOf(given);
  if (url === null || given.OTEL_SDK_DISABLED?.toLowerCase() === "true") return { tracing: null, warnings };

  function read<T>(name: string, parse: (text: string) => T | undefined, fallback: T): T {
    const text = given[name];
    if (text === undefined) return fallback;
    const value = parse(text);
    if (value === undefined) warnings.push(`${name} is not valid and is ignored.`);
    return value ?? fallback;
  }

  const attributes = read("OTEL_RESOURCE_ATTRIBUTES", parsePairs, {});
  const name = given.OTEL_SERVICE_NAME;
  const tracing: TracingSettings = {
    url,
    headers: Object.freeze({
      ...read("OTEL_EXPORTER_OTLP_HEADERS", parsePairs, {}),
      ...read("OTEL_EXPORTER_OTLP_TRACES_HEADERS", parsePairs, {}),
    }),
    resource: Object.freeze({ "service.name": "shelfmark", ...attributes, ...(name ? { "service.name": name } : {}) }),
    sampler: read(
      "OTEL_TRACES_SAMPLER",
      (text) => SAMPLERS.find((sampler) => sampler === text),
      "parentbased_always_on",
    ),
    ratio: read("OTEL_TRACES_SAMPLER_ARG", parseRatio, 1),
    queueSize: read("OTEL_BSP_MAX_QUEUE_SIZE", parseCount, QUEUE_SIZE),
    delayMs: read("OTEL_BSP_SCHEDULE_DELAY", parseCount, DELAY_MS),
  };
  return { tracing: Object.freeze(tracing), warnings };
}

function urlOf({
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own,
  OTEL_EXPORTER_OTLP_ENDPOINT: base,
}: Environment): string | null {
  if (own) return own;
  return base ? `${base.replace(/\/+$/, "")}/v1/traces` : null;
}

/** Parses `key=value,key=value`, percent-encoded. One invalid pair makes the whole text invalid. */
function parsePairs(text: string): Record<string, string> | undefined {
  const parts = text.split(",").filter((part) => part.trim() !== "");
  const pairs = parts.map((part) => part.split("=").map((side) => decode(side.trim())));
  const isPair = (pair: (string | null)[]): pair is [string, string] =>
    pair.length === 2 && Boolean(pair[0]) && pair[1] !== null;
  return pairs.every(isPair) ? Object.fromEntries(pairs) : undefined;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function parseRatio(text: string): number | undefined {
  const ratio = Number(text);
  return ratio >= 0 && ratio <= 1 ? ratio : undefined;
}

function parseCount(text: string): number | undefined {
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined;
}
