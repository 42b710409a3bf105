import { type As, type GraphQLAnswer, mintTestToken } from "../../support/server.js";
import { Marks } from "./marks.js";
import {
  all,
  any,
  artifact,
  type DatasetFacts,
  type DeploymentFacts,
  type ExperimentFacts,
  everything,
  holds,
  inEvents,
  is,
  live,
  type ModelFacts,
  type Rule,
  type RunFacts,
} from "./visibility-oracle.js";

/** An object of the world and the rule for lists and look-ups by id. Objects below deleted ones are in none. */
export interface Thing {
  readonly type: string;
  readonly id: string;
  readonly rule: Rule;
  readonly state: "LIVING" | "DELETED" | "BELOW";
}

/** The names that documents may use. */
export interface Pools {
  readonly [name: string]: string[];
}

export interface World {
  readonly marks: Marks;
  readonly things: readonly Thing[];
  readonly pools: Pools;
  /** The subjects that created something. */
  readonly creators: readonly string[];
  readonly globs: { readonly models: string[]; readonly experiments: string[]; readonly environments: string[] };
}

type Send = (document: string, variables: object, as: As) => Promise<GraphQLAnswer>;

export async function sendTo(url: string, query: string, variables: object, as: As): Promise<GraphQLAnswer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${await mintTestToken(as)}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphQLAnswer;
}

/** Fills an empty registry. Every text and number that a viewer may be refused is a mark. Each step has another actor. */
export async function seedMarkedWorld(send: Send): Promise<World> {
  const seeding = new Seeding(send);
  const models = await seedModels(seeding);
  const tracking = await seedTracking(seeding, models);
  await seedWebhooks(seeding);
  await seedVersions(seeding, models, tracking);
  await seedDeployments(seeding, models);
  await seedRevocations(seeding);
  // last, so that all objects existed under the old names
  await seeding.act("the rename", any(live.model(models.moved), inEvents.model(models.moved)), [
    `renameModel(input: {model: {name: $old}, newName: $new}) { model { id } }`,
    { old: models.moved.names[0], new: models.moved.names[1] },
  ]);
  await seedDeletions(seeding, models, tracking);
  return seeding.world();
}

class Seeding {
  readonly marks = new Marks();
  readonly things: Thing[] = [];
  readonly creators: string[] = [];
  readonly pools = {
    ids: [] as string[],
    models: [] as string[],
    experiments: [] as string[],
    datasets: [] as string[],
    digests: [] as string[],
    runs: [] as string[],
    sources: [] as string[],
    environments: [] as string[],
    endpoints: [] as string[],
    keys: ["team", "lr", "auc", "loss"],
    aliases: ["champion", "next"],
    digestsOfVersions: [] as string[],
    commits: [] as string[],
  } satisfies Pools;

  private readonly send: Send;

  constructor(send: Send) {
    this.send = send;
  }

  /** A mutation by an actor of its own. `shown` is the rule for its event. */
  async act(
    what: string,
    shown: Rule,
    [field, variables]: readonly [field: string, variables: object],
    as: As = {},
  ): Promise<GraphQLAnswer["data"]> {
    const subject = as.subject ?? this.marks.text(`who did ${what}`, shown);
    this.creators.push(subject);
    const types = Object.keys(variables).map((name) => `$${name}: ${typeOf(name)}`);
    const answer = await this.send(`mutation (${types.join(", ")}) { done: ${field} }`, variables, {
      name: this.marks.text(`the name of who did ${what}`, shown),
      tokenId: this.marks.text(`the token that did ${what}`, all(shown, holds("audit:read"))),
      ...as,
      subject,
    });
    if (answer.errors) throw new Error(`${what}: ${JSON.stringify(answer.errors)}`);
    return answer.data.done;
  }

  thing(type: string, id: string, rule: Rule, shown: Rule = rule): void {
    this.things.push({ type, id, rule, state: "LIVING" });
    this.marks.id(`${type} ${this.things.length}`, id, shown);
    this.pools.ids.push(id);
  }

  bury(id: string, state: Thing["state"] = "DELETED"): void {
    const at = this.things.findIndex((thing) => thing.id === id);
    const thing = this.things[at];
    if (!thing) throw new Error(`${id} is nothing of this world.`);
    this.things[at] = { ...thing, state };
  }

