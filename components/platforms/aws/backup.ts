import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { bucketName, type Naming, tagsOf } from "./names";

export interface BackupBucketArgs {
  readonly naming: Naming;
  /** Refuse to delete it. */
  readonly protect: boolean;
}

/** Where servers put their backups: private, encrypted, versioned, over TLS only. */
export class BackupBucket extends pulumi.ComponentResource {
  readonly bucket: s3.Bucket;

  constructor(
    name: string,
    { naming, protect }: BackupBucketArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("one-server-web:aws:BackupBucket", name, { site: naming.domain, protect }, options);
    this.bucket = new s3.Bucket(
      bucketName(naming),
      { tags: tagsOf(naming, "backups") },
      { parent: this, protect },
    );
    const bucket = this.bucket.id;
    const child = { parent: this.bucket };
    new s3.BucketVersioning(
      `${name}-versioning`,
      { bucket, versioningConfiguration: { status: "Enabled" } },
      child,
    );
    new s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      child,
    );
    const access = new s3.BucketPublicAccessBlock(
      `${name}-private`,
      {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      child,
    );
    new s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket,
        rules: [
          {
            id: "forget-deleted-backups",
            status: "Enabled",
            filter: {},
            noncurrentVersionExpiration: { noncurrentDays: 30 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 2 },
          },
        ],
      },
      child,
    );
    // S3 refuses two changes of a bucket's policy at once, hence after the access block.
    new s3.BucketPolicy(
      `${name}-tls`,
      { bucket, policy: this.bucket.arn.apply(tlsOnly) },
      { ...child, dependsOn: [access] },
    );
    this.registerOutputs({ bucket: this.bucket.id });
  }
}

/** A bucket policy that refuses whatever does not come over TLS. */
export function tlsOnly(bucketArn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
