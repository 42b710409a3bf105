import { RegistryError } from "../domain/errors.js";
import type { Tracing } from "./tracing.js";

/** Returns a function that runs the resolver of a root field, named `Type.field`, in a span. */
export function traceFields(tracing: Tracing) {
  return <T>(name: string, work: () => T): T => {
    const [parent = "", field = ""] = name.split(".");
    const span = tracing.startChildSpan(
      name,
      { "graphql.field.parent_type": parent, "graphql.field.name": field },
      "internal",
    );
    if (!span) return work();
    const fail = (error: unknown) => {
      const isRefusal = error instanceof RegistryError;
      const type = isRefusal ? error.code : error instanceof Error ? error.name : "Error";
      span.end({ error: isRefusal ? null : type, attributes: { "error.type": type } });
    };
    try {
      const result = span.run(work);
      if (result instanceof Promise) result.then(() => span.end(), fail);
      else span.end();
      return result;
    } catch (error) {
      fail(error);
      throw error;
    }
  };
}
