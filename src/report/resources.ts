/** Resources as manifests: YAML documents, or a JSON List like `kubectl get -o json`. In chunks, for large clusters. */

import { stringify } from 'yaml'
import type { Resource } from '../manifests/resource.js'

const CHUNK = 500

export function* renderResources(resources: readonly Resource[], format: 'yaml' | 'json'): Generator<string> {
  if (format === 'json') yield '{"apiVersion":"v1","kind":"List","items":[\n'
  for (let start = 0; start < resources.length; start += CHUNK) {
    const chunk = resources.slice(start, start + CHUNK)
    if (format === 'yaml')
      yield chunk.map((resource) => `---\n${stringify(resource, { aliasDuplicateObjects: false })}`).join('')
    else yield `${start === 0 ? '' : ',\n'}${chunk.map((resource) => JSON.stringify(resource)).join(',\n')}`
  }
  if (format === 'json') yield '\n]}\n'
}
