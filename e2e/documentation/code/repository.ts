import { Repository } from "@zen/core";

const repo = new Repository();

console.log(repo.root);
