import type { ResourceValidationPolicy } from "@pulumi/policy";
import { guardRailPolicy } from "./guardRail";
import { instanceWithoutProfile, metadataVersion1, unencryptedDatabase, unencryptedVolume } from "./machines";
import { databaseOpenToWorld, sshOpenToWorld } from "./network";
import { secretInText } from "./secrets";
import { missingTags, oldTlsPolicy, plainHttp, publicDatabase, unprotectedData } from "./services";

/** All policies that judge one resource at a time. */
export const guardRails: readonly ResourceValidationPolicy[] = [
  guardRailPolicy(sshOpenToWorld),
  guardRailPolicy(databaseOpenToWorld),
  guardRailPolicy(publicDatabase),
  guardRailPolicy(secretInText),
  guardRailPolicy(metadataVersion1),
  guardRailPolicy(unencryptedDatabase),
  guardRailPolicy(unencryptedVolume),
  guardRailPolicy(plainHttp),
  guardRailPolicy(oldTlsPolicy),
  guardRailPolicy(unprotectedData),
  guardRailPolicy(instanceWithoutProfile),
  guardRailPolicy(missingTags),
];
