export interface Settings {
  readonly learningRate: number;
  readonly penalty: number;
  readonly epochs: number;
}

interface Data {
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly classes: number;
}

export interface Epoch {
  readonly loss: number;
  readonly accuracy: number;
}

/** Plain gradient descent. A learning rate that is too high ends in Infinity and NaN, as it does for everybody. */
export function trainSoftmax({ rows, labels, classes }: Data, { learningRate, penalty, epochs }: Settings): Epoch[] {
  const weights = Array.from({ length: classes }, () => [...(rows[0] ?? []), 1].map(() => 0));
  const inputs = rows.map((row) => [...row, 1]);
  return Array.from({ length: epochs }, () => {
    const gradient = weights.map((row) => row.map(() => 0));
    let loss = 0;
    let right = 0;
    for (const [i, input] of inputs.entries()) {
      const scores = weights.map((row) => Math.exp(row.reduce((sum, weight, k) => sum + weight * (input[k] ?? 0), 0)));
      const total = scores.reduce((sum, score) => sum + score, 0);
      const label = labels[i] ?? 0;
      loss -= Math.log((scores[label] ?? 0) / total);
      if (scores.indexOf(Math.max(...scores)) === label) right += 1;
      for (const [c, row] of gradient.entries())
        for (const [k, value] of input.entries())
          row[k] = (row[k] ?? 0) + ((scores[c] ?? 0) / total - Number(c === label)) * value;
    }
    for (const [c, row] of weights.entries())
      for (const [k, weight] of row.entries())
        row[k] = weight - learningRate * ((gradient[c]?.[k] ?? 0) / rows.length + penalty * weight);
    return { loss: loss / rows.length, accuracy: right / rows.length };
  });
}
