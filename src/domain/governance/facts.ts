import type { Author } from "../access/author.js";
import type { Identity, People } from "../access/people.js";
import type { RunStatus } from "../tracking/run.js";
import type { Stage } from "../versions/stage.js";
import type { CheckStatus } from "./check.js";
import type { Seen } from "./request.js";
import type { PromotionTarget } from "./target.js";

/** What the rules look at: the version that is to be promoted, and what the registry knows about it at one moment. */
export interface Facts {
  readonly at: Date;
  readonly version: VersionFacts;
  readonly tags: readonly TagFact[];
  /** The times that the version spent in stages and under aliases, the current ones among them. */
  readonly stays: readonly StayFact[];
  /** The other versions that hold the target now, the current holder first. */
  readonly holders: readonly HolderFact[];
  /** The latest values of metrics: of the version's run, and of the current holder's. */
  readonly metrics: readonly MetricFact[];
  /** For each name and author, the newest check of the version. */
  readonly checks: readonly CheckFact[];
  /** The request of whoever moves the version to the target; null if there is none that is open or approved. */
  readonly request: RequestFact | null;
  /** Which identities are one person. */
  readonly people: People;
}

export interface VersionFacts {
  readonly number: number;
  readonly digest: string | null;
  readonly hasSignature: boolean;
  readonly hasDescription: boolean;
  /** Changes with the description; null if there is none. */
  readonly descriptionHash: string | null;
  /** Changes with the source, the digest, the signature, the flavors and the run. */
  readonly contentsHash: string;
  readonly stage: Stage;
  /** Rises with each move of the version. */
  readonly stageEntry: number;
  /** Whether it holds the target already. */
  readonly holdsTarget: boolean;
  readonly registrant: Identity;
  /** Null also if it is deleted. */
  readonly run: RunFact | null;
  readonly isRunDeleted: boolean;
  /** The datasets that the version's run read. */
  readonly datasetInputs: number;
}

export interface RequestFact {
  readonly id: string;
  readonly requester: Identity;
  /** Whether it executes itself with the rights of a token that was revoked since. */
  readonly isRevoked: boolean;
  /** Whether the move that was asked for takes the other holders off the target. */
  readonly replacesHolders: boolean;
  readonly seen: Seen;
  /** What has changed since, as sentences. Approvals of something else do not count. */
  readonly staleReasons: readonly string[];
  readonly approvals: readonly { readonly at: Date; readonly author: Author }[];
}

export interface RunFact {
  readonly id: string;
  readonly status: RunStatus;
  readonly experimentName: string;
}

export interface TagFact {
  readonly on: "MODEL" | "VERSION";
  readonly key: string;
  readonly value: string;
  readonly author: Author | null;
}

export interface StayFact {
  /** A stage or an alias: the other one is null. */
  readonly stage: Stage | null;
  readonly alias: string | null;
  readonly since: Date;
  /** Null while it lasts. */
  readonly until: Date | null;
}

export interface HolderFact {
  readonly id: string;
  readonly number: number;
  readonly isRunDeleted: boolean;
}

export interface MetricFact {
  /** The number of the version whose run it is. */
  readonly versionNumber: number;
  readonly runId: string;
  readonly experimentName: string;
  readonly key: string;
  readonly value: number;
  readonly step: number;
  readonly timestamp: Date;
  readonly datasetDigest: string | null;
  readonly author: Author | null;
}

export interface CheckFact {
  readonly id: string;
  readonly name: string;
  readonly status: CheckStatus;
  readonly digest: string | null;
  readonly reportedAt: Date;
  readonly expiresAt: Date | null;
  readonly author: Author | null;
}

/** The move that is asked for. */
export interface PromotionMove {
  readonly target: PromotionTarget;
  readonly reason: string | null;
  /** Whether the version held the target before and is put back. */
  readonly isRollback: boolean;
  /** Whether the move takes the other holders off the target. */
  readonly replacesHolders: boolean;
}

/** Which facts the rules need, so that one statement reads them. */
export interface Needs {
  readonly tags?: readonly { readonly on: TagFact["on"]; readonly key: string }[];
  readonly metrics?: readonly string[];
  readonly checks?: readonly string[];
}
