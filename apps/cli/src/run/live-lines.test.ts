import { expect, it } from "vitest";
import { FakeTerminal } from "../../tests/fake-terminal.ts";
import { LiveLines } from "./live-lines.ts";

it("draws over what it has drawn, also with fewer or shorter lines", () => {
  const terminal = new FakeTerminal(20);
  terminal.write("$ zen\n");
  const live = new LiveLines(terminal);
  live.draw(["one long line", "two", "three"]);
  expect(terminal.rows).toEqual(["$ zen", "one long line", "two", "three"]);
  live.draw(["one", "2"]);
  expect(terminal.rows).toEqual(["$ zen", "one", "2"]);
  live.draw([]);
  expect(terminal.rows).toEqual(["$ zen"]);
});

it("prints above what it has drawn, lines of any width", () => {
  const terminal = new FakeTerminal(10);
  const live = new LiveLines(terminal);
  live.print(["before"]);
  live.draw(["tree", "leaf"]);
  live.print(["short", "0123456789", "wraps: 0123456789"]);
  live.draw(["tree 2", "leaf 2"]);
  live.print(["last"]);
  expect(terminal.rows).toEqual(["before", "short", "0123456789", "wraps: 012", "3456789", "last", "tree 2", "leaf 2"]);
});

it("finds its beginning again after the terminal has become narrower", () => {
  const terminal = new FakeTerminal(20);
  const live = new LiveLines(terminal);
  live.print(["stays"]);
  live.draw(["\u001b[1m0123456789 01234\u001b[0m", "x"]);
  terminal.narrowTo(8);
  expect(terminal.rows).toEqual(["stays", "01234567", "89 01234", "x"]);
  live.draw(["0123…", "x"]);
  expect(terminal.rows).toEqual(["stays", "0123…", "x"]);
});

it("writes over what the keyboard left below it", () => {
  const terminal = new FakeTerminal(20);
  const live = new LiveLines(terminal);
  live.draw(["tree"]);
  terminal.write("^C");
  live.draw(["tree", "Stopping"]);
  expect(terminal.rows).toEqual(["tree", "Stopping"]);
});
