import { statesIn, survey, surveyText } from "./policy/survey";
import { WrongUse } from "./project/faults";
import { runProgram } from "./project/program";

const usage = `usage: npm run policy:survey -- FOLDER [--json]

Judges every state below a folder (*.json, as \`pulumi stack export\` or \`pulumi preview --json --show-sames\` wrote it) with the policy
pack, and prints a table: what was found, by stack and by rule, what was not judged, and how long that took. Ends with 1 when a file
couldn't be read.

      --json  write JSON
  -h, --help  this text`;

void runProgram(
  usage,
  { json: { type: "boolean", default: false } },
  async ({ values, positionals: [folder] }) => {
    if (folder === undefined) throw new WrongUse("Say which folder holds the states");
    const result = survey(statesIn(folder));
    console.log(values.json ? JSON.stringify(result, undefined, 2) : surveyText(result));
    return result.unreadable.length > 0 ? 1 : 0;
  },
  1,
);
