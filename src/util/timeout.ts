/** The result of the work, or of `late` if the work takes longer. The work continues; its late result is dropped. */
export async function withTimeout<T, Late>(
  work: T | PromiseLike<T>,
  timeoutMs: number,
  late: () => Late,
): Promise<T | Late> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Late>((resolve, reject) => {
    timer = setTimeout(() => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    }, timeoutMs);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
