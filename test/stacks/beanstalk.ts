import { network, TestStack } from "./builder";

export const beanstalkAlone = new TestStack(
  "elastic-beanstalk-with-a-single-instance",
  { rung: "single", singlePoints: ["machine: shop"] },
  (stack) => {
    stack.add("aws:elasticbeanstalk/environment:Environment", "shop", {
      solutionStackName: "64bit Amazon Linux 2023 running PHP 8.4",
      settings: [
        { namespace: "aws:elasticbeanstalk:environment", name: "EnvironmentType", value: "SingleInstance" },
        { namespace: "aws:autoscaling:launchconfiguration", name: "InstanceType", value: "t3.small" },
      ],
    });
  },
);

export const beanstalkBalanced = new TestStack(
  "elastic-beanstalk-over-two-zones",
  { rung: "autoscaled", gaps: 0, singlePoints: [] },
  (stack) => {
    const subnets = network(stack, ["eu-west-1a", "eu-west-1b"]);
    stack.add("aws:elasticbeanstalk/environment:Environment", "shop", {
      settings: [
        { namespace: "aws:autoscaling:asg", name: "MinSize", value: "2" },
        { namespace: "aws:autoscaling:asg", name: "MaxSize", value: "6" },
        ...subnets.map(({ id }) => ({ namespace: "aws:ec2:vpc", name: "Subnets", value: id })),
      ],
    });
  },
);

export const beanstalkOfOne = new TestStack(
  "elastic-beanstalk-behind-its-load-balancer-as-it-comes",
  { rung: "single", singlePoints: ["machine: shop"], silent: ["no-headroom", "health-check"] },
  (stack) => {
    stack.add("aws:elasticbeanstalk/environment:Environment", "shop", {
      settings: [{ namespace: "aws:ec2:vpc", name: "Subnets", value: "subnet-1,subnet-2" }],
    });
    stack.add("aws:elasticbeanstalk/environment:Environment", "mails", { tier: "Worker" });
  },
);

export const beanstalkInOneSubnet = new TestStack(
  "elastic-beanstalk-of-two-in-one-subnet",
  { rung: "autoscaled", gaps: 1, singlePoints: ["zone: shop"] },
  (stack) => {
    const [subnet] = network(stack, ["eu-west-1a"]);
    stack.add("aws:elasticbeanstalk/environment:Environment", "shop", {
      settings: [
        { namespace: "aws:autoscaling:asg", name: "MinSize", value: 2 },
        { namespace: "aws:ec2:vpc", name: "Subnets", value: subnet?.id },
      ],
    });
  },
);
