import type { ConnectionOptions } from "../../client/connection.js";
import type { Stage } from "../../client/watch.js";
import { STAGES } from "../../domain/versions/stage.js";
import { misuse } from "../io/command-io.js";
import type { TokenOptions } from "./client-token.js";
import type { ExecCommand } from "./exec-command.js";
import type { ReportBack } from "./report-back.js";

export interface WatchCommandOptions extends TokenOptions {
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
  readonly url?: string;
}

/** One run of the command `watch`, as both of its forms need it. */
export interface WatchSession {
  readonly connection: ConnectionOptions;
  readonly options: WatchCommandOptions;
  readonly exec: ExecCommand | null;
  readonly report: ReportBack | null;
  readonly signal: AbortSignal;
  readonly stop: () => void;
  readonly out: (line: string) => void;
  readonly say: (sentence: string) => void;
}

export function parseStages(option: string, given: readonly string[] | undefined): Stage[] | undefined {
  const unknown = given?.find((text) => !STAGES.includes(text as Stage));
  if (unknown !== undefined) throw misuse(`${option} is "${unknown}"; it must be one of ${STAGES.join(" ")}.`);
  return given as Stage[] | undefined;
}

export function toSentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

export function secondsOf(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
