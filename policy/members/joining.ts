import { isObject, isUnknown, list, type Resources, type ResourceView } from "../resources";

const clusterTypes = ["aws:eks/cluster:Cluster", "aws:ecs/cluster:Cluster"];

/** Tags by which Kubernetes and its autoscaler know their machines. */
const clusterTag = /^(kubernetes\.io\/cluster\/|k8s\.io\/cluster)/;

/**
 * Whether a machine or group runs the containers of a cluster, as far as that shows before the update too: its tags, a node group that it is a part
 * of, or a start-up script that isn't known yet and is made from a cluster.
 * @param views the machine or group, and the template that it is made from
 */
export function joinsCluster(resources: Resources, views: readonly ResourceView[]): boolean {
  return views.some(
    (view) =>
      isTagged(view) ||
      resources.ancestors(view).some(({ type }) => /^eks:index:\w*NodeGroup/.test(type)) ||
      ["userData", "userDataBase64"].some(
        (property) =>
          isUnknown(view.properties[property]) && resources.referred(view, property, clusterTypes).length > 0,
      ),
  );
}

/** A tag of a cluster whose name isn't known yet says that the cluster owns the machine. */
function isTagged(view: ResourceView): boolean {
  const { tags } = view.properties;
  if (isObject(tags)) return Object.keys(tags).some((key) => clusterTag.test(key));
  return list(view, "tags")
    .filter(isObject)
    .some(({ key, value }) => clusterTag.test(String(key)) || (isUnknown(key) && value === "owned"));
}