  world(): World {
    const { marks, things, pools, creators } = this;
    const globs = {
      models: ["red-*", "blue-*", "*", "*old*", "none", ...pools.models],
      experiments: ["sun-*", "moon-*", "*", "*old*", "none", ...pools.experiments],
      environments: ["east-*", "*", "none", ...pools.environments],
    };
    return { marks, things, pools, creators: [...new Set(creators)], globs };
  }
}

const TYPES: Readonly<Record<string, string>> = {
  input: "CreateModelVersionInput!",
  run: "CreateRunInput!",
  logged: "CreateLoggedModelInput!",
  batch: "LogBatchInput!",
  inputs: "LogInputsInput!",
  dataset: "RegisterDatasetInput!",
  report: "ReportDeploymentInput!",
  edge: "AddLineageInput!",
  webhook: "CreateWebhookInput!",
  revoke: "RevokeTokensInput!",
  id: "ID!",
  number: "Int!",
};
const typeOf = (name: string) => TYPES[name] ?? "String!";

interface Models {
  readonly red: ModelFacts;
  readonly blue: ModelFacts;
  readonly moved: ModelFacts;
  readonly gone: ModelFacts;
}

async function seedModels(seeding: Seeding): Promise<Models> {
  const make = async (word: string, more: { later?: string; isDeleted?: boolean } = {}): Promise<ModelFacts> => {
    const names: string[] = [];
    const facts: ModelFacts = { names, ...(more.isDeleted ? { isDeleted: true } : {}) };
    const shown = any(live.model(facts), inEvents.model(facts));
    const { marks } = seeding;
    const name = `${word}-${marks.text(`the name of ${word}`, more.later ? onlyNamed(() => names[0] ?? "") : shown)}`;
    names.push(name);
    const made = await seeding.act(`registering ${word}`, shown, [
      `registerModel(input: {name: $name, description: $description, tags: [{key: "team", value: $tag}]}) { model { id } }`,
      {
        name,
        description: marks.text(`the first description of ${word}`, shown),
        tag: marks.text(`the tag of ${word}`, shown),
      },
    ]);
    if (more.later)
      names.push(
        `${more.later}-${marks.text(
          `the new name of ${word}`,
          onlyNamed(() => names[1] ?? ""),
        )}`,
      );
    seeding.pools.models.push(...names);
    seeding.thing("Model", made.model.id, live.model(facts), shown);
    await seeding.act(`describing ${word}`, shown, [
      `updateModel(input: {model: {name: $name}, description: $description}) { model { id } }`,
      { name, description: marks.text(`the description of ${word}`, shown) },
    ]);
    return facts;
  };
  return {
    red: await make("red"),
    blue: await make("blue"),
    moved: await make("red-old", { later: "blue-new" }),
    gone: await make("blue-gone", { isDeleted: true }),
  };
}

/** A token may cover one of two names of an object. It then sees only that name. */
function onlyNamed(name: () => string): Rule {
  return (viewer) => inEvents.model({ names: [name()] })(viewer);
}

interface Tracking {
  readonly sun: ExperimentFacts;
  readonly moon: ExperimentFacts;
  readonly made: RunFacts & { readonly id: string };
  readonly shared: RunFacts & { readonly id: string };
  readonly lone: RunFacts & { readonly id: string };
  readonly gone: RunFacts & { readonly id: string };
  readonly goneDataset: string;
  readonly loggedRed: string;
  readonly goneLogged: string;
  readonly goneExperiment: string;
}

