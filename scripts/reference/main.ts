// npm run reference [-- --check]: writes docs/reference, or says which of its files aren't what the code gives.
import process from "node:process";
import { referencePages, stalePages, writePages } from "./pages.ts";

const options = process.argv.slice(2);
const unknown = options.find((option) => option !== "--check");
if (unknown !== undefined) {
  console.error(`npm run reference has no option "${unknown}", only --check.`);
  process.exit(2);
}
const pages = await referencePages();
if (options.length === 0) writePages(pages);
for (const file of stalePages(pages)) {
  console.error(`docs/reference/${file} isn't what the code gives. Write it anew: npm run reference`);
  process.exitCode = 1;
}
