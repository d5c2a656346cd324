/**
 * What `npm create @zen` and `npm create @zen/integration` share. Not for others.
 *
 * @module
 */
export { askText } from "./asking.ts";
export { canAsk, printMade, runCommand } from "./command.ts";
export { writeNewFolder } from "./new-folder.ts";
export { assertPackageName } from "./package-name.ts";
export { readTemplates } from "./templates.ts";
