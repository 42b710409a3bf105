import { InvalidInputError } from "../../domain/errors.js";
import { isLoggedModelId } from "../../domain/logged-models/logged-model.js";
import { isRunId } from "../../domain/tracking/run.js";
import { encodeGlobalId } from "../../domain/values/global-id.js";
import { builder } from "./builder.js";

/** Relay's Node (Global Object Identification specification), without the id field of the Pothos plugin. */
export const Node = builder.nodeInterfaceRef();

/** A row id, as PostgreSQL prints a UUID. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The nouns that have a global id. */
export const NODE_TYPES = [
  "Model",
  "ModelVersion",
  "StageTransition",
  "AliasTransition",
  "PromotionDecision",
  "PromotionRequest",
  "Check",
  "Policy",
  "PolicyChangeRequest",
  "Experiment",
  "Run",
  "LoggedModel",
  "Dataset",
  "Deployment",
  "Webhook",
  "WebhookDelivery",
  "Revocation",
] as const;
export type NodeType = (typeof NODE_TYPES)[number];

export interface GlobalId {
  readonly type: NodeType;
  readonly id: string;
}

export function encodeId(type: NodeType, id: string): string {
  return encodeGlobalId(type, id);
}

export function decodeId(text: string): GlobalId | null {
  const [type, id, ...rest] = Buffer.from(text, "base64url").toString().split(":");
  const known = NODE_TYPES.find((name) => name === type);
  if (!known || !id || rest.length > 0) return null;
  return isIdOf(known, id) ? { type: known, id } : null;
}

function isIdOf(type: NodeType, id: string): boolean {
  if (type === "Run") return isRunId(id);
  return type === "LoggedModel" ? isLoggedModelId(id) : UUID.test(id);
}

/** The row id in a global id of one type. */
export function parseId(field: string, text: string, type: NodeType): string {
  const decoded = decodeId(text);
  if (decoded?.type !== type)
    throw new InvalidInputError(field, `${field} is not the global id of an object of the type ${type}.`);
  return decoded.id;
}

/** The own id that a client chose for a run. In the form of a global id it could not be told from another object's id. */
export function parseOwnRunId(field: string, text: string): string {
  if (!decodeId(text)) return text;
  throw new InvalidInputError(field, `${field} has the form of a global id. Choose another id for the run.`);
}

/** The own id of a logged model, from its own id or its global id. */
export function parseLoggedModelReference(field: string, text: string): string {
  const decoded = decodeId(text);
  if (decoded?.type === "LoggedModel") return decoded.id;
  if (!decoded && isLoggedModelId(text)) return text;
  throw new InvalidInputError(
    field,
    `${field} is neither a logged model's own id nor the global id of a logged model.`,
  );
}

/** The own id of a run, from its own id or its global id. */
export function parseRunReference(field: string, text: string): string {
  const decoded = decodeId(text);
  if (decoded?.type === "Run") return decoded.id;
  if (!decoded && isRunId(text)) return text;
  throw new InvalidInputError(field, `${field} is neither a run's own id nor the global id of a run.`);
}

/** The same for an optional input. */
export function toRunId(field: string, text: string | null | undefined): string | null | undefined {
  return typeof text === "string" ? parseRunReference(field, text) : text;
}
