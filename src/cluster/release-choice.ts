/** Which Calico release to predict: asked for, told by the cluster, told by the image, or the newest known. */

import type { Manifest } from '../manifests/resource.js'
import type { Cluster } from './cluster.js'
import type { Environment } from './environment.js'
import { at, textOf } from './read-fields.js'
import { clampRelease, NEWEST_RELEASE, OLDEST_RELEASE, type Release, releaseOf } from './release.js'
import type { Remarks } from './remarks.js'
import { shortly } from './spec-reader.js'

export interface ReleaseChoice {
  readonly release: Release
  readonly releaseFrom: Cluster['releaseFrom']
}

/** The first source that names a release decides; one that names none (`latest`, `master`) is passed over. */
export function chooseRelease(
  option: string | undefined,
  clusterInformation: readonly Manifest[],
  environment: Environment,
  remarks: Remarks,
): ReleaseChoice {
  const information =
    clusterInformation.find(({ resource }) => resource.metadata.name === 'default') ?? clusterInformation[0]
  const sources = [
    { from: 'option', text: option, about: undefined },
    { from: 'ClusterInformation', text: textOf(at(information?.resource.spec, 'calicoVersion')), about: information },
    { from: 'image', text: environment.imageTag, about: environment.daemonSet },
  ] as const
  for (const { from, text, about } of sources) {
    if (text === undefined) continue
    const found = clampRelease(text)
    const release = found && releaseOf(found.release)
    if (found === undefined || release === undefined) remarkUnreadable(remarks, text, about)
    else {
      if (found.clamped) remarkClamped(remarks, text, found.release, about)
      return { release, releaseFrom: from }
    }
  }
  const release = releaseOf(NEWEST_RELEASE)
  if (release === undefined) throw new Error(`chooseRelease: ${NEWEST_RELEASE} is no release`)
  remarks.add({
    severity: 'info',
    code: 'CALICO_RELEASE_ASSUMED',
    message: `Nothing in the input names the Calico release, so ${release.name} is assumed.`,
    hint: 'Give --calico, or add ClusterInformation or the calico-node DaemonSet to the input.',
  })
  return { release, releaseFrom: 'assumed' }
}

function remarkUnreadable(remarks: Remarks, text: string, about: Manifest | undefined): void {
  remarks.add({
    severity: 'warning',
    code: 'CALICO_RELEASE_UNREADABLE',
    message: `${shortly(text)} names no Calico release.`,
    hint: 'Write a release as v3.28 or v3.28.1.',
    about,
  })
}

function remarkClamped(remarks: Remarks, text: string, used: string, about: Manifest | undefined): void {
  remarks.add({
    severity: 'warning',
    code: 'CALICO_RELEASE_OUT_OF_RANGE',
    message: `Calico ${text} lies outside ${OLDEST_RELEASE} to ${NEWEST_RELEASE}; ${used} is predicted in its place.`,
    hint: 'Take predictions for this release with care; behaviour may have changed.',
    about,
  })
}
