import { type Exchange, isCut } from "../golden.js";
import type { Call } from "../mlflow-client.js";

const RUN_ID = /\b[0-9a-f]{32}\b/g;
const EXPERIMENT = /experiment_ids?(?:=|":\[?")(\d+)/g;
const NOBODY = /^(f{32}|0{32})$/;

/** The ids that experiments and runs of the recording have here. */
export class RecordedIds {
  private readonly experiments = new Map([["0", "0"]]);
  private readonly runs = new Map<string, string>();

  private readonly call: Call;

  constructor(call: Call) {
    this.call = call;
  }

  /** Remembers what an exchange made. */
  learn({ body }: Exchange, answer: { readonly body: unknown }): void {
    const [theirs, ours] = [body, answer.body].map(idsOf);
    if (theirs?.experiment && ours?.experiment) this.experiments.set(theirs.experiment, ours.experiment);
    if (theirs?.run && ours?.run) this.runs.set(theirs.run, ours.run);
  }

  /** The exchange with our ids, and with its lists and texts whole again. Runs whose making was not recorded are made. */
  async translate(exchange: Exchange): Promise<Exchange> {
    const text = JSON.stringify([exchange.path, exchange.req ?? null]);
    for (const id of text.match(RUN_ID) ?? []) {
      if (exchange.status !== 200 || NOBODY.test(id) || this.runs.has(id)) continue;
      const { body } = await this.call("POST", "/runs/create", { experiment_id: this.experiments.get("1") });
      this.runs.set(id, body.run.info.run_id);
    }
    for (const [, id = ""] of text.matchAll(EXPERIMENT)) await this.ensureExperiment(id, exchange);
    const ours = text.replace(RUN_ID, (id) => this.runs.get(id) ?? id);
    const [path, req] = JSON.parse(ours) as [string, Record<string, unknown> | string | null];
    return {
      ...exchange,
      path: path.replace(/(experiment_id=)(\d+)/, (_, name, id) => `${name}${this.experiment(id)}`),
      ...(req === null ? {} : { req: typeof req === "object" ? (this.whole(req) as Record<string, unknown>) : req }),
    };
  }

  private async ensureExperiment(id: string, { status }: Exchange): Promise<void> {
    if (status !== 200 || this.experiments.has(id)) return;
    const { body } = await this.call("POST", "/experiments/create", { name: `recorded ${id}` });
    this.experiments.set(id, body.experiment_id);
  }

  private experiment(id: string): string {
    return this.experiments.get(id) ?? id;
  }

  private whole(value: unknown, key = ""): unknown {
    if (Array.isArray(value)) return fillUp(value).map((item) => this.whole(item, key));
    if (typeof value === "string") return /^experiment_ids?$/.test(key) ? this.experiment(value) : fillText(value);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.whole(member, name)]));
  }
}

function idsOf(body: unknown) {
  const { experiment_id: experiment, run } = (body ?? {}) as {
    experiment_id?: string;
    run?: { info: { run_id: string } };
  };
  return { experiment, run: run?.info.run_id };
}

/** `[{key: "k0"}, "…<101 in all>"]` has 101 items again, each with a key or a step of its own. */
function fillUp(list: readonly unknown[]): unknown[] {
  const cut = list.find(isCut);
  if (cut === undefined) return [...list];
  const items = list.filter((item) => !isCut(item)) as Record<string, unknown>[];
  const count = Number(/\d+/.exec(cut)?.[0]);
  return Array.from({ length: count }, (_, i) => {
    const item = items[i] ?? items[0] ?? {};
    return i < items.length ? item : "step" in item ? { ...item, step: i } : { ...item, key: `k${i}` };
  });
}

/** `x…<6001 chars>` is that long again. */
function fillText(text: string): string {
  const [, character = "", count] = /^(.)…<(\d+) chars>$/.exec(text) ?? [];
  return count === undefined ? text : character.repeat(Number(count));
}
