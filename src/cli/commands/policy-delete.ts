import type { ServerOptions } from "../client/client-config.js";
import { DELETE_POLICY } from "../client/policy-documents.js";
import { describeWaiting } from "../client/policy-text.js";
import { connectToServer } from "../client/server-connection.js";
import type { CommandIo } from "../io/command-io.js";

interface Deleted {
  readonly deletePolicy: { readonly deletedId: string | null; readonly changeRequest: { readonly id: string } | null };
}

export async function policyDelete(name: string, options: ServerOptions, io: CommandIo): Promise<void> {
  const server = await connectToServer(options, io);
  const { deletePolicy } = await server.request<Deleted>(DELETE_POLICY, { name });
  const { deletedId, changeRequest } = deletePolicy;
  io.out(deletedId === null ? `${name}: ${describeWaiting("the deletion", changeRequest)}\n` : `${name}: deleted\n`);
}
