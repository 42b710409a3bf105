import { lexicographicSortSchema, printSchema } from "graphql";
import { schema as registrySchema } from "../../graphql/schema.js";
import type { CommandIo } from "../io/command-io.js";

/** Prints the contract, in the order that `schema.graphql` is kept in. */
export function schema(io: CommandIo): void {
  io.out(`${printSchema(lexicographicSortSchema(registrySchema))}\n`);
}
