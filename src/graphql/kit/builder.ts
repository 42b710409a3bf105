import SchemaBuilder from "@pothos/core";
import ComplexityPlugin from "@pothos/plugin-complexity";
import PrismaPlugin from "@pothos/plugin-prisma";
import RelayPlugin from "@pothos/plugin-relay";
import ScopeAuthPlugin from "@pothos/plugin-scope-auth";
import WithInputPlugin from "@pothos/plugin-with-input";
import { getNamedType } from "graphql";
import { holdsScope, type Scope } from "../../domain/access/scopes.js";
import { ForbiddenError } from "../../domain/errors.js";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../../domain/values/page-size.js";
import type PrismaTypes from "../../store/generated/pothos.js";
import { getDatamodel } from "../../store/generated/pothos.js";
import { API_DESCRIPTION, DESCRIPTIONS_PLUGIN } from "../plugins/descriptions.js";
import { FIELD_SCOPES_PLUGIN, missingScopes } from "../plugins/field-scopes.js";
import { ANSWER_SIZE_PLUGIN } from "../plugins/limit-answer-size.js";
import { ROOT_FIELDS_PLUGIN } from "../plugins/trace-root-fields.js";
import type { GraphQLContext } from "../request/context.js";

export const builder = new SchemaBuilder<{
  Context: GraphQLContext;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  /** A field requires one scope, or two. */
  AuthScopes: { scope: Scope; otherScope: Scope };
  Connection: { totalCount: () => Promise<number> };
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    Long: { Input: number; Output: bigint | number };
    MetricValue: { Input: number; Output: number };
    JSON: { Input: unknown; Output: unknown };
  };
}>({
  plugins: [
    ROOT_FIELDS_PLUGIN,
    ANSWER_SIZE_PLUGIN,
    ComplexityPlugin,
    ScopeAuthPlugin,
    FIELD_SCOPES_PLUGIN,
    RelayPlugin,
    PrismaPlugin,
    WithInputPlugin,
    DESCRIPTIONS_PLUGIN,
  ],
  defaultFieldNullability: false,
  prisma: {
    // Pothos expects a whole PrismaClient but calls only the delegates of models, which are all that reads may use.
    client: (context) => context.db as never,
    dmmf: getDatamodel(),
    exposeDescriptions: true,
    filterConnectionTotalCount: true,
  },
  relay: {
    clientMutationId: "omit",
    cursorType: "String",
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    edgesFieldOptions: { nullable: { list: false, items: false } },
    nodesOnConnection: true,
  },
  withInput: {
    typeOptions: { name: ({ fieldName }) => `${fieldName[0]?.toUpperCase()}${fieldName.slice(1)}Input` },
    argOptions: { required: true },
  },
  scopeAuth: {
    authorizeOnSubscribe: true,
    authScopes: ({ viewer }) => {
      const holds = (scope: Scope) => holdsScope(viewer.scopes, scope);
      return { scope: holds, otherScope: holds };
    },
    unauthorizedError: (_parent, { viewer }, info) => {
      const name = `${info.parentType.name}.${info.fieldName}`;
      const missing = missingScopes(name, getNamedType(info.returnType).name, viewer);
      if (missing.length === 0) return new ForbiddenError(`This token does not allow ${name}.`, []);
      return new ForbiddenError(
        `${name} requires the scope ${missing.join(" and ")}, which this token does not have.`,
        missing,
      );
    },
  },
  complexity: {
    defaultComplexity: 1,
    defaultListMultiplier: 1,
    fieldComplexity: (args, _context, field) => ({
      field: 1,
      multiplier: field.args.some(({ name }) => name === "first") ? pageSizeOf(args) : 1,
    }),
  },
});

/** An invalid page size is refused as invalid input, so it must not make the document too complex first. */
function pageSizeOf({ first, last }: Record<string, unknown>): number {
  const size = first ?? last;
  return typeof size === "number" && size > 0 ? Math.min(size, MAX_PAGE_SIZE) : DEFAULT_PAGE_SIZE;
}

builder.queryType({ description: API_DESCRIPTION });
builder.mutationType({
  description:
    "All writes. A refused mutation is a top-level error with `extensions.code`, never a payload. Mutation fields are non-null, so the first refusal ends the document; the mutations before it stay committed.",
});
builder.subscriptionType({
  description: "All streams, over WebSocket (graphql-ws protocol) or server-sent events (SSE).",
});
