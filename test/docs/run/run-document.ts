import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type BlockRun, runOf } from "../block-run.js";
import { placeOf } from "../blocks.js";
import type { Block, MarkdownDocument } from "../markdown.js";
import { executeOperation } from "./execute-operation.js";
import { expectJson, expectText, type Result } from "./results.js";
import type { Printed, Running } from "./shell.js";
import type { DocumentWorld } from "./world.js";

/** Only what hangs takes so long. */
const BLOCK_MS = 8 * 60_000;
const LOOK_AGAIN_MS = 50;

type Run<Kind extends BlockRun["kind"]> = Extract<BlockRun, { kind: Kind }>;

/** Runs the blocks of a document in their order; the first one that fails names its line. */
export async function runDocument({ blocks }: MarkdownDocument, world: DocumentWorld): Promise<void> {
  const run = new DocumentRun(world);
  for (const block of blocks) {
    try {
      await run.step(block, runOf(block));
    } catch (error) {
      if (error instanceof Error) error.message = `${placeOf(block)}: ${error.message}`;
      throw error;
    }
  }
}

class DocumentRun {
  private readonly world: DocumentWorld;
  private variables: Record<string, unknown> = {};
  private last: Result | undefined;
  private readonly named = new Map<string, Result>();

  constructor(world: DocumentWorld) {
    this.world = world;
  }

  async step(block: Block, run: BlockRun): Promise<void> {
    const file = block.options.get("file");
    if (file !== undefined) await this.save(file, block.text);
    const result = await this.run(block, run);
    if (!result) return;
    this.last = result;
    const name = block.options.get("name");
    if (name !== undefined) this.named.set(name, result);
  }

  private async run(block: Block, run: BlockRun): Promise<Result | undefined> {
    switch (run.kind) {
      case "shell":
        return this.runShell(block, run);
      case "background":
        return this.leaveRunning(block, run);
      case "graphql":
        return this.execute(block.text);
      case "output":
        await this.compare(block, run);
        return undefined;
      case "variables":
        this.variables = JSON.parse(block.text);
        return undefined;
      case "file":
      case "test":
      case "text":
        return undefined;
    }
  }

  private async runShell(block: Block, { fails, stopped, world }: Run<"shell">): Promise<Result> {
    if (stopped) await this.world.stopServer();
    else await this.world.prepare(world);
    const running = this.world.shell.start(await this.world.standIns.apply(block.text), { keep: true });
    const printed = await endOf(running);
    if ((printed.code !== 0) !== fails) throw new Error(`it ended with ${printed.code}:\n${printed.all}`);
    return resultOf(() => printed);
  }

  private async leaveRunning(block: Block, { until, world }: Run<"background">): Promise<Result> {
    await this.world.prepare(world);
    const running = this.world.shell.start(await this.world.standIns.apply(block.text), { keep: false });
    const hasCome = () => until.test(running.printed().all);
    await waitFor(() => hasCome() || running.printed().code !== null, running);
    if (!hasCome()) throw new Error(`it ended before it printed ${until}:\n${running.printed().all}`);
    this.world.keep(running);
    return resultOf(running.printed);
  }

  private async execute(document: string): Promise<Result> {
    await this.world.prepare(undefined);
    const { variables } = this;
    this.variables = {};
    return executeOperation(this.world.endpoint(), document, variables);
  }

  private async compare(block: Block, { format, of }: Run<"output">): Promise<void> {
    const result = of === undefined ? this.last : this.named.get(of);
    if (!result) throw new Error("no block above printed this.");
    const expected = await this.world.standIns.apply(block.text);
    await (format === "json" ? expectJson(result, expected) : expectText(result, expected));
  }

  private async save(name: string, text: string): Promise<void> {
    const path = join(this.world.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await this.world.standIns.apply(text));
    if (text.startsWith("#!")) chmodSync(path, 0o755);
  }
}

function resultOf(printed: () => Printed): Result {
  return {
    text: () => printed().all,
    isOver: () => printed().code !== null,
    json: async () => JSON.parse(printed().out),
  };
}

async function endOf(running: Running): Promise<Printed> {
  await waitFor(() => running.printed().code !== null, running);
  return running.ended;
}

async function waitFor(condition: () => boolean, running: Running): Promise<void> {
  for (const end = Date.now() + BLOCK_MS; !condition(); await sleep(LOOK_AGAIN_MS)) {
    if (Date.now() < end) continue;
    await running.stop();
    throw new Error(`it hangs:\n${running.printed().all}`);
  }
}
