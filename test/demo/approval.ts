import type { Scope } from "../../src/domain/access/scopes.js";
import { type Connection, RefusedError } from "./connection.js";

export const APPROVER = "rita";
export const APPROVER_SCOPES: readonly Scope[] = ["models:read", "stages:approve"];

const REQUEST = /* GraphQL */ `
  mutation ($input: RequestPromotionInput!) {
    requestPromotion(input: $input) { request { id status } }
  }
`;

const APPROVE = /* GraphQL */ `
  mutation ($input: ApprovePromotionInput!) {
    approvePromotion(input: $input) {
      request {
        status
        decision {
          revision
          actor { subject }
          onBehalfOf { subject }
          rules { explanation evidence { summary } }
          modelVersion { model { transitions(first: 10) { nodes { revision versionNumber to } } } }
        }
      }
    }
  }
`;

const INBOX = /* GraphQL */ `
  { viewer { pendingApprovals { nodes { id versionNumber } } } }
`;

/**
 * Asks for the promotion, is refused to approve it alone, and lets somebody else approve it: that makes the move. Returns the
 * versions that the move archived.
 */
export async function promoteByApproval(
  server: Connection,
  approver: Connection,
  { version, reason }: { readonly version: object; readonly reason: string },
): Promise<number[]> {
  const input = { version, target: { stage: "PRODUCTION" }, archiveExisting: true, autoExecute: true, reason };
  type Requested = { requestPromotion: { request: { id: string; status: string } } };
  const { id } = (await server.request<Requested>(REQUEST, { input })).requestPromotion.request;
  console.log(`▸ requested the promotion (${reason})`);

  const own = await approve(server, id).catch((error: unknown) => error);
  if (!(own instanceof RefusedError) || own.extensions.code !== "FORBIDDEN") {
    throw own instanceof Error ? own : new Error("The requester approved the request alone.");
  }
  console.log(`▸ the requester may not approve it: ${own.message}`);

  type Inbox = { viewer: { pendingApprovals: { nodes: { id: string; versionNumber: number }[] } } };
  const { nodes } = (await approver.request<Inbox>(INBOX)).viewer.pendingApprovals;
  const found = nodes.find((request) => request.id === id);
  if (!found) throw new Error(`${APPROVER} does not find the request in the inbox.`);
  console.log(`▸ ${APPROVER} finds version ${found.versionNumber} in the inbox, and approves it`);

  const { status, decision } = await approve(approver, id);
  if (status !== "EXECUTED" || !decision) throw new Error(`The request is ${status}.`);
  const { actor, onBehalfOf } = decision;
  if (actor.subject !== APPROVER || !onBehalfOf || onBehalfOf.subject === APPROVER) {
    throw new Error(`${actor.subject} made the move on behalf of ${onBehalfOf?.subject ?? "nobody"}.`);
  }
  const seen = decision.rules.flatMap(({ evidence }) => evidence.map(({ summary }) => summary));
  console.log(`    the decision keeps what was seen: ${seen.join("; ")}`);
  const { nodes: transitions } = decision.modelVersion.model.transitions;
  const later = transitions.filter(({ revision, to }) => revision > decision.revision && to === "ARCHIVED");
  return later.map(({ versionNumber }) => versionNumber);
}

async function approve(server: Connection, request: string) {
  type Decision = {
    revision: number;
    actor: { subject: string };
    onBehalfOf: { subject: string } | null;
    rules: { explanation: string; evidence: { summary: string }[] }[];
    modelVersion: { model: { transitions: { nodes: { revision: number; versionNumber: number; to: string }[] } } };
  };
  type Approved = { approvePromotion: { request: { status: string; decision: Decision | null } } };
  const answer = await server.request<Approved>(APPROVE, { input: { request } });
  return answer.approvePromotion.request;
}
