/** Whether a pod, listed or made up, is among those that an effect is about. */

import type { Pod } from '../../cluster/workload.js'
import type { Effect, PodPick } from './effect.js'
import { parseLabelSelector } from './label-selector.js'

/**
 * True for pods that some effect ends, whether they come back or not: with the Cluster before the change it tells IPAM
 * whose addresses are given back.
 */
export function endedPods(effects: readonly Effect[]): (pod: Pod) => boolean {
  const tests = effects.flatMap((effect) =>
    effect.effect === 'podsDeleted' || effect.effect === 'podsRecreated' ? [podPicker(effect.pods)] : [],
  )
  return (pod) => tests.some((picks) => picks(pod))
}

/** A pod on the host's network has no address of its own and is picked by name only. */
export function podPicker(pick: PodPick): (pod: Pod) => boolean {
  switch (pick.by) {
    case 'name': {
      const names = new Set(pick.pods.map(podName))
      return (pod) => names.has(podName(pod))
    }
    case 'label': {
      const matches = parseLabelSelector(pick.selector)
      const { namespace } = pick
      return (pod) =>
        !pod.hostNetwork && (namespace === undefined || pod.namespace === namespace) && matches?.(pod.labels) === true
    }
    case 'node': {
      const except = new Set(pick.except.map(podName))
      return (pod) => pod.node === pick.node && !pod.hostNetwork && !except.has(podName(pod))
    }
    default: {
      const unhandled: never = pick
      return unhandled
    }
  }
}

function podName({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`
}
