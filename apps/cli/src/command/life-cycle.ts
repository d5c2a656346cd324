import type { ComponentTypeInfo } from "@zen/core/light";
import type { YesFlags } from "../confirm.ts";
import { positiveInteger, type ZenCommand } from "../program.ts";

export interface PlaceFlags {
  readonly profile?: string;
  readonly stack?: string;
}

export interface DownFlags extends PlaceFlags, YesFlags {
  readonly suspend?: boolean;
}

export interface LogFlags extends PlaceFlags {
  readonly follow?: boolean;
  readonly tail?: number;
}

/** `zen stack up` and `down`. */
export function addStackLifeCycle(group: ZenCommand): void {
  group
    .sub("up", "Provision and start what the stack's components need")
    .stackOptions()
    .examples("zen stack up", "zen stack up --stack custom")
    .action(async (flags: PlaceFlags) => (await import("../life-cycle/bring.ts")).bringStack("up", flags));
  group
    .sub("down", "Suspend and deprovision what `up` provisioned")
    .option("--suspend", "stop it only: `up` starts it again")
    .yesOption()
    .stackOptions()
    .examples("zen stack down", "zen stack down --suspend", "zen stack down --yes")
    .action(async (flags: DownFlags) => (await import("../life-cycle/bring.ts")).bringStack("down", flags));
}

/** `zen <type> up`, `down` and `logs`. */
export function addComponentLifeCycle(group: ZenCommand, row: ComponentTypeInfo): void {
  const { type, command, label } = row;
  const which = `the ${label} (default: that of the active stack)`;
  group.sub("up", `Provision and start what the ${label} needs`, (sub) =>
    sub
      .argumentOf("[name]", which, { kind: "component", type })
      .stackOptions()
      .examples(`zen ${command} up`, `zen ${command} up mine`)
      .action(async (name: string | undefined, flags: PlaceFlags) =>
        (await import("../life-cycle/bring.ts")).bringComponent("up", row, name, flags),
      ),
  );
  group.sub("down", "Suspend and deprovision what `up` provisioned", (sub) =>
    sub
      .argumentOf("[name]", which, { kind: "component", type })
      .option("--suspend", "stop it only: `up` starts it again")
      .yesOption()
      .stackOptions()
      .examples(`zen ${command} down`, `zen ${command} down mine --suspend`, `zen ${command} down mine --yes`)
      .action(async (name: string | undefined, flags: DownFlags) =>
        (await import("../life-cycle/bring.ts")).bringComponent("down", row, name, flags),
      ),
  );
  group.sub("logs", `Show what the ${label} has logged since it was started`, (sub) =>
    sub
      .argumentOf("[name]", which, { kind: "component", type })
      .option("-f, --follow", "go on with what is logged from now on, until Ctrl-C")
      .option("--tail <n>", "begin with the last n lines (default: all)", positiveInteger)
      .stackOptions()
      .examples(`zen ${command} logs`, `zen ${command} logs mine --tail 20 --follow`)
      .action(async (name: string | undefined, flags: LogFlags) =>
        (await import("../life-cycle/component-log.ts")).showComponentLog(row, name, flags),
      ),
  );
}
