import type { Command } from "commander";
import { readClientConfig, type ServerOptions, TOKEN_OPTION, URL_OPTION } from "../client/client-config.js";
import { findToken } from "../client/client-token.js";
import { readDocument } from "../client/query-document.js";
import { readVariables } from "../client/query-variables.js";
import { NO_TOKEN, sendOperation, toLine } from "../client/send-operation.js";
import { type CommandContext, type CommandIo, EXIT, type ExitCode, misuse } from "../io/command-io.js";

interface QueryOptions extends ServerOptions {
  readonly file?: string;
  readonly execute?: string;
  readonly variable?: readonly string[];
  readonly operation?: string;
}

const HELP = `
Prints the data of the response as JSON on standard output, and each error as a line on standard error:
CODE path: message.
A variable's value is parsed as JSON if it is valid JSON, and is a text otherwise. A String or ID is always the text.
key=@file reads the value from a file; key=@@text is the text @text.

Examples:
  shelfmark query -e '{ models(first: 5) { nodes { name } } }'
  shelfmark query -f promote.graphql -v model=iris -v number=3
  shelfmark query -f register.graphql -v 'input={"name":"iris"}' && echo registered

Exit codes:
  0 a response without errors   1 an error, or no response   2 mistake on the command line or in the document
`;

export function defineQuery(program: Command, { io, exitWith }: CommandContext): void {
  program
    .command("query")
    .description("send a query or a mutation, for scripts: any error gives an exit code other than 0")
    .argument("[file]", "the same as -f")
    .option("-f, --file <path>", "read the document from a file (- for standard input)")
    .option("-e, --execute <text>", "the document as text")
    .option("-v, --variable <key=value>", "a variable; may be given several times", collect)
    .option("-o, --operation <name>", "the operation to send, if the document has several")
    .option(...URL_OPTION)
    .option(...TOKEN_OPTION)
    .addHelpText("after", HELP)
    .action(async (argument: string | undefined, options: QueryOptions) => {
      if (argument !== undefined && options.file !== undefined) throw misuse("Give one file only.");
      exitWith(await query({ ...options, ...(argument !== undefined && { file: argument }) }, io));
    });
}

function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

async function query(options: QueryOptions, io: CommandIo): Promise<ExitCode> {
  const document = await readDocument(options, io);
  const variables = await readVariables(options.variable ?? [], document.operation);
  const client = readClientConfig(options, io);
  const token = await findToken(client, io);
  const operationName = document.operation.name?.value;
  const { data, errors } = await sendOperation(client.url, token, { query: document.text, variables, operationName });
  if (data !== null) io.out(`${JSON.stringify(data, null, 2)}\n`);
  for (const error of errors) io.err(`${toLine(error)}\n`);
  if (errors.length > 0 && token === null) io.err(`${NO_TOKEN}\n`);
  return errors.length === 0 ? EXIT.done : EXIT.failed;
}
