/** Findings of changes, made in few words. */

import type { FindingCode } from '../../findings/catalog.js'
import type { FieldPath, Finding, Severity } from '../../findings/finding.js'
import type { ObjectRef } from './effect.js'

/** The kind alone: `IPPool` of `calico/IPPool`. */
export function kindName(kind: string): string {
  return kind.slice(kind.indexOf('/') + 1)
}

/** As the commands name an object: `IPPool default`, `Pod kube-system/web-0`. */
export function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kindName(kind)} ${namespace === undefined ? name : `${namespace}/${name}`}`
}

export function remark(
  severity: Severity,
  code: FindingCode,
  message: string,
  hint: string,
  about?: ObjectRef,
  path?: FieldPath,
): Finding {
  const { kind, namespace, name } = about ?? {}
  return {
    severity,
    code,
    message,
    hint,
    ...(kind === undefined || name === undefined
      ? {}
      : { resource: { kind: kindName(kind), ...(namespace === undefined ? {} : { namespace }), name } }),
    ...(path === undefined ? {} : { path }),
  }
}

/** What the real command refuses. */
export function refuse(code: FindingCode, message: string, hint: string, about?: ObjectRef): Finding {
  return remark('error', code, message, hint, about)
}

export function isRefusal({ severity }: Finding): boolean {
  return severity === 'error'
}

export function notFound(about: ObjectRef): Finding {
  return refuse(
    'CHANGE_NOT_FOUND',
    `${nameOf(about)} does not exist at this point.`,
    'Check the name, the namespace (-n) and the order of the steps; the input may also lack the object.',
    about,
  )
}
