import type { GraphQLContext } from "../request/context.js";
import { AnswerText } from "./answer-text.js";
import type { Binding } from "./binding.js";
import type { CompiledOperation } from "./compile-operation.js";
import { bindArgs, type CompiledField } from "./compiled-field.js";
import { FieldInfo } from "./field-info.js";
import type { WriteValue } from "./write-fields.js";

type Values = Readonly<Record<string, unknown>>;

interface Request {
  readonly context: GraphQLContext;
  readonly binding: Binding;
  readonly variables: Values;
}

/** What the resolvers of a field get, the same for all rows of a request. */
export interface FieldInputs {
  readonly info: FieldInfo;
  readonly args: Values;
}

/**
 * Executes a compiled operation as graphql-js would (GraphQL, October 2021, §6), with the same resolvers and what Pothos'
 * plugins add to them. Throws whatever makes the answer other than plain data: an error, a refused field, a missing value.
 */
export class OperationRun {
  readonly operation: CompiledOperation;
  readonly context: GraphQLContext;
  /** Where the text of the next value goes. */
  answer = new AnswerText();
  /** By the index of the field, once its first value is resolved. */
  readonly fields: (FieldInputs | undefined)[] = [];
  private readonly request: Request;
  private pending: Promise<void>[] = [];
  private hasFailed = false;

  constructor(operation: CompiledOperation, request: Request) {
    this.operation = operation;
    this.context = request.context;
    this.request = request;
  }

  /** The text of the data: at once, if nothing had to be waited for. */
  run(): string | Promise<string> {
    const { answer } = this;
    this.operation.write(this, undefined);
    return this.pending.length === 0 ? answer.toString() : this.wait(answer);
  }

  private async wait(answer: AnswerText): Promise<string> {
    while (this.pending.length > 0) {
      const batch = this.pending;
      this.pending = [];
      await (batch.length === 1 ? batch[0] : Promise.all(batch));
    }
    return answer.toString();
  }

  /** Checks that the field may be read, and makes what its resolver gets. */
  begin(field: CompiledField): FieldInputs {
    const known = this.fields[field.index];
    if (known) return known;
    this.request.binding.requireReadable(field);
    const info = new FieldInfo(this.operation, field, this.request);
    const made = { info, args: field.constantArgs ?? bindArgs(field, this.request.variables) };
    this.fields[field.index] = made;
    return made;
  }

  /** Resolves a root field, so that it can be traced. */
  follow(field: CompiledField, resolve: () => unknown): unknown {
    const { followField } = this.context;
    return followField ? followField(`Query.${field.name}`, resolve) : resolve();
  }

  /** Keeps the place of a value, and writes it there when it is settled. */
  writeLater(value: PromiseLike<unknown>, write: WriteValue): void {
    const place = this.answer.leavePlace();
    const done = Promise.resolve(value).then((settled) => {
      // the answer is not used any more
      if (this.hasFailed) return;
      this.answer = place;
      write(this, settled);
    });
    done.catch(() => {
      this.hasFailed = true;
    });
    this.pending.push(done);
  }
}