async function seedTracking(seeding: Seeding, { red, blue }: Models): Promise<Tracking> {
  const { marks, pools } = seeding;
  const runs: RunFacts[] = [];
  const ids: Record<string, string> = {};
  const experiment = async (word: string, isDeleted = false): Promise<ExperimentFacts> => {
    const names: string[] = [];
    const facts: ExperimentFacts = { names, ...(isDeleted ? { isDeleted } : {}) };
    // a run that is visible by its versions shows the name of its experiment, in its events also that of a deleted one
    const byRuns: Rule = (viewer) =>
      runs.some((run) => run.experiment === facts && any(live.run(run), inEvents.run(run))(viewer));
    const exact = live.experiment(facts, runs);
    const shown: Rule = (viewer) => any(live.experiment(facts, runs), inEvents.experiment(facts), byRuns)(viewer);
    const name = `${word}-${marks.text(`the name of ${word}`, shown)}`;
    names.push(name);
    const made = await seeding.act(`creating ${word}`, shown, [
      `createExperiment(input: {name: $name, description: $description, tags: [{key: "team", value: $tag}]}) { experiment { id } }`,
      {
        name,
        description: marks.text(`the description of ${word}`, shown),
        tag: marks.text(`the tag of ${word}`, shown),
      },
    ]);
    ids[word] = made.experiment.id;
    seeding.thing("Experiment", made.experiment.id, (viewer) => exact(viewer), shown);
    pools.experiments.push(name);
    return facts;
  };
  const sun = await experiment("sun");
  const moon = await experiment("moon");
  const dusk = await experiment("dusk", true);

  const run = async (word: string, facts: RunFacts, parent?: string) => {
    runs.push(facts);
    const shown = any(live.run(facts), inEvents.run(facts));
    const id = `${word}-${marks.text(`the id of run ${word}`, shown)}`;
    const commit = marks.text(`the commit of ${word}`, shown);
    pools.commits.push(commit);
    const made = await seeding.act(`creating run ${word}`, shown, [
      "createRun(input: $run) { run { id } }",
      {
        run: {
          experiment: { name: facts.experiment.names[0] },
          runId: id,
          ...(parent ? { parent } : {}),
          name: marks.text(`the name of run ${word}`, shown),
          user: marks.text(`the user of run ${word}`, shown),
          source: marks.text(`the code of run ${word}`, shown),
          gitCommit: commit,
          params: [{ key: "lr", value: marks.text(`the param of run ${word}`, shown) }],
          tags: [{ key: "team", value: marks.text(`the tag of run ${word}`, shown) }],
        },
      },
    ]);
    seeding.thing("Run", made.run.id, live.run(facts), shown);
    pools.runs.push(id);
    return { ...facts, id };
  };
  const facts = {
    made: { experiment: sun, versionsOf: [red] },
    shared: { experiment: moon, versionsOf: [red, blue] },
    lone: { experiment: moon, versionsOf: [] },
    gone: { experiment: moon, versionsOf: [], isDeleted: true },
    ofGone: { experiment: dusk, versionsOf: [] },
  } satisfies Record<string, RunFacts>;
  const shared = await run("shared", facts.shared);
  const made = await run("made", facts.made, shared.id);
  const lone = await run("lone", facts.lone, made.id);
  const gone = await run("gone", facts.gone);
  await run("of-gone", facts.ofGone);

  const logged = async (word: string, facts: RunFacts, sourceRun?: string) => {
    runs.push(facts);
    // it is visible as a run of its experiment would be, or by the versions that are registered from it
    const shown = any(live.run(facts), inEvents.run(facts));
    const created = await seeding.act(`creating logged model ${word}`, shown, [
      "createLoggedModel(input: $logged) { loggedModel { id loggedModelId } }",
      {
        logged: {
          experiment: { name: facts.experiment.names[0] },
          name: `${word}-${marks.text(`the name of logged model ${word}`, shown)}`,
          modelType: marks.text(`the type of logged model ${word}`, shown),
          params: [{ key: "lr", value: marks.text(`the param of logged model ${word}`, shown) }],
          tags: [{ key: "team", value: marks.text(`the tag of logged model ${word}`, shown) }],
          ...(sourceRun ? { sourceRun } : {}),
        },
      },
    ]);
    const { id, loggedModelId } = created.loggedModel;
    seeding.thing("LoggedModel", id, live.run(facts), shown);
    return { id, own: loggedModelId as string };
  };
  const loggedRed = await logged("registered", { experiment: moon, versionsOf: [red] }, made.id);
  await logged("unregistered", { experiment: sun, versionsOf: [] }, lone.id);
  const goneLogged = await logged("discarded", { experiment: moon, versionsOf: [], isDeleted: true });
  await logged("of-dusk", { experiment: dusk, versionsOf: [] });

  const dataset = async (word: string, of: RunFacts[], more: { isDeleted?: boolean; measuredIn?: string } = {}) => {
    const data: DatasetFacts = { runs: of, ...(more.isDeleted ? { isDeleted: true } : {}) };
    const shown = any(live.dataset(data), inEvents.dataset(data));
    const creator = marks.text(`who registered ${word}`, shown);
    const source = `s3://data/${marks.text(`the source of ${word}`, artifact(shown, creator))}`;
    const input = {
      name: `${word}-${marks.text(`the name of ${word}`, shown)}`,
      digest: marks.text(`the digest of ${word}`, shown),
      source,
      sourceType: marks.text(`the type of source of ${word}`, shown),
      schema: { columns: [marks.text(`the schema of ${word}`, shown)] },
      profile: { rows: marks.text(`the profile of ${word}`, shown) },
      tags: [{ key: "team", value: marks.text(`the tag of ${word}`, shown) }],
    };
    const registered = await seeding.act(
      `registering ${word}`,
      shown,
      ["registerDataset(input: $dataset) { dataset { id } }", { dataset: input }],
      { subject: creator },
    );
    const { id } = registered.dataset;
    seeding.thing("Dataset", id, live.dataset(data), shown);
    pools.datasets.push(input.name);
    pools.digests.push(input.digest);
    pools.sources.push(source);
    ids[word] = id;
    return { name: input.name, digest: input.digest, shown, live: live.dataset(data) };
  };
  const corn = await dataset("corn", [facts.made]);
  const rice = await dataset("rice", [facts.made, facts.shared]);
  const wheat = await dataset("wheat", [facts.lone]);
  await dataset("weeds", []);
  await dataset("ashes", [], { isDeleted: true });
  const read = async (what: string, by: typeof made, data: typeof corn) => {
    const shown = any(live.run(by), inEvents.run(by));
    // an event names both ends; the edge is visible to viewers who may see both
    const context = marks.text(`the context of ${what}`, any(all(live.run(by), data.live), inEvents.run(by)));
    await seeding.act(`reading ${what}`, shown, [
      "logInputs(input: $inputs) { run { id } }",
      { inputs: { run: by.id, datasets: [{ dataset: { name: data.name, digest: data.digest }, context }] } },
    ]);
  };
  await read("corn", made, corn);
  await read("rice by made", made, rice);
  await read("rice by shared", shared, rice);
  for (const each of [made, shared, lone]) {
    const point = (key: string, more: object = {}) => ({
      key,
      value: marks.number(`the metric ${key} of ${each.id}`, live.run(each)),
      ...more,
    });
    const on = each === lone ? { dataset: { identity: { name: wheat.name, digest: wheat.digest } } } : {};
    await seeding.act(`measuring ${each.id}`, any(live.run(each), inEvents.run(each)), [
      "logBatch(input: $batch) { run { id } }",
      {
        batch: {
          run: each.id,
          metrics: [
            point("auc"),
            point("auc", { step: 7 }),
            point("loss", { step: 3, ...on }),
            point("fit", { loggedModel: loggedRed.own }),
          ],
          params: [{ key: "depth", value: marks.text(`the later param of ${each.id}`, live.run(each)) }],
          tags: [
            { key: "late", value: marks.text(`the later tag of ${each.id}`, any(live.run(each), inEvents.run(each))) },
          ],
        },
      },
    ]);
  }
  return {
    sun,
    moon,
    made,
    shared,
    lone,
    gone,
    goneDataset: ids.ashes ?? "",
    loggedRed: loggedRed.own,
    goneLogged: goneLogged.id,
    goneExperiment: ids.dusk ?? "",
  };
}

