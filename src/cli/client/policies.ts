import type { PolicyDefinition, PolicyMode } from "../../domain/governance/policy.js";
import type { JsonObject } from "../../domain/values/json.js";
import { POLICIES } from "./policy-documents.js";
import type { ServerConnection } from "./server-connection.js";

/** A policy in the form in which `applyPolicy` takes it, as the server returns it: with all defaults. */
export interface PolicyInputForm extends Omit<PolicyDefinition, "rules" | "protected"> {
  readonly name: string;
  readonly mode: PolicyMode;
  readonly rules: readonly JsonObject[];
  /** Absent in the answers of earlier releases. */
  readonly protected?: boolean;
}

export interface ListedPolicy {
  readonly revision: number;
  readonly definition: PolicyInputForm;
  readonly updatedAt: string;
  readonly updatedBy: { readonly subject: string };
  /** The change that waits for a second person. */
  readonly openChangeRequest: {
    readonly id: string;
    readonly kind: "CHANGE" | "DELETE";
    readonly expiresAt: string;
    readonly requestedBy: { readonly subject: string };
  } | null;
}

interface PoliciesAnswer {
  readonly policies: {
    readonly nodes: readonly ListedPolicy[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** All policies, by name. */
export async function readPolicies(server: ServerConnection): Promise<ListedPolicy[]> {
  const found: ListedPolicy[] = [];
  for (let after: string | null = null; ; ) {
    const { policies }: PoliciesAnswer = await server.request<PoliciesAnswer>(POLICIES, { after });
    found.push(...policies.nodes);
    if (!policies.pageInfo.hasNextPage) return found;
    after = policies.pageInfo.endCursor;
  }
}
