import { PolicyPack } from "@pulumi/policy";
import { guardRails } from "./guardRails";
import { readResourcesOnce } from "./readOnce";
import { stackPolicies } from "./stackPolicies";

readResourcesOnce();

new PolicyPack("one-server-web", {
  displayName: "One server web",
  description: "Says what would take a website down, what that costs, and the next step.",
  policies: [...stackPolicies, ...guardRails],
});