async function seedVersions(seeding: Seeding, { red, blue, moved, gone }: Models, tracking: Tracking) {
  const { marks, pools } = seeding;
  const version = async (word: string, model: ModelFacts, more: object = {}) => {
    const shown = any(live.model(model), inEvents.model(model));
    const creator = marks.text(`who registered ${word}`, shown);
    const source = `s3://models/${marks.text(`the source of ${word}`, artifact(shown, creator))}`;
    const digest = `sha256:${marks.text(`the digest of ${word}`, shown)}${"0".repeat(52)}`;
    const input = {
      model: { name: model.names[0] },
      source,
      digest,
      description: marks.text(`the description of ${word}`, shown),
      signature: { inputs: [marks.text(`the signature of ${word}`, shown)] },
      flavors: { python: marks.text(`the flavor of ${word}`, shown) },
      tags: [{ key: "team", value: marks.text(`the tag of ${word}`, shown) }],
      ...more,
    };
    const made = await seeding.act(
      `registering ${word}`,
      shown,
      [
        "createModelVersion(input: $input) { modelVersion { id model { aliasTransitions(first: 1) { nodes { id } } } } }",
        { input },
      ],
      { subject: creator },
    );
    seeding.thing("ModelVersion", made.modelVersion.id, live.model(model), shown);
    if ("aliases" in more) {
      const [move] = made.modelVersion.model.aliasTransitions.nodes;
      seeding.thing("AliasTransition", move.id, live.model(model), shown);
    }
    pools.sources.push(source);
    pools.digestsOfVersions.push(digest);
    return made.modelVersion.id as string;
  };
  const move = async (what: string, model: ModelFacts, id: string, to: string) => {
    const shown = any(live.model(model), inEvents.model(model));
    const done = await seeding.act(`moving ${what}`, shown, [
      `transitionModelVersion(input: {version: {id: $id}, to: ${to}, reason: $reason, archiveExisting: ${to !== "ARCHIVED"}}) { transition { id } }`,
      { id, reason: marks.text(`why ${what} moved to ${to}`, shown) },
    ]);
    seeding.thing("StageTransition", done.transition.id, live.model(model), shown);
  };
  const red1 = await version("red 1", red, { run: tracking.made.id, aliases: ["champion"] });
  const red2 = await version("red 2", red, {
    run: tracking.shared.id,
    loggedModel: tracking.loggedRed,
    aliases: ["next"],
  });
  const red3 = await version("red 3", red);
  const blue1 = await version("blue 1", blue, { run: tracking.shared.id });
  const old1 = await version("old 1", moved, { aliases: ["champion"] });
  const gone1 = await version("gone 1", gone);
  await move("red 1", red, red1, "PRODUCTION");
  await move("red 2", red, red2, "STAGING");
  await move("blue 1", blue, blue1, "PRODUCTION");
  await move("old 1", moved, old1, "STAGING");
  await move("gone 1", gone, gone1, "ARCHIVED");
  const shownRed = any(live.model(red), inEvents.model(red));
  for (const value of ["first", "second"]) {
    await seeding.act(`the ${value} tag of red 1`, shownRed, [
      `setTag(input: {on: {modelVersion: {id: $id}}, key: "late", value: $value}) { modelVersion { id } }`,
      { id: red1, value: marks.text(`the ${value} late tag of red 1`, shownRed) },
    ]);
  }
  await seeding.act("deleting the tag of red 1", shownRed, [
    `deleteTag(input: {on: {modelVersion: {id: $id}}, key: "late"}) { modelVersion { id } }`,
    { id: red1 },
  ]);
  const reason = (what: string) => marks.text(`why ${what}`, shownRed);
  const aliasMoves = [
    await seeding.act("moving an alias", shownRed, [
      `setAlias(input: {model: {name: $name}, alias: "champion", number: $number, reason: $reason}) { transition { id } }`,
      { name: red.names[0], number: 2, reason: reason("an alias moved") },
    ]),
    await seeding.act("deleting an alias", shownRed, [
      `deleteAlias(input: {model: {name: $name}, alias: "next", reason: $reason}) { transition { id } }`,
      { name: red.names[0], reason: reason("an alias was deleted") },
    ]),
  ];
  for (const { transition } of aliasMoves) seeding.thing("AliasTransition", transition.id, live.model(red), shownRed);
  const both = any(all(live.model(red), live.model(blue)), inEvents.lineage);
  await seeding.act("deriving blue 1 from red 1", both, [
    "addLineage(input: $edge) { created }",
    {
      edge: {
        from: { modelVersion: { id: red1 } },
        to: { modelVersion: { id: blue1 } },
        context: marks.text("the context of red 1 in blue 1", both),
      },
    },
  ]);
  await seeding.act("deleting red 3", shownRed, [
    "deleteModelVersion(input: {version: {id: $id}}) { deletedId }",
    { id: red3 },
  ]);
  seeding.bury(red3);
}

