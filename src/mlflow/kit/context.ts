import type { Viewer } from "../../domain/access/actor.js";
import type { CommandContext, CommandServices } from "../../registry/command.js";
import type { PrismaClient } from "../../store/generated/client.js";
import type { ErrorLog } from "./errors.js";

/** The tables that reads use. */
export type ReadDatabase = Pick<
  PrismaClient,
  "model" | "modelVersion" | "alias" | "experiment" | "run" | "lineageEdge" | "$queryRaw"
>;

/** What an endpoint works with. */
export interface Context {
  readonly viewer: Viewer;
  readonly db: ReadDatabase;
  readonly commands: CommandContext;
  /** How many characters one answer may have. */
  readonly answerCharacters: number;
  newId(): string;
  /** Creates experiment 0 if it was never created. */
  ensureDefaultExperiment(): Promise<void>;
}

export interface MlflowServices extends CommandServices {
  readonly answerCharacters: number;
  readonly log: ErrorLog;
}

export interface RouteServices extends MlflowServices {
  ensureDefaultExperiment(requestId: string): Promise<void>;
}
