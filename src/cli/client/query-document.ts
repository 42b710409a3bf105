import { readFile } from "node:fs/promises";
import { GraphQLError, Kind, type OperationDefinitionNode, OperationTypeNode, parse } from "graphql";
import { type CommandIo, misuse } from "../io/command-io.js";

interface DocumentOptions {
  readonly file?: string;
  readonly execute?: string;
  readonly operation?: string;
}

export interface QueryDocument {
  readonly text: string;
  readonly operation: OperationDefinitionNode;
}

async function readText({ file, execute }: DocumentOptions, io: CommandIo): Promise<string> {
  if ((file === undefined) === (execute === undefined)) {
    throw misuse("Give the document either with -f file.graphql or with -e 'text'.");
  }
  if (file === undefined) return execute ?? "";
  if (file === "-") return io.readStdin();
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw misuse(`The file ${file} cannot be read (${error.code}).`);
  });
}

function parseOperations(text: string): OperationDefinitionNode[] {
  try {
    return parse(text).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line = 1, column = 1 } = error.locations?.[0] ?? {};
    throw misuse(`The document cannot be read, line ${line}, column ${column}: ${error.message}`);
  }
}

/** Reads the document and finds the operation to send. */
export async function readDocument(options: DocumentOptions, io: CommandIo): Promise<QueryDocument> {
  const text = await readText(options, io);
  const operations = parseOperations(text);
  const names = operations.map(({ name }) => name?.value ?? "(no name)").join(", ") || "none";
  const chosen = operations.filter(({ name }) => !options.operation || name?.value === options.operation);
  const [operation, ...others] = chosen;
  if (!operation)
    throw misuse(
      `The document holds no operation${options.operation ? ` named ${options.operation}` : ""}; it holds ${names}.`,
    );
  if (others.length > 0) throw misuse(`The document holds several operations (${names}); choose one with --operation.`);
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    throw misuse(
      "A subscription does not end, so it cannot be a command; watch it with a client for graphql-ws or server-sent events.",
    );
  }
  return { text, operation };
}