async function seedDeployments(seeding: Seeding, { red, blue }: Models) {
  const { marks, pools } = seeding;
  const environments = ["east", "west"].map((word): string => {
    const shown: Rule = (viewer) =>
      [red, blue].some((model) => {
        const facts = { model, environment: name };
        return any(live.deployment(facts), inEvents.deployment(facts))(viewer);
      });
    const name: string = `${word}-${marks.text(`the environment ${word}`, shown)}`;
    return name;
  });
  pools.environments.push(...environments);
  const report = async (word: string, model: ModelFacts, number: number, environment: string, states: string[]) => {
    const facts: DeploymentFacts = { model, environment };
    const shown = any(live.deployment(facts), inEvents.deployment(facts));
    const endpoint = marks.text(`the endpoint of ${word}`, shown);
    let id = "";
    for (const state of states) {
      const done = await seeding.act(`reporting ${word} as ${state}`, shown, [
        "reportDeployment(input: $report) { deployment { id } }",
        {
          report: {
            environment,
            endpoint,
            model: { name: model.names[0] },
            state,
            message: marks.text(`the message of ${word} ${state}`, shown),
            follows: { stage: "PRODUCTION" },
            running: [{ version: { number: { model: model.names[0], number } } }],
          },
        },
      ]);
      id = done.deployment.id;
    }
    seeding.thing("Deployment", id, live.deployment(facts), shown);
    pools.endpoints.push(endpoint);
  };
  const [east = "", west = ""] = environments;
  await report("red in the east", red, 1, east, ["DEPLOYING", "RUNNING"]);
  await report("red in the west", red, 2, west, ["RUNNING"]);
  await report("blue in the east", blue, 1, east, ["RUNNING", "FAILED"]);
}

