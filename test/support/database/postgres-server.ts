import pg from "pg";

/** The server of TEST_DATABASE_URL, on which tests create databases. */
function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) throw new Error("TEST_DATABASE_URL is not set.");
  return url;
}

export function addressOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

let count = 0;

/** Creates a database, empty unless a template is given. Returns its name. */
export async function createTestDatabase(template = "template1"): Promise<string> {
  const name = `shelfmark_test_${process.pid}_${count++}_${Date.now().toString(36)}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  return name;
}

export async function dropTestDatabase(name: string): Promise<void> {
  await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

export async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
