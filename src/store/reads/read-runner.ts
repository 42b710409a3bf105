import type pg from "pg";
import { createStatementNames } from "../plans/statement-names.js";
import { shapeOf } from "./shape.js";
import { compileRead, type ReadOf, type ReadStatement, type Schema } from "./statement.js";
import { NotCompiled } from "./statement-builder.js";

/** What users may have kept: with the longest keys, about 20 MB. */
const SHAPES_MAX = 1_000;
const KEY_MAX = 5_000;

/** A statement with all that is the same for each of its values. Without a name it is planned anew each time. */
type Query = Pick<pg.QueryArrayConfig, "text" | "name" | "rowMode" | "types">;

interface Known {
  readonly statement: ReadStatement;
  readonly query: Query;
}

interface PreparedRead {
  /** Reads with the same key differ in values only. */
  readonly key: string;
  run(): Promise<unknown>;
  /** Reads in the transaction that is open on a connection. */
  runOn(client: pg.PoolClient): Promise<unknown>;
}

/** Rows arrive as text, and each column is decoded by its type in the datamodel. */
const TEXT: pg.CustomTypesConfig = { getTypeParser: () => (text: unknown) => text };

interface RunnerOptions {
  readonly prepared: boolean;
  readonly shapesMax?: number;
}

/** Keeps the statements of the shapes that were read last, and runs them. */
export class ReadRunner {
  readonly #pool: pg.Pool;
  readonly #schema: Schema;
  readonly #shapesMax: number;
  readonly #nameOf: (statement: { readonly sql: string }) => string;
  /** Null: Prisma must run the read. The oldest is first. */
  readonly #known = new Map<string, Known | null>();

  constructor(pool: pg.Pool, schema: Schema, { prepared, shapesMax = SHAPES_MAX }: RunnerOptions) {
    this.#shapesMax = shapesMax;
    this.#pool = pool;
    this.#schema = schema;
    this.#nameOf = prepared ? createStatementNames(undefined, () => true) : () => "";
  }

  /** The read with its values, ready to run. Throws NotPlain or NotCompiled where Prisma must run it. */
  prepare(read: ReadOf): PreparedRead {
    const shape = shapeOf(read.args);
    const key = `${read.table.name}.${read.method}:${shape.key}`;
    const known = this.#find(key, read);
    if (known === null) throw new NotCompiled();
    const { statement, query } = known;
    const values = statement.parameters.map((parameter) => parameter(shape.values));
    const run = (client?: pg.PoolClient) => this.#run(statement, { ...query, values }, client);
    return { key, run: () => run(), runOn: run };
  }

  /** With a callback, for the promise of the pool makes another one. */
  #run({ answer }: ReadStatement, query: pg.QueryArrayConfig, client?: pg.PoolClient): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | undefined, result: pg.QueryArrayResult<unknown[]>) => {
        if (error) return reject(error);
        try {
          resolve(answer(result.rows));
        } catch (mistake) {
          reject(mistake);
        }
      };
      if (client) client.query<unknown[]>(query, done);
      else this.#pool.query<unknown[]>(query, done);
    });
  }

  #find(key: string, read: ReadOf): Known | null {
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    const made = this.#make(read);
    if (key.length > KEY_MAX) return made;
    if (this.#known.size >= this.#shapesMax) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    }
    this.#known.set(key, made);
    return made;
  }

  #make(read: ReadOf): Known | null {
    try {
      const statement = compileRead(this.#schema, read);
      const { text } = statement;
      const query: Query = { text, rowMode: "array", types: TEXT };
      const name = statement.isPlanReusable ? this.#nameOf({ sql: text }) : "";
      return { statement, query: name === "" ? query : { ...query, name } };
    } catch (error) {
      if (error instanceof NotCompiled) return null;
      throw error;
    }
  }
}
