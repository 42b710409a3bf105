import type pg from "pg";
import { DatabaseStartError } from "./start-error.js";

/** The parts of a database URL: the settings for node-postgres, the schema of Prisma's `?schema=`, and a text to show. */
export interface PostgresAddress {
  readonly config: pg.ClientConfig;
  readonly schema: string | undefined;
  /** Host, port and database, without the password. */
  readonly shown: string;
}

export function parsePostgresUrl(text: string): PostgresAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^postgres(ql)?:\/\//.test(text)) {
    throw new DatabaseStartError("The database URL is not of the form postgres://user:password@host:5432/database.");
  }
  const schema = url.searchParams.get("schema") || undefined;
  if (schema?.includes('"')) throw new DatabaseStartError("The schema in the database URL must not contain quotes.");
  const given = url.searchParams.get("options");
  url.searchParams.delete("schema");
  url.searchParams.delete("options");
  const options = [given, schema && `-c search_path=${escapeOption(`"${schema}"`)}`].filter(Boolean).join(" ");
  const host = url.searchParams.get("host") ?? decodeURIComponent(url.hostname || "localhost");
  return {
    config: {
      connectionString: url.toString(),
      application_name: url.searchParams.get("application_name") ?? "shelfmark",
      ...(options ? { options } : {}),
    },
    schema,
    shown: `${host}:${url.port || "5432"}${url.pathname}`,
  };
}

function escapeOption(value: string): string {
  return value.replace(/[\\\s]/g, "\\$&");
}
