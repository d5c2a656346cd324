import { componentType, ZenError, type ComponentType } from "@zen/core/light";
import { withProject } from "./project.ts";

interface Place {
  readonly type: ComponentType;
  readonly name: string;
}

/**
 * Refuses to delete components that still have resources: nothing could take them down afterwards.
 *
 * @throws ZenError `still_provisioned`
 */
export async function assertNotProvisioned(places: readonly Place[], profile: string | undefined): Promise<void> {
  const [first, ...others] = await withProject({ profile, announced: true }, (project) => project.withResources(places));
  if (first === undefined) return;
  const names = [first, ...others].map(({ type, name }) => `the ${componentType(type).label} "${name}"`).join(" and ");
  throw new ZenError(
    "still_provisioned",
    `${names[0]!.toUpperCase()}${names.slice(1)} still ${others.length === 0 ? "has" : "have"} resources.`,
    {
      hint: `Take ${others.length === 0 ? "it" : "them"} down first: zen ${componentType(first.type).command} down ${first.name}`,
    },
  );
}
