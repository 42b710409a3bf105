import { GraphQLError, Kind, type OperationDefinitionNode, OperationTypeNode, parse } from "graphql";
import { type CommandIo, EXIT, misuse } from "../io/command-io.js";
import { readTextFile } from "../io/text-file.js";

interface DocumentOptions {
  readonly file?: string;
  readonly execute?: string;
  readonly operation?: string;
}

export interface QueryDocument {
  readonly text: string;
  readonly operation: OperationDefinitionNode;
}

/** Reads the document and finds the operation to send. */
export async function readDocument(options: DocumentOptions, io: CommandIo): Promise<QueryDocument> {
  const text = await readText(options, io);
  const operation = chooseOperation(parseOperations(text), options.operation);
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    throw misuse(
      "A subscription has no end, so this command cannot run it; use a client for graphql-ws or server-sent events.",
    );
  }
  return { text, operation };
}

async function readText({ file, execute }: DocumentOptions, io: CommandIo): Promise<string> {
  if ((file === undefined) === (execute === undefined)) {
    throw misuse("Give the document either with -f file.graphql or with -e 'text'.");
  }
  if (file === undefined) return execute ?? "";
  if (file === "-") return io.readStdin();
  return readTextFile({ path: file, name: "The file", exitCode: EXIT.misused });
}

function parseOperations(text: string): OperationDefinitionNode[] {
  try {
    return parse(text).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line = 1, column = 1 } = error.locations?.[0] ?? {};
    throw misuse(`The document is not valid, line ${line}, column ${column}: ${error.message}`);
  }
}

function chooseOperation(operations: readonly OperationDefinitionNode[], wanted?: string): OperationDefinitionNode {
  const names = operations.map(({ name }) => name?.value ?? "(no name)").join(", ") || "none";
  const [operation, ...others] = operations.filter(({ name }) => !wanted || name?.value === wanted);
  if (!operation) throw misuse(`The document has no operation${wanted ? ` named ${wanted}` : ""}; it has ${names}.`);
  if (others.length > 0) throw misuse(`The document has several operations (${names}); choose one with --operation.`);
  return operation;
}
