import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * Whole processes, a browser, data folders and databases made from nothing, kills: they wait more than they work, and have
 * a command of their own. So has what is measured: the statements of the suite are followed, which takes memory.
 */
const PROCESSES = [
  "test/process/**/*.test.ts",
  "test/oracle/killed-servers.test.ts",
  "test/security/browser/{browser,uploaded-page}.test.ts",
  "test/security/watch-names.test.ts",
  "test/server/streams/subscriber-memory.test.ts",
  "test/cli/{audit/audit,commands/migrate,sign-in/login}.test.ts",
  "test/store/folder/data-folder.test.ts",
  "test/store/migrations/apply-migrations.test.ts",
];

/**
 * Random documents, texts, viewers and histories against plain oracles: the more, the better. Each entry point with and
 * without the right, races, forged input and big tables. Together they take minutes, so that `npm test` leaves them out.
 */
const ATTACKS = [
  "test/security/leaks/{no-leak,side-channels,wildcards}.test.ts",
  "test/oracle/{histories,gates/many-histories,approvals/many-approvals}.test.ts",
  "test/security/{authorization,governance,overrides,policy-changes,promotions,reports}/*.test.ts",
  "test/security/{fuzz,owasp-graphql,tracking-attacks}.test.ts",
  "test/registry/idempotency.test.ts",
  "test/registry/*/concurrency.test.ts",
  "test/registry/governance/{policy-races,single-holder}.test.ts",
  "test/graphql/kit/{walk,paging}.test.ts",
  "test/server/http/{prepared-entry,prepared-limits}.test.ts",
  "test/graphql/promotions/statement-counts.test.ts",
  "test/store/{audit/archive,plans/skewed-values,reads/many-equal-reads,reports/many-promotions}.test.ts",
  "test/store/events/event-query.test.ts",
  "test/store/access/three-forms.test.ts",
  "test/store/versions/time-travel.test.ts",
  "test/mlflow/{every-route,golden,scopes}.test.ts",
  "test/mlflow/tracking/{golden-tracking,tracking-scopes}.test.ts",
];

/** Only a hang reaches these, also on a machine that is ten times slower: no test may depend on the speed of the machine. */
const PATIENCE = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 240_000, interval: 20 } },
} as const;

const shared = {
  globalSetup: "test/support/database/global-setup.ts",
  pool: "forks",
  // Loading the app anew for each of the files would take a third of the time; no test leaves anything behind.
  isolate: false,
  ...PATIENCE,
} as const;

/** The blocks of the documents, in shells and against built servers. */
const DOCUMENTS = ["test/docs/{bench,commands,compose,kubernetes,recipes}.test.ts"];

/** The console, in a browser. */
const CONSOLE = ["test/console/**/*.test.ts"];

/** Clients from other people's packages, which the main install does not have. */
const CLIENTS = ["test/clients/*.test.{ts,tsx}", "test/mlflow/{differential,pipelines}/*.test.ts"];

export default defineConfig({
  resolve: {
    // Two copies of graphql-js, one for import and one for require, do not know each other's types.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve("graphql/index.js")) }],
  },
  test: {
    // On two cores: a third fills the time in which tests wait for timers, sockets and other processes.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: "suite",
          include: ["test/**/*.test.ts"],
          exclude: [...PROCESSES, ...ATTACKS, ...DOCUMENTS, ...CONSOLE, ...CLIENTS, "**/node_modules/**"],
        },
      },
      { extends: true, test: { ...shared, name: "process", include: PROCESSES } },
      { extends: true, test: { ...shared, name: "console", include: CONSOLE } },
      { extends: true, test: { ...shared, name: "attack", include: ATTACKS } },
      {
        extends: true,
        test: {
          ...PATIENCE,
          name: "docs",
          include: DOCUMENTS,
          globalSetup: "test/docs/run/global-setup.ts",
          maxConcurrency: 2,
        },
      },
      { extends: true, test: { ...PATIENCE, name: "clients", include: CLIENTS } },
    ],
  },
});
