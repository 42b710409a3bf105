import type { ConnectionOptions } from "../../client/connection.js";
import type { Stage } from "../../client/watch.js";
import { STAGES } from "../../domain/versions/stage.js";
import { misuse } from "../io/command-io.js";
import type { ServerOptions } from "./client-config.js";
import type { TokenSourceOptions } from "./client-token.js";
import type { DeploymentReporter } from "./deployment-reporter.js";
import type { ExecCommand } from "./exec-command.js";

export interface WatchCommandOptions extends ServerOptions, TokenSourceOptions {
  readonly reconcile?: true;
  readonly model?: readonly string[];
  readonly stage?: string;
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly alias?: readonly string[];
  readonly exec?: string;
  readonly execTimeout?: string;
  readonly json?: true;
  readonly once?: true;
  readonly since?: string;
  readonly cursorFile?: string;
  readonly onFailure?: string;
  readonly report?: string;
  readonly endpoint?: string;
}

/** One run of `watch`, with or without --reconcile. */
export interface WatchSession {
  readonly connection: ConnectionOptions;
  readonly options: WatchCommandOptions;
  readonly exec: ExecCommand | null;
  readonly reporter: DeploymentReporter | null;
  readonly signal: AbortSignal;
  readonly stop: () => void;
  /** Writes a line to standard output. */
  readonly out: (line: string) => void;
  /** Writes a sentence to standard error. */
  readonly note: (sentence: string) => void;
}

export function parseStages(option: string, given: readonly string[] | undefined): Stage[] | undefined {
  const unknown = given?.find((text) => !STAGES.includes(text as Stage));
  if (unknown !== undefined) throw misuse(`${option} is "${unknown}"; it must be one of ${STAGES.join(" ")}.`);
  return given as Stage[] | undefined;
}

export function describeRetry(reason: string, waitMs: number): string {
  return `${reason.endsWith(".") ? reason : `${reason}.`} Connecting again in ${describeSeconds(waitMs)}.`;
}

export function describeSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
