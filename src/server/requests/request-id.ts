import { randomFillSync } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { V7Generator } from "uuidv7";

/** Copies a concatenated string, which V8 keeps as a tree of its parts: a stream would hold it for as long as it is open. */
const flatten = (text: string) => Buffer.from(text, "latin1").toString("latin1");

const VALID_ID = /^[\w.:-]{1,128}$/;
const idOf = new WeakMap<IncomingMessage, string>();

/** The library's own source asks the system for random bytes after every eight numbers. */
function createRandom() {
  const numbers = new Uint32Array(1024);
  let next = numbers.length;
  return {
    nextUint32(): number {
      if (next === numbers.length) {
        randomFillSync(numbers);
        next = 0;
      }
      return numbers[next++] ?? 0;
    },
  };
}

const generator = new V7Generator(createRandom());

export function newRequestId(): string {
  return flatten(generator.generate().toString());
}

/** The request id that the client sent, if it is valid, or else a new one. Always the same for one request. */
export function requestIdOf(request: IncomingMessage): string {
  const known = idOf.get(request);
  if (known !== undefined) return known;
  const given = request.headers["x-request-id"]?.toString();
  const id = given && VALID_ID.test(given) ? given : newRequestId();
  idOf.set(request, id);
  return id;
}
