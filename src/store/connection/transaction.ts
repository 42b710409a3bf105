import { RegistryError } from "../../domain/errors.js";
import type { Prisma, PrismaClient } from "../generated/client.js";
import { isRolledBackByConcurrency, translateDatabaseError } from "./database-errors.js";

/** All that a command may touch: the client that speaks inside its transaction. */
export type Transaction = Omit<Prisma.TransactionClient, "$transaction">;

const ATTEMPTS = 3;

/** Runs the work in one transaction. What the database refuses comes out as a RegistryError where we have a word for it. */
export async function transact<T>(prisma: PrismaClient, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await prisma.$transaction((tx) => work(tx));
    } catch (error) {
      if (error instanceof RegistryError) throw error;
      if (attempt < ATTEMPTS && isRolledBackByConcurrency(error)) continue;
      throw translateDatabaseError(error) ?? error;
    }
  }
}
