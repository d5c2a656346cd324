import type { ComponentTypeInfo } from "@zen/core/light";
import type { ZenCommand } from "../program.ts";
import type { PlaceFlags } from "./life-cycle.ts";

/** `zen stack check`. */
export function addStackCheck(group: ZenCommand): void {
  group
    .sub("check", "Try every component of a stack for real, and say what is missing")
    .argumentOf("[name]", "the stack (default: the active one)", { kind: "stack" })
    .profileOption()
    .examples("zen stack check", "zen stack check custom --output json")
    .action(async (name: string | undefined, flags: PlaceFlags) => (await import("../check/check.ts")).checkStack(name, flags));
}

/** `zen <type> check`. */
export function addComponentCheck(group: ZenCommand, row: ComponentTypeInfo): void {
  const { type, command, label } = row;
  group.sub("check", `Try the ${label} for real, and say what is missing`, (sub) =>
    sub
      .argumentOf("[name]", `the ${label} (default: that of the active stack)`, { kind: "component", type })
      .stackOptions()
      .examples(`zen ${command} check`, `zen ${command} check mine`)
      .action(async (name: string | undefined, flags: PlaceFlags) => (await import("../check/check.ts")).checkComponent(row, name, flags)),
  );
}
