import { readdir, readFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import pg from "pg";

export const migrationsFolder = new URL("migrations/", import.meta.url);
const CHAR = 18;
const TEXT = 25;
const schemaFile = new URL("schema.prisma", import.meta.url);

/** The SQL that leads from the migrations to schema.prisma; empty if they agree. It knows no partial or expression index, check, trigger or function. */
export async function diffMigrationsToSchema() {
  const files = [{ path: "schema.prisma", content: await readFile(schemaFile, "utf8") }];
  const pglite = await migratedDatabase();
  const config = createPgConfig(pglite);
  const pool = new pg.Pool({ ...config, max: 1, idleTimeoutMillis: 0 });
  const factory = bindMigrationAwareSqlAdapterFactory(createFactory(config.connection, pool));
  const SchemaEngine = await loadSchemaEngine();
  const engine = await SchemaEngine.new(
    { datamodels: files.map(({ path, content }) => [path, content]) },
    () => {},
    factory,
  );
  const { stdout } = await engine.diff({
    from: { tag: "schemaDatasource", files, configDir: "" },
    to: { tag: "schemaDatamodel", files },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  await pool.end();
  await pglite.close();
  return stdout?.includes("This is an empty migration") ? "" : (stdout ?? "").trim();
}

/** Prisma's adapter does not know the catalog's columns of type "char", and the engine takes them as nothing else. */
function createFactory(connection, pool) {
  let isChar = [];
  const { parse, emit } = connection;
  connection.parse = (statement) => parse.call(connection, { ...statement, types: undefined });
  connection.emit = (name, message) => {
    if (name === "rowDescription") {
      isChar = message.fields.map((field) => field.dataTypeID === CHAR);
      for (const field of message.fields) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
    }
    return emit.call(connection, name, message);
  };
  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const { columnTypes, ...result } = await queryRaw(query);
      return { ...result, columnTypes: columnTypes.map((type, i) => (isChar[i] ? ColumnTypeEnum.Character : type)) };
    };
    return adapter;
  };
  return factory;
}

async function migratedDatabase() {
  const pglite = await PGlite.create();
  const entries = await readdir(migrationsFolder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const name of names.sort()) {
    await pglite.exec(await readFile(new URL(`${name}/migration.sql`, migrationsFolder), "utf8"));
  }
  return pglite;
}

/** The package's own entry is for bundlers. Its panics go to a place that Prisma's command line makes. */
async function loadSchemaEngine() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => process.stderr.write(`${message}\n`) };
  const glue = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const file = new URL("schema_engine_bg.wasm", import.meta.resolve("@prisma/schema-engine-wasm/schema_engine_bg"));
  const { instance } = await WebAssembly.instantiate(await readFile(file), { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine;
}
