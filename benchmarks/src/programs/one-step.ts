import { pipeline, step } from "@zen/core";

const one = step("one", () => 1);
export const oneStep = pipeline("one-step", () => one());
