import type { App } from "../../src/app.js";
import { openTestDatabase } from "./database/database.js";
import { startServerOn } from "./wiring.js";

/** Any number of servers with settings of their own, on one database. */
export async function openServers() {
  const database = await openTestDatabase();
  const apps: App[] = [];
  return {
    database,
    /** Starts one more. Returns its address. */
    async serve(settings: Record<string, string>, now?: () => Date): Promise<string> {
      const app = await startServerOn(database, settings, now);
      apps.push(app);
      return app.url;
    },
    async stop(): Promise<void> {
      for (const app of apps) await app.stop();
      await database.close();
    },
  };
}
