import type { Viewer } from "../../domain/access/actor.js";
import type { CommandContext, CommandServices } from "../../registry/command.js";
import type { ArtifactFolder } from "../../store/artifacts/artifact-folder.js";
import type { PrismaClient } from "../../store/generated/client.js";
import type { ErrorLog } from "./errors.js";

/** The tables that reads use. */
export type ReadDatabase = Pick<
  PrismaClient,
  | "model"
  | "modelVersion"
  | "alias"
  | "experiment"
  | "run"
  | "loggedModel"
  | "lineageEdge"
  | "artifactFile"
  | "artifactUsage"
  | "$queryRaw"
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

/** Where artifact files are kept that clients send to this server. */
export interface ArtifactServices {
  readonly folder: ArtifactFolder;
  /** How many bytes all files may take; null = any number. */
  readonly quotaBytes: number | null;
  /** Removes from disk what no path names any more. */
  removeFiles(ids: readonly string[]): Promise<void>;
}

export interface MlflowServices extends CommandServices {
  readonly db: ReadDatabase;
  readonly answerCharacters: number;
  /** Or a sentence that says why the server keeps none. */
  readonly files: ArtifactServices | { readonly absence: string };
  readonly log: ErrorLog;
}

export interface RouteServices extends MlflowServices {
  ensureDefaultExperiment(requestId: string): Promise<void>;
}
