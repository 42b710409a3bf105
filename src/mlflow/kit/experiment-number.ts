const NUMBER = /^\d{1,10}$/;
const MAX_INT = 2 ** 31 - 1;

/** The number of an experiment, by which MLflow's clients know it; null if no experiment can have it. */
export function parseExperimentNumber(id: string): number | null {
  const number = NUMBER.test(id) ? Number(id) : MAX_INT + 1;
  return number <= MAX_INT ? number : null;
}
