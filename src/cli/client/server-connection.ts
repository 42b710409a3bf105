import type { GraphQLResponse } from "../../client/connection.js";
import { CommandError, type CommandIo } from "../io/command-io.js";
import { readClientConfig, type ServerOptions } from "./client-config.js";
import { findToken } from "./client-token.js";
import { NO_TOKEN, sendOperation, toLine } from "./send-operation.js";

/** The server of a command that sends its own operations. */
export interface ServerConnection {
  readonly hasToken: boolean;
  /** The data and the errors of an operation. */
  execute<Data>(query: string, variables: object): Promise<GraphQLResponse<Data>>;
  /** The data of an operation. Throws its errors, a line each. */
  request<Data>(query: string, variables?: object): Promise<Data>;
}

export async function connectToServer(options: ServerOptions, io: CommandIo): Promise<ServerConnection> {
  const client = readClientConfig(options, io);
  const token = await findToken(client, io);
  const execute = <Data>(query: string, variables: object) =>
    sendOperation<Data>(client.url, token, { query, variables });
  return {
    hasToken: token !== null,
    execute,
    async request<Data>(query: string, variables = {}) {
      const { data, errors } = await execute<Data>(query, variables);
      if (errors.length > 0 || data === null) {
        throw new CommandError([...errors.map(toLine), ...(token === null ? [NO_TOKEN] : [])].join("\n"));
      }
      return data;
    },
  };
}
