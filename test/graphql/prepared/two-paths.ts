import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  Kind,
  parse,
  TypeInfo,
  type TypeNode,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { uuidv7 } from "uuidv7";
import type { Viewer } from "../../../src/domain/access/actor.js";
import { OpenSessions } from "../../../src/domain/access/open-sessions.js";
import { People } from "../../../src/domain/access/people.js";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { PreparedOperations } from "../../../src/graphql/prepared/prepared-operations.js";
import { createContext, type GraphQLServices } from "../../../src/graphql/request/context.js";
import { schema } from "../../../src/graphql/schema.js";
import type { Database } from "../../../src/store/connection/database.js";
import { EventTail } from "../../../src/store/events/event-tail.js";
import type { Random } from "../../support/random.js";
import type { As } from "../../support/server.js";
import { TEST_ISSUER } from "../../support/token.js";

/** Executes operations by graphql-js, and by their prepared form. */
export class TwoPaths {
  private readonly services: GraphQLServices;
  private readonly operations = new PreparedOperations(schema);

  constructor(database: Database, { answerCharacters = 32 * 1024 * 1024 } = {}) {
    this.services = {
      prisma: database.prisma,
      db: database.reads.db,
      now: () => new Date("2030-01-01T00:00:00Z"),
      newId: uuidv7,
      sourceSchemes: ["s3"],
      people: new People([]),
      webhooks: {} as never,
      events: new EventTail(database, { warn() {} }),
      sessions: new OpenSessions(),
      answerCharacters,
    };
  }

  async plain(document: DocumentNode, variables: Variables, viewer: Viewer): Promise<ExecutionResult> {
    const contextValue = createContext(this.services, viewer, "request");
    return execute({ schema, document, variableValues: variables, contextValue });
  }

  complexity(document: DocumentNode, variables: Variables): number | undefined {
    return this.operations.of(document)?.bind(variables)?.complexity;
  }

  /** The text of the answer. Null: the plain path must answer. */
  async prepared(document: DocumentNode, variables: Variables, viewer: Viewer): Promise<string | null> {
    const bound = this.operations.of(document)?.bind(variables);
    const data = (await bound?.execute(createContext(this.services, viewer, "request"))) ?? null;
    return data && `{"data":${data}}`;
  }
}

type Variables = Record<string, unknown>;

export function toViewer({ subject = "stranger", scopes = [], models, experiments, environments }: As): Viewer {
  return {
    actor: { issuer: TEST_ISSUER, subject, name: null, kind: "USER" },
    scopes: new Set(scopes as Scope[]),
    modelGlobs: models ?? null,
    experimentGlobs: experiments ?? null,
    environmentGlobs: environments ?? null,
    groups: [],
    tokenId: null,
    issuedAt: null,
    expiresAt: new Date("9999-01-01T00:00:00Z"),
  } as Viewer;
}

/** Takes some of the arguments of a document out of it, as variables. */
export function withVariables(text: string, random: Random): { document: DocumentNode; variables: Variables } {
  const variables: Variables = {};
  const definitions: string[] = [];
  const types = new TypeInfo(schema);
  const document = visit(
    parse(text),
    visitWithTypeInfo(types, {
      Argument(node) {
        const type = types.getArgument()?.type;
        if (!type || node.value.kind === Kind.VARIABLE || random.chance(0.4)) return undefined;
        const name = `v${definitions.length}`;
        definitions.push(`$${name}: ${type}`);
        variables[name] = valueFromASTUntyped(node.value);
        return { ...node, value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } } };
      },
    }),
  );
  if (definitions.length === 0) return { document, variables };
  const [declared] = parse(`query (${definitions.join(" ")}) { __typename }`).definitions;
  const variableDefinitions = (declared as { variableDefinitions?: readonly { type: TypeNode }[] }).variableDefinitions;
  return {
    document: {
      ...document,
      definitions: document.definitions.map((each) =>
        each.kind === Kind.OPERATION_DEFINITION ? ({ ...each, variableDefinitions } as typeof each) : each,
      ),
    },
    variables,
  };
}
