/** A pipeline file, in three lines: one step, whose function is `() => expression`. */
export function oneStep(expression: string, options = "{}"): string {
  return `import { pipeline, step } from "@zen/core";
const make = step("make", ${options}, () => ${expression});
export const p = pipeline("p", ({ ratio = 0.5 }: { ratio?: number }) => make());
`;
}
