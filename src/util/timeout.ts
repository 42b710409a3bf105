/** The result of the work, or of `late` if the work takes longer. The work continues; its late result is dropped. */
export function withTimeout<T, Late>(work: T | PromiseLike<T>, timeoutMs: number, late: () => Late): Promise<T | Late> {
  return new Promise<T | Late>((resolve, reject) => {
    const timer = setTimeout(() => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    }, timeoutMs);
    Promise.resolve(work).then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
