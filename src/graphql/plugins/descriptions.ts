import SchemaBuilder, {
  BasePlugin,
  type PothosInputFieldConfig,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
} from "@pothos/core";
import { NOT_IN_ADMIN, SCOPES } from "../../domain/access/scopes.js";
import { ERROR_CODES } from "../../domain/errors.js";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../../domain/values/page-size.js";

const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(" ");

/** On `Query`, not on the schema: parsers of before 2021, such as graphql-parser for Rust, refuse a described schema. */
export const API_DESCRIPTION = `All reads of Shelfmark, a model registry. Each root field requires \`models:read\` unless its description names another scope.

Authentication: a bearer JWT in the \`authorization\` header; over WebSocket in \`connectionParams.authorization\`.

Authorization: the scopes of the token are ${list(SCOPES)}. \`admin\` includes all of them but ${list([...NOT_IN_ADMIN])}. A \`models\` claim, a list of name globs, narrows every scope. An \`experiments\` claim narrows experiments and runs, an \`environments\` claim narrows deployments. What the claims exclude is treated as if it did not exist.

Errors: each error has \`extensions.code\`, one of ${list(Object.keys(ERROR_CODES))}; \`extensions.retryable\`, whether the same request may succeed if it is sent again; and \`extensions.requestId\`. INVALID_INPUT has the \`field\`, FORBIDDEN the \`requiredScopes\`, CONFLICT the current values if the token may read them, IN_USE the \`dependents\`, POLICY_NOT_MET the \`rules\` that are not met. If many rows of one field are refused, there is one error with the path of the first row and the number of rows in \`extensions.count\`.`;

/** Generated clients send null for what was not set, which must surprise nobody: the type and each field say what it does. */
const UPDATES =
  "A field that is left out stays as it is. Null clears a field, unless the field says otherwise: a client that sends null for what it does not change clears it.";

/** A field of an update that null clears. */
export const orCleared = (text: string) => `${text} Absent: unchanged; null: cleared.`;

/** A field of an update that cannot be cleared. */
export const orKept = (text: string) => `${text} Absent or null: unchanged.`;

/** The fields that every list has, by Relay's cursor connections specification. */
const FIELDS: Readonly<Record<string, string>> = {
  "PageInfo.hasNextPage": "Whether there are rows after this page.",
  "PageInfo.hasPreviousPage": "Whether there are rows before this page.",
  "PageInfo.startCursor": "The cursor of the page's first row.",
  "PageInfo.endCursor": "The cursor of the page's last row.",
  "*Connection.edges": "The rows of this page, each with its cursor.",
  "*Connection.nodes": "The rows of this page.",
  "*Connection.pageInfo": "Where this page is in the list.",
  "*Edge.cursor": "The row's position in the list. Pass it as `after` or `before`, with the same filter and order.",
  "*Edge.node": "The row.",
  "Node.id": "The object's global id.",
};

const ARGUMENTS: Readonly<Record<string, string>> = {
  first: `The number of rows from the start of the list, 0 to ${MAX_PAGE_SIZE}. Default: ${DEFAULT_PAGE_SIZE}.`,
  last: `The number of rows from the end of the list, 0 to ${MAX_PAGE_SIZE}. Not together with \`first\`.`,
  after: "Only rows after this cursor.",
  before: "Only rows before this cursor.",
  input: "The input of the mutation.",
};

const TYPES: Readonly<Record<string, string>> = {
  PageInfo: "Where a page is in its list (Relay's cursor connections specification).",
  Node: "An object with a global id (Relay's global object identification specification).",
};

function describeInput(mutation: string): string {
  const text = `The input of \`${mutation}\`.`;
  return mutation.startsWith("update") ? `${text} ${UPDATES}` : text;
}

/** Describes what other plugins generate, so that every name of the schema has a description. */
class DescriptionsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(config: PothosTypeConfig): PothosTypeConfig {
    const mutation = config.graphqlKind === "InputObject" && /^([A-Z])(\w+)Input$/.exec(config.name);
    const made = mutation ? describeInput(`${mutation[1]?.toLowerCase()}${mutation[2]}`) : undefined;
    const description = config.description ?? TYPES[config.name] ?? made;
    return description ? { ...config, description } : config;
  }

  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const kind = /(Connection|Edge)$/.exec(config.parentType)?.[0];
    const description =
      config.description ?? FIELDS[`${config.parentType}.${config.name}`] ?? FIELDS[`*${kind}.${config.name}`];
    return description ? { ...config, description } : config;
  }

  override onInputFieldConfig(config: PothosInputFieldConfig<Types>): PothosInputFieldConfig<Types> {
    const description = config.description ?? ARGUMENTS[config.name];
    return description ? { ...config, description } : config;
  }
}

export const DESCRIPTIONS_PLUGIN = "descriptions" as const;

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      descriptions: DescriptionsPlugin<Types>;
    }
  }
}

SchemaBuilder.registerPlugin(DESCRIPTIONS_PLUGIN, DescriptionsPlugin);
