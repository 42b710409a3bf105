export const WRITES = {};
