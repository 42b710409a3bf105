import type { Actor } from "../../domain/access/actor.js";
import type { JsonValue } from "../../domain/values/json.js";
import type { ModelVersionStatus } from "../../domain/versions/version.js";
import type { Transaction } from "../connection/transaction.js";

interface NewVersion {
  readonly id: string;
  readonly modelId: string;
  readonly status: ModelVersionStatus;
  readonly fields: VersionFields;
  readonly createdBy: Actor;
  readonly at: Date;
}

interface VersionFields {
  readonly source?: string | null;
  readonly description?: string | null;
  readonly statusMessage?: string | null;
  readonly digest?: string | null;
  readonly signature?: JsonValue;
  readonly flavors?: JsonValue;
  readonly runId?: string | null;
  readonly externalRunId?: string | null;
  readonly loggedModelId?: string | null;
  readonly externalModelId?: string | null;
  readonly runLink?: string | null;
}

/** Inserts a version into the stage NONE with the next number of its model, which the transaction has locked. Returns the number. */
export async function insertVersion(tx: Transaction, version: NewVersion): Promise<number> {
  const { id, modelId, status, fields, createdBy, at } = version;
  const rows = await tx.$queryRaw<{ number: number }[]>`
    WITH counted AS (
      UPDATE "Model" SET "versionCounter" = "versionCounter" + 1 WHERE "id" = ${modelId}::uuid RETURNING "versionCounter"
    )
    INSERT INTO "ModelVersion" ("number", "id", "modelId", "stage", "stageSince", "createdAt", "updatedAt", "status",
      "createdByIssuer", "createdBySubject", "createdByName", "createdByKind",
      "source", "description", "statusMessage", "digest", "signature", "flavors",
      "runId", "externalRunId", "loggedModelId", "externalModelId", "runLink")
    SELECT "versionCounter", ${id}::uuid, ${modelId}::uuid, 'NONE', ${at}::timestamptz, ${at}::timestamptz, ${at}::timestamptz,
      ${status}::"ModelVersionStatus",
      ${createdBy.issuer}, ${createdBy.subject}, ${createdBy.name}, ${createdBy.kind}::"ActorKind",
      ${textOf(fields.source)}, ${textOf(fields.description)}, ${textOf(fields.statusMessage)}, ${textOf(fields.digest)},
      ${jsonOf(fields.signature)}::jsonb, ${jsonOf(fields.flavors)}::jsonb,
      ${textOf(fields.runId)}, ${textOf(fields.externalRunId)},
      ${textOf(fields.loggedModelId)}, ${textOf(fields.externalModelId)}, ${textOf(fields.runLink)}
    FROM counted RETURNING "number"`;
  const [row] = rows;
  if (!row) throw new Error(`There is no model ${modelId}.`);
  return row.number;
}

const textOf = (text: string | null | undefined) => text ?? null;

const jsonOf = (value: JsonValue | undefined) => (value === undefined || value === null ? null : JSON.stringify(value));
