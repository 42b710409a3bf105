import { type Pair, stringify } from "yaml";
import type { ServerOptions } from "../client/client-config.js";
import { type ListedPolicy, type PolicyInputForm, readPolicies } from "../client/policies.js";
import { POLICY } from "../client/policy-documents.js";
import { connectToServer, type ServerConnection } from "../client/server-connection.js";
import { CommandError, type CommandIo } from "../io/command-io.js";

/** The order in which people read a policy. The database keeps none. */
const KEYS = [
  ..."name mode protected selector target rules protection models tags stages aliases".split(" "),
  ..."on key field in stage alias held direction comparator value values pattern minimumSeconds minimumLength".split(
    " ",
  ),
  ..."absoluteTolerance relativeTolerance datasetDigest maxAgeSeconds from to ifMissing keys".split(" "),
  ..."subjects issuers groups scopes evidenceFrom onRollback".split(" "),
];

/** Prints the policies as a file that `apply` takes back and that changes nothing then. */
export async function policyShow(name: string | undefined, options: ServerOptions, io: CommandIo): Promise<void> {
  const server = await connectToServer(options, io);
  const policies = name === undefined ? await readPolicies(server) : [await readPolicy(server, name)];
  if (policies.length === 0) return io.out("policies: []\n");
  io.out(`policies:\n${policies.map(toYaml).join("")}`);
}

async function readPolicy(server: ServerConnection, name: string): Promise<ListedPolicy> {
  const { policy } = await server.request<{ policy: ListedPolicy | null }>(POLICY, { name });
  if (policy) return policy;
  throw new CommandError(`There is no policy ${JSON.stringify(name)}, or this token may not see it.`);
}

function toYaml({ revision, definition, updatedAt, updatedBy, openChangeRequest }: ListedPolicy): string {
  const applied = `  # revision ${revision}, applied by ${JSON.stringify(updatedBy.subject)} on ${updatedAt}\n`;
  const comment = `${applied}${openChangeRequest ? describeOpen(openChangeRequest) : ""}`;
  // quoted as YAML 1.1 needs it, since other programs read the file too
  const text = stringify([withoutEmpty(definition)], { lineWidth: 0, compat: "yaml-1.1", sortMapEntries: byPlace });
  return comment + text.replaceAll(/^(?=.)/gm, "  ");
}

function describeOpen({ id, kind, expiresAt, requestedBy }: NonNullable<ListedPolicy["openChangeRequest"]>): string {
  const what = kind === "DELETE" ? "its deletion" : "a change";
  return `  # ${what}, proposed by ${JSON.stringify(requestedBy.subject)}, waits for a second person until ${expiresAt}: request ${id}\n`;
}

function byPlace(a: Pair, b: Pair): number {
  return placeOf(a) - placeOf(b);
}

function placeOf({ key }: Pair): number {
  const place = KEYS.indexOf(String(key));
  return place < 0 ? KEYS.length : place;
}

/** Leaves out the lists and protections that say nothing. */
function withoutEmpty({ selector, target, protection, ...policy }: PolicyInputForm): object {
  const protections = membersThatSay(protection);
  const { name, mode, rules } = policy;
  return {
    name,
    mode,
    ...(policy.protected ? { protected: true } : {}),
    selector: membersThatSay(selector),
    target: membersThatSay(target),
    ...(rules.length > 0 ? { rules } : {}),
    ...(Object.keys(protections).length > 0 ? { protection: protections } : {}),
  };
}

function membersThatSay(object: object): object {
  const saysNothing = (value: unknown) => value === false || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !saysNothing(value)));
}
