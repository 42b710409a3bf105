import {
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
} from "graphql";
import { expect, test } from "vitest";
import { schema } from "../../../src/graphql/schema.js";

type Definition = (args: Record<string, unknown>, context: object, field: object) => unknown;

const NUMBERS: ReadonlySet<string> = new Set(["Int", "Long", "Boolean"]);
const isList = (type: GraphQLInputType) => isListType(getNullableType(type));

/** A list of which nobody may look at an item. */
const LIST = new Proxy([] as unknown[], {
  get: (target, name) =>
    /^\d+$/.test(String(name)) ? expect.unreachable("an item of a list") : Reflect.get(target, name),
});

/** Arguments that note which of them were looked at, and a context that nobody may look at. */
function look(definition: Definition, field: object): string[] {
  const seen = new Set<string>();
  const args = new Proxy({} as Record<string, unknown>, {
    get: (_target, name) => {
      seen.add(String(name));
      return name === "first" || name === "last" ? 1 : LIST;
    },
  });
  const context = new Proxy({}, { get: (_target, name) => expect.unreachable(`the context's ${String(name)}`) });
  definition(args, context, field);
  return [...seen];
}

test("complexity looks at numbers, enums, inputs and lengths of lists: what a text says changes nothing", () => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const definition = field.extensions.complexity;
      if (typeof definition !== "function") continue;
      for (const name of look(definition as Definition, field)) {
        const given = field.args.find((arg) => arg.name === name)?.type;
        if (!given) continue;
        const named = getNamedType(given);
        const isKnown = NUMBERS.has(named.name) || isEnumType(named) || isInputObjectType(named) || isList(given);
        expect(isKnown, `${type.name}.${field.name}(${name}: ${given})`).toBe(true);
      }
    }
  }
});
