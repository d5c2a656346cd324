import { expect, test } from "vitest";
import { report } from "./report.ts";
import { scoresOf, type ConfusionMatrix } from "./scores.ts";
import { summary } from "./summary.ts";

const confusion: ConfusionMatrix = {
  languages: ["c", "css", "json"],
  counts: [
    [0, 0, 0],
    [2, 8, 0],
    [0, 1, 29],
  ],
};
const scores = scoresOf(confusion);

test("the report has every figure", async () => {
  const text = await report.fn({
    census: [
      { language: "c", found: 400, copies: 100, kept: 200, used: true },
      { language: "css", found: 60, copies: 0, kept: 60, used: true },
      { language: "json", found: 90, copies: 10, kept: 80, used: true },
      { language: "yaml", found: 3, copies: 0, kept: 3, used: false },
    ],
    trials: [
      { longest: 1, macroF1: 0.5 },
      { longest: 2, macroF1: 0.75 },
    ],
    best: { longest: 2, macroF1: 0.75 },
    scores,
    confusion,
    mistakes: [{ path: ".pnpm/a@1/node_modules/@acme/a/index", language: "css", guessed: "c", probability: 0.5 }],
    unseen: "packages",
  });
  expect(text).toMatchInlineSnapshot(`
    "# Which language is this file written in?

    It recognises 92.5% of 40 files of packages that it has not seen (macro-F1 0.913); always answering "json" would be right for 75.0%.

    Not asked about, because no package of theirs could be set aside: c.

    ## The files

    Files that hardly differ from another are left out, so that no copy is both learned from and asked about. Of a language with very many, some are read.

    | language | found | copies | kept | asked about |
    | --- | --- | --- | --- | --- |
    | c | 400 | 100 | 200 | 0 |
    | css | 60 | 0 | 60 | 10 |
    | json | 90 | 10 | 80 | 30 |
    | yaml | 3 | 0 | 3 | too few, left out |

    ## How well each language is recognised

    | language | precision | recall | F1 |
    | --- | --- | --- | --- |
    | css | 0.889 | 0.800 | 0.842 |
    | json | 1.000 | 0.967 | 0.983 |

    ## What was taken for what

    A row per language that files are written in, a column per language that they were taken for.

    |  | c | css | json |
    | --- | --- | --- | --- |
    | **c** | 0 | 0 | 0 |
    | **css** | 2 | 8 | 0 |
    | **json** | 0 | 1 | 29 |

    ## How long the n-grams are

    Tried on files set aside of those to learn from; 2 was best.

    | longest n-gram | macro-F1 |
    | --- | --- |
    | 1 | 0.500 |
    | 2 | 0.750 |

    ## Where it was wrong, and most sure of it

    | file | is | taken for | probability |
    | --- | --- | --- | --- |
    | \`@acme/a/index\` | css | c | 0.500 |

    ## What next

    \`\`\`
    The model is stored as train.model, the confusion matrix as evaluate.confusion, the report as report.output.

    Read the report:   npm run -s zen -- artifact read report.output
    See the steps:     npm run -s zen -- run describe
    Run it again:      npm start   (what hasn't changed comes from the cache, and says why)
    Ask about a file:  npm start -- --param ask=package.json
    A harder test:     npm start -- --param unseen=packages
    Your own files:    npm start -- --param folder=PATH
    \`\`\`"
  `);
});

test("the summary has the headline, what the model was asked, and what to do next", async () => {
  const said = (verdict: Parameters<typeof summary.fn>[0]["verdict"]) => summary.fn({ scores, unseen: "files", verdict });
  expect(await said({ file: "README.md", language: "css", probability: 0.987 })).toMatchInlineSnapshot(`
    "It recognises 92.5% of 40 files that it has not seen (macro-F1 0.913); always answering "json" would be right for 75.0%.
    Asked about README.md, it says css (probability 0.99).

    The model is stored as train.model, the confusion matrix as evaluate.confusion, the report as report.output.

    Read the report:   npm run -s zen -- artifact read report.output
    See the steps:     npm run -s zen -- run describe
    Run it again:      npm start   (what hasn't changed comes from the cache, and says why)
    Ask about a file:  npm start -- --param ask=package.json
    A harder test:     npm start -- --param unseen=packages
    Your own files:    npm start -- --param folder=PATH"
  `);
  expect(await said(undefined)).toContain("It was not asked about a file");
});
