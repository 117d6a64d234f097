import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { guardRailPolicy } from "./guardRail";
import { instanceWithoutProfile, metadataVersion1, unencryptedDatabase, unencryptedVolume } from "./machines";
import { databaseOpenToWorld, sshOpenToWorld } from "./network";
import { plainHttp } from "./plainHttp";
import { secretInText } from "./secrets";
import { missingTags, oldTlsPolicy, publicDatabase, unprotectedData } from "./services";
import { stackRailPolicy } from "./stackRail";

/** Policies about single resources that take others to judge. */
export const stackRails: readonly StackValidationPolicy[] = [
  stackRailPolicy(sshOpenToWorld),
  stackRailPolicy(databaseOpenToWorld),
  stackRailPolicy(plainHttp),
];

/** All policies that judge one resource at a time. */
export const guardRails: readonly ResourceValidationPolicy[] = [
  guardRailPolicy(publicDatabase),
  guardRailPolicy(secretInText),
  guardRailPolicy(metadataVersion1),
  guardRailPolicy(unencryptedDatabase),
  guardRailPolicy(unencryptedVolume),
  guardRailPolicy(oldTlsPolicy),
  guardRailPolicy(unprotectedData),
  guardRailPolicy(instanceWithoutProfile),
  guardRailPolicy(missingTags),
];
