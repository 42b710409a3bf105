declare module "ml-random-forest" {
  export class RandomForestClassifier {
    constructor(options: { seed: number; maxFeatures: number; replacement: boolean; nEstimators: number });
    train(features: number[][], labels: number[]): void;
    /** What each tree says of each row. */
    predictionValues(features: number[][]): { readonly rows: number; getRow(index: number): number[] };
    /** What most of these trees say. */
    selection(values: number[]): number;
    toJSON(): unknown;
  }
}
