/** Secrets that hold BGP passwords (confd secret watcher: the Secret of calico-node's own namespace). */

import type { Manifest } from '../manifests/resource.js'
import type { PasswordRef } from './bgp-settings.js'
import { at, fieldsOf, textOf } from './read-fields.js'
import type { Remarks } from './remarks.js'

export type PasswordReader = (value: unknown, about: Manifest, path: readonly string[]) => PasswordRef | undefined

/**
 * Reads `password.secretKeyRef`. A session whose Secret or key is not there runs without a password, as confd writes it
 * then. An input without any Secret says nothing about them: `known` is false and whoever compares both ends of a
 * session must not conclude that they differ.
 */
export function createPasswordReader(secrets: readonly Manifest[], remarks: Remarks): PasswordReader {
  const held = new Map<string, Manifest>()
  for (const manifest of secrets) {
    const { name, namespace } = manifest.resource.metadata
    const calicos = namespace === 'kube-system' || namespace === 'calico-system'
    if (calicos || !held.has(name)) held.set(name, manifest)
  }
  return (value, about, path) => {
    const secret = textOf(at(value, 'secretKeyRef', 'name'))
    const key = textOf(at(value, 'secretKeyRef', 'key'))
    if (secret === undefined || key === undefined) return undefined
    const text = secretValue(held.get(secret), key)
    if (text !== undefined) return { secret, key, readable: true, known: true, value: text }
    remarkUnreadable(remarks, about, path, secret, key, secrets.length > 0)
    return { secret, key, readable: false, known: secrets.length > 0 }
  }
}

/** `stringData` wins over `data`, which is base64 (Kubernetes Secret). */
function secretValue(secret: Manifest | undefined, key: string): string | undefined {
  const plain = fieldsOf(secret?.resource.stringData)
  if (Object.hasOwn(plain, key) && typeof plain[key] === 'string') return plain[key]
  const encoded = at(secret?.resource.data, key)
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8') : undefined
}

function remarkUnreadable(
  remarks: Remarks,
  about: Manifest,
  path: readonly string[],
  secret: string,
  key: string,
  known: boolean,
): void {
  remarks.add({
    severity: known ? 'warning' : 'info',
    code: known ? 'BGP_PASSWORD_MISSING' : 'BGP_PASSWORD_NOT_GIVEN',
    message: known
      ? `The Secret ${secret} with the key ${key} is not there, so the session runs without a password.`
      : `The input holds no Secret, so the session is taken to run without the password of ${secret}/${key}.`,
    hint: known
      ? 'Create the Secret in the namespace of calico-node and let its service account read it.'
      : 'Passwords matter only where the two ends differ; add the Secret to the input to have that checked.',
    about,
    path,
  })
}
