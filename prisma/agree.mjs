// Fails if the migrations and schema.prisma do not describe the same tables, and prints the SQL that is missing.
import { diffMigrationsToSchema } from "./schema-engine.mjs";

const sql = await diffMigrationsToSchema();
if (sql) {
  process.stderr.write(
    `prisma/schema.prisma and prisma/migrations disagree. What a migration would have to do:\n\n${sql}\n`,
  );
  process.exit(1);
}
