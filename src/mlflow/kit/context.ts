import type { Viewer } from "../../domain/access/actor.js";
import type { CommandContext, CommandServices } from "../../registry/command.js";
import type { PrismaClient } from "../../store/generated/client.js";
import type { ErrorLog } from "./errors.js";

/** The tables that reads use. */
export type ReadDatabase = Pick<
  PrismaClient,
  "model" | "modelVersion" | "alias" | "experiment" | "run" | "loggedModel" | "$queryRaw"
>;

/** What an endpoint works with. */
export interface Context {
  readonly viewer: Viewer;
  readonly db: ReadDatabase;
  readonly commands: CommandContext;
  /** How many characters one answer may have. */
  readonly answerCharacters: number;
}

export interface MlflowServices extends CommandServices {
  readonly answerCharacters: number;
  readonly log: ErrorLog;
}
