import { RegistryError } from "../../domain/errors.js";
import type { Prisma, PrismaClient } from "../generated/client.js";
import { isRolledBackByConcurrency, translateDatabaseError } from "./database-errors.js";

/** The client of one transaction: the only access to the database that a command has. */
export type Transaction = Omit<Prisma.TransactionClient, "$transaction">;

const ATTEMPTS = 3;

/**
 * Runs the work in one transaction, again after a deadlock. An error of the database becomes a RegistryError if it is an
 * expected one.
 */
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
