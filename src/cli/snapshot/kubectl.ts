/** The one program that calico-plan ever runs, and only for `snapshot`: kubectl, and of it only `get --raw`. */

import { spawn } from 'node:child_process'

/** What the API server answered to a GET: the text of its answer, or why there is none. */
export type Answered =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: 'absent' | 'forbidden' | 'failed'; readonly message: string }

/** Reads one path of the API server, such as `/api/v1/nodes?limit=500`. */
export type ReadApi = (path: string) => Promise<Answered>

export interface KubectlOptions {
  /** The program's name or path. */
  readonly kubectl: string
  readonly context?: string
  readonly kubeconfig?: string
}

/** Reads through kubectl, so that its kubeconfig, its credentials and its plugins are what they always are. */
export function kubectlReader({ kubectl, context, kubeconfig }: KubectlOptions): ReadApi {
  const flags = [
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
  ]
  return (path) =>
    new Promise((resolve) => {
      const child = spawn(kubectl, [...flags, 'get', '--raw', path], { stdio: ['ignore', 'pipe', 'pipe'] })
      const out: Buffer[] = []
      const error: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => error.push(chunk))
      child.on('error', (cause) =>
        resolve({ ok: false, why: 'failed', message: `${kubectl} cannot be run: ${cause.message}` }),
      )
      child.on('close', (status) => {
        if (status === 0) resolve({ ok: true, text: Buffer.concat(out).toString('utf8') })
        else resolve(refusal(Buffer.concat(error).toString('utf8').trim()))
      })
    })
}

/** kubectl tells a missing resource type and a missing right apart only in words. */
function refusal(message: string): Answered {
  if (/NotFound|not found|could not find the requested resource/i.test(message)) {
    return { ok: false, why: 'absent', message }
  }
  return { ok: false, why: /Forbidden|forbidden/.test(message) ? 'forbidden' : 'failed', message }
}
