import type { ServerOptions } from "../client/client-config.js";
import { DELETE_POLICY } from "../client/policy-documents.js";
import { connectToServer } from "../client/server-connection.js";
import type { CommandIo } from "../io/command-io.js";

export async function policyDelete(name: string, options: ServerOptions, io: CommandIo): Promise<void> {
  const server = await connectToServer(options, io);
  await server.request(DELETE_POLICY, { name });
  io.out(`${name}: deleted\n`);
}
