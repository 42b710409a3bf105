import type { Command } from "commander";
import { lexicographicSortSchema, printSchema } from "graphql";
import type { CommandContext } from "../io/command-io.js";

export function defineSchema(program: Command, { io }: CommandContext): void {
  program
    .command("schema")
    .description("print the GraphQL schema (SDL)")
    .action(async () => {
      const { schema } = await import("../../graphql/schema.js");
      // sorted like schema.graphql, so that the two can be compared
      io.out(`${printSchema(lexicographicSortSchema(schema))}\n`);
    });
}