async function seedWebhooks(seeding: Seeding) {
  const { marks } = seeding;
  for (const word of ["first", "second"]) {
    const owner: string = marks.text(`the owner of the ${word} webhook`, (viewer) =>
      any(is(owner), everything, inEvents.webhook)(viewer),
    );
    const rule = live.webhook(owner);
    const inLog = any(rule, inEvents.webhook);
    const webhook = {
      url: `https://127.0.0.1:1/${marks.text(`the address of the ${word} webhook`, rule)}`,
      description: marks.text(`the description of the ${word} webhook`, inLog),
      where: { models: [`${marks.text(`the condition of the ${word} webhook`, inLog)}*`, "red*"] },
    };
    const made = await seeding.act(
      `creating the ${word} webhook`,
      inLog,
      ["createWebhook(input: $webhook) { webhook { id } }", { webhook }],
      { subject: owner },
    );
    seeding.thing("Webhook", made.webhook.id, rule, inLog);
  }
}

async function seedRevocations(seeding: Seeding) {
  const { marks } = seeding;
  const shown = any(everything, inEvents.webhook);
  const mark = (what: string) => marks.text(`${what} that was revoked`, shown);
  const tokens = [
    { tokenId: mark("the token") },
    { bearer: { issuer: mark("the issuer"), subject: mark("the subject"), issuedBefore: "2026-01-01T00:00:00Z" } },
  ];
  for (const which of tokens) {
    const made = await seeding.act(
      "revoking",
      shown,
      [
        "revokeTokens(input: $revoke) { revocation { id } }",
        { revoke: { tokens: which, reason: mark("the reason of what") } },
      ],
      { scopes: ["admin"] },
    );
    seeding.thing("Revocation", made.revocation.id, everything, shown);
  }
}

async function seedDeletions(seeding: Seeding, { gone }: Models, tracking: Tracking) {
  const find = (type: string, at: number) => seeding.things.filter((thing) => thing.type === type)[at]?.id ?? "";
  const model = find("Model", 3);
  await seeding.act("deleting a model", inEvents.model(gone), [
    "deleteModel(input: {model: {id: $id}, force: true}) { deletedId }",
    { id: model },
  ]);
  seeding.bury(model);
  seeding.bury(find("ModelVersion", 5), "BELOW");
  seeding.bury(find("StageTransition", 4), "BELOW");
  await seeding.act("deleting a run", any(live.run(tracking.gone), inEvents.run(tracking.gone)), [
    "deleteRun(input: {run: $id}) { deletedId }",
    { id: tracking.gone.id },
  ]);
  seeding.bury(find("Run", 3));
  await seeding.act("deleting a dataset", inEvents.dataset({ runs: [] }), [
    "deleteDataset(input: {dataset: {id: $id}}) { deletedId }",
    { id: tracking.goneDataset },
  ]);
  seeding.bury(tracking.goneDataset);
  await seeding.act("deleting a logged model", inEvents.run({ experiment: tracking.moon, versionsOf: [] }), [
    "deleteLoggedModel(input: {loggedModel: $id}) { deletedId }",
    { id: tracking.goneLogged },
  ]);
  seeding.bury(tracking.goneLogged);
  await seeding.act("deleting an experiment", inEvents.experiment({ names: [seeding.pools.experiments[2] ?? ""] }), [
    "deleteExperiment(input: {experiment: {id: $id}}) { deletedId }",
    { id: tracking.goneExperiment },
  ]);
  seeding.bury(tracking.goneExperiment);
  seeding.bury(find("Run", 4), "BELOW");
  seeding.bury(find("LoggedModel", 3), "BELOW");
}
