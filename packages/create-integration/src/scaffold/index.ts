/**
 * What `npm create @zen` and `npm create @zen/integration` share. Not for others.
 *
 * @module
 */
export { askText } from "./asking.ts";
export { canAsk, oneName, printMade, runCommand, startedBy } from "./command.ts";
export { assertNewFolder, writeNewFolder } from "./new-folder.ts";
export { assertPackageName, folderOf } from "./package-name.ts";
export { readTemplates } from "./templates.ts";
