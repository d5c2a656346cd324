import { expect, it } from "vitest";
import { harmless } from "./harmless.ts";

it("leaves plain text as it is", () => {
  expect(harmless("loss 0.31\tepoch 3 データ", true)).toBe("loss 0.31\tepoch 3 データ");
});

it("keeps colours where there are any, and ends them with the line", () => {
  expect(harmless("a \u001b[31mred\u001b[39m word", true)).toBe("a \u001b[31mred\u001b[39m word\u001b[0m");
  expect(harmless("a \u001b[31mred\u001b[39m word", false)).toBe("a red word");
});

it("lets nothing through that moves the cursor, clears the screen, or sets a title", () => {
  expect(harmless("\u001b[2J\u001b[5Aup\u001b]0;title\u0007 and\u0008 \u001b[?25lon\u0000", true)).toBe("up and  on ");
});

it("shows the last state of what was written over itself", () => {
  expect(harmless("fetched 10%\rfetched 20%\r", true)).toBe("fetched 20%");
});
