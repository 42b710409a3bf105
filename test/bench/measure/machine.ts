import { cpus } from "node:os";

/** What the figures depend on. */
export function describeMachine(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim()}, Node.js ${process.version}, shared by client, server and database`;
}
