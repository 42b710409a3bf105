import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type CommandOutcome, runCommand } from "../../support/command-fixture.js";
import { type As, startTestServer, type TestServer } from "../../support/server.js";

/** A server, a folder of files, and `shelfmark policy` against them. */
class PolicyCommands {
  server!: TestServer;
  folder!: string;

  /** Writes `policies.yaml`, and applies it. */
  async apply(text: string, ...argv: string[]): Promise<CommandOutcome> {
    await writeFile(join(this.folder, "policies.yaml"), text);
    return this.run({}, "apply", "-f", join(this.folder, "policies.yaml"), ...argv);
  }

  async run(as: As, ...argv: string[]): Promise<CommandOutcome> {
    const env = { SHELFMARK_URL: this.server.url, SHELFMARK_TOKEN: await this.server.token(as) };
    const { code, out, err } = await runCommand(["policy", ...argv], env);
    const show = (text: string) =>
      text.replaceAll(`${this.folder}/`, "").replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z(?=\n|\)\n)/g, "<time>");
    return { code, out: show(out), err: show(err) };
  }
}

export function usePolicyCommands(): PolicyCommands {
  const commands = new PolicyCommands();
  beforeAll(async () => {
    commands.server = await startTestServer();
    commands.folder = await mkdtemp(join(tmpdir(), "shelfmark-policies-"));
  });
  afterAll(async () => {
    await commands.server.stop();
    await rm(commands.folder, { recursive: true, force: true });
  });
  return commands;
}
