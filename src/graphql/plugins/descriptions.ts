import SchemaBuilder, {
  BasePlugin,
  type PothosInputFieldConfig,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
} from "@pothos/core";
import { SCOPES } from "../../domain/access/scopes.js";
import { ERROR_CODES } from "../../domain/errors.js";
import { MAX_PAGE_SIZE } from "../../domain/values/page-size.js";

const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(" ");

export const SCHEMA_DESCRIPTION = `Shelfmark, a model registry.

Who asks: a bearer JWT in the \`authorization\` header, over WebSocket in \`connectionParams.authorization\`. Its scopes: ${list(SCOPES)}; \`admin\` stands for all of them. A \`models\` claim, globs of names, narrows every one of them, an \`experiments\` claim narrows experiments and runs, an \`environments\` claim deployments; what they leave out answers as if it were not there.

Refusals: each error has \`extensions.code\`, one of ${list(Object.keys(ERROR_CODES))}; \`extensions.retryable\`, whether the same request may succeed when it is sent again; and \`extensions.requestId\`. INVALID_INPUT names the \`field\`, FORBIDDEN the \`requiredScopes\`, CONFLICT what holds now, IN_USE the \`dependents\`. A refusal that hits many rows of one field is one error with the path of the first and \`extensions.count\`.`;

/** What stands the same way in every list, by Relay's cursor connection specification. */
const FIELDS: Readonly<Record<string, string>> = {
  "PageInfo.hasNextPage": "Whether there are rows after this page.",
  "PageInfo.hasPreviousPage": "Whether there are rows before this page.",
  "PageInfo.startCursor": "The cursor of the page's first row.",
  "PageInfo.endCursor": "The cursor of the page's last row.",
  "*Connection.edges": "The rows of the page, each with its cursor.",
  "*Connection.nodes": "The rows of the page.",
  "*Connection.pageInfo": "Where the page stands in the list.",
  "*Edge.cursor": "The row's place in the list: it serves as `after` or `before` under the same filter and order.",
  "*Edge.node": "The row.",
  "Node.id": "The object's global id.",
};

const ARGUMENTS: Readonly<Record<string, string>> = {
  first: `How many rows from the front, 0 to ${MAX_PAGE_SIZE}. Default: 20.`,
  last: `How many rows from the back, 0 to ${MAX_PAGE_SIZE}; not beside \`first\`.`,
  after: "Only rows after this cursor.",
  before: "Only rows before this cursor.",
  input: "What to do.",
};

const TYPES: Readonly<Record<string, string>> = {
  PageInfo: "Where a page stands in its list (Relay's cursor connection specification).",
  Node: "An object with a global id (Relay's global object identification specification).",
};

/** Describes what other plugins make, so that no name of the schema is without a description. */
class DescriptionsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(config: PothosTypeConfig): PothosTypeConfig {
    const mutation = config.graphqlKind === "InputObject" && /^([A-Z])(\w+)Input$/.exec(config.name);
    const made = mutation ? `What \`${mutation[1]?.toLowerCase()}${mutation[2]}\` takes.` : undefined;
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
