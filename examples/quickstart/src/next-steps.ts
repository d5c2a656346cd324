/** Where things are, and what to try. `npm run -s zen --` is the command `zen` of this repository. */
export const NEXT_STEPS: readonly string[] = [
  "The model is stored as train.model, the confusion matrix as evaluate.confusion, the report as report.output.",
  "",
  "Read the report:   npm run -s zen -- artifact read report.output",
  "See the steps:     npm run -s zen -- run describe",
  "Run it again:      npm start   (what hasn't changed comes from the cache, and says why)",
  "Ask about a file:  npm start -- --param ask=package.json",
  "A harder test:     npm start -- --param unseen=packages",
  "Your own files:    npm start -- --param folder=PATH",
];
