/** Returns a function that does the work on its first call only, and returns its result on each. */
export function once<Result>(work: () => Result): () => Result {
  let isDone = false;
  let result: Result;
  return () => {
    if (!isDone) {
      isDone = true;
      result = work();
    }
    return result;
  };
}
