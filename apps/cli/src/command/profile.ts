import {
  assertProfileDeletable,
  createProfile,
  deleteProfile,
  maskPassword,
  renameProfile,
  requireProfile,
  viewProfile,
  viewProfiles,
  type Context,
  type ProfileView,
} from "@zen/core/light";
import { Option } from "commander";
import { announce } from "../announce.ts";
import type { YesFlags } from "../confirm.ts";
import { openAnyway, openHere } from "../light.ts";
import { notice, printDone, printList } from "../output/answer.ts";
import { printJson } from "../output/json.ts";
import { ACTIVE_MARK, printTable } from "../output/table.ts";
import { styled } from "../output/terminal.ts";
import { warnIfOverridden } from "../override-warning.ts";
import { ZenCommand } from "../program.ts";
import { session } from "../session.ts";

/** `zen profile …` */
export function profileCommand(): ZenCommand {
  const profile = new ZenCommand("profile")
    .description("Keep sets of stacks apart, and choose the active one")
    .examples("zen profile list", "zen profile create team", "zen profile set team")
    .hook("preAction", () => void (session.aboutRepository = true));
  addReading(profile);
  addChanging(profile);
  return profile;
}

function addReading(profile: ZenCommand): void {
  profile
    .sub("list", "List the profiles")
    .limitOption("first")
    .examples("zen profile list", "zen profile list --output json")
    .action(async ({ limit }: { limit?: number }) => {
      const views = (await viewProfiles(await openListing())).slice(0, limit);
      await printList(views.map(entry), {
        empty: "There are no profiles.",
        columns: ["ACTIVE", "PROFILE NAME", "STORE TYPE", "URL", "ACTIVE STACK"],
        row: (view) => [
          view.active ? ACTIVE_MARK : "",
          view.name,
          view.storeType,
          view.storeUrl,
          view.gone ? "(gone)" : (view.activeStack ?? ""),
        ],
      });
      for (const { name, problem } of views) {
        if (problem === undefined) continue;
        const next = isGone(problem) ? `If you don't need it any more: zen profile delete ${name}` : (problem.hint ?? "");
        notice(styled(2, "yellow", `${problem.message} ${next}`.trimEnd()));
      }
    });

  profile
    .sub("describe", "Describe a profile")
    .argumentOf("[name]", "the profile (default: the active one)", { kind: "profile" })
    .examples("zen profile describe", "zen profile describe team")
    .action(async (name: string | undefined) => {
      const context = await openHere();
      const view = await viewProfile(context, name === undefined ? context.profileRecord : requireProfile(context, name));
      if (session.json) return printJson(entry(view));
      await printTable({
        title: `'${view.name}' Profile Configuration${view.active ? " (ACTIVE)" : ""}`,
        columns: ["PROPERTY", "VALUE"],
        rows: [
          ["NAME", view.name],
          ["STORE_URL", maskPassword(view.storeUrl)],
          ["STORE_TYPE", view.storeType],
          ["ACTIVE_STACK", view.stack ?? ""],
          ["ACTIVE_USER", view.activeUser ?? ""],
        ],
        description: true,
      });
      if (view.problem !== undefined) notice(styled(2, "yellow", view.problem.message));
    });

  profile
    .sub("get", "Show the name of the active profile")
    .examples("zen profile get")
    .action(async () => {
      const { value } = (await openHere()).profile;
      printDone([`Active profile is: '${value}'`], { name: value });
    });

  profile
    .sub("explain", "Say what profiles are for")
    .examples("zen profile explain")
    .action(async () => {
      const { PROFILE_EXPLANATION } = await import("../explanations.ts");
      printDone([PROFILE_EXPLANATION], { text: PROFILE_EXPLANATION });
    });
}

function addChanging(profile: ZenCommand): void {
  profile
    .sub("create", "Make a profile, with a default stack in it")
    .argument("<name>", "the new profile")
    .addOption(
      new Option("-t, --store-type <type>", "where it keeps its stacks: local; sql and rest come with shared stores").choices([
        "local",
        "sql",
        "rest",
      ]),
    )
    .option("-u, --url <url>", "of a local one its folder (default: one in zen's configuration folder)")
    .option("--user <name>", "the name of its user", "default")
    .examples("zen profile create team", "zen profile create disk --url /mnt/team/zen")
    .action(async (name: string, { storeType, url, user }: { storeType?: string; url?: string; user: string }) => {
      const context = await openHere();
      await createProfile(context, name, { storeType, url, user });
      printDone([`Profile '${name}' successfully created.`], entry(await viewProfile(context, requireProfile(context, name))));
    });

  profile
    .sub("set", "Make a profile the active one, here in a repository, else everywhere")
    .argumentOf("<name>", "the profile", { kind: "profile" })
    .option("-g, --global", "everywhere, also in a repository")
    .examples("zen profile set team", "zen profile set team --global")
    .action(async (name: string, { global = false }: { global?: boolean }) => {
      const { scope, changed } = await (await openListing()).setActiveProfile(name, { global });
      printDone(
        [
          changed
            ? `Active ${global ? "global " : ""}profile changed to: '${name}'`
            : `Profile '${name}' is already active${global ? " globally" : ""}.`,
        ],
        { name, scope, changed },
      );
      warnIfOverridden("profile", name);
    });

  profile
    .sub("rename", "Give a profile another name")
    .argumentOf("<old>", "the profile", { kind: "profile" })
    .argument("<new>", "its new name")
    .examples("zen profile rename team research")
    .action(async (name: string, to: string) => {
      await renameProfile(await openHere(), name, to);
      printDone([`Profile '${name}' successfully renamed as '${to}'.`], { name: to, formerName: name });
    });

  profile
    .sub("delete", "Delete a profile that isn't active, with its stacks and components; runs and artifacts stay")
    .argumentOf("<name>", "the profile", { kind: "profile" })
    .yesOption()
    .examples("zen profile delete old", "zen profile delete old --yes")
    .action(async (name: string, answer: YesFlags) => {
      const context = await openHere();
      await assertProfileDeletable(context, name);
      const { confirm } = await import("../confirm.ts");
      const consequence = `This will delete the profile '${name}' with its stacks and components.`;
      if (!(await confirm(consequence, answer, `zen profile delete ${name}`))) return printDone([], { name, deleted: false });
      const left = await deleteProfile(context, name);
      printDone([`Deleted profile '${name}'.`], { name, deleted: true });
      if (left !== undefined) notice(`Its store stays where it is: ${maskPassword(left)}`);
    });
}

/** Where zen is, also if that is what has to be mended. */
async function openListing(): Promise<Context> {
  const context = await openAnyway({}, notice);
  announce(context);
  return context;
}

interface ProfileEntry {
  readonly name: string;
  readonly active: boolean;
  readonly storeType: string;
  readonly storeUrl: string;
  readonly activeStack: string | null;
  readonly activeUser: string | null;
  /** Whether its folder does not exist any more. */
  readonly gone: boolean;
  /** Why its store can't be read. */
  readonly problem: string | null;
}

function isGone(problem: { readonly code: string } | undefined): boolean {
  return problem?.code === "profile_folder_missing";
}

function entry({ name, active, storeType, storeUrl, stack, activeUser, problem }: ProfileView): ProfileEntry {
  return {
    name,
    active,
    storeType,
    storeUrl: maskPassword(storeUrl),
    activeStack: stack ?? null,
    activeUser: activeUser ?? null,
    gone: isGone(problem),
    problem: problem?.message ?? null,
  };
}
