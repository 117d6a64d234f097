import { PolicyPack } from "@pulumi/policy";
import { guardRails } from "./guardRails";
import { stackPolicies } from "./stackPolicies";

new PolicyPack("one-server-web", {
  displayName: "One server web",
  description: "Says what would take a website down, what that costs, and the next step.",
  policies: [...stackPolicies, ...guardRails],
});
