import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type FindingCode, InputError } from '../../index.js'
import { EXIT } from '../exit-status.js'
import type { Command, Flags } from '../options.js'
import { type Collected, collect } from '../snapshot/collect.js'
import { kubectlReader } from '../snapshot/kubectl.js'
import { createListFile } from '../snapshot/list-file.js'
import { WANTED } from '../snapshot/wanted.js'
import type { Terminal } from '../terminal.js'

export const snapshot: Command = {
  name: 'snapshot',
  usage: 'snapshot',
  about: 'Read a live cluster with kubectl, and nothing else, into files',
  examples: [
    ['snapshot -o cluster/', 'Read the cluster of the current context; then: plan cluster/'],
    ['snapshot -o prod/ --context prod', 'Another cluster'],
  ],
  writesOutput: true,
  build: (args) =>
    args
      .option('output', {
        alias: 'o',
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'Directory to write, new or empty',
      })
      .option('context', { type: 'string', requiresArg: true, describe: 'Context of the kubeconfig' })
      .option('kubeconfig', { type: 'string', requiresArg: true, describe: 'The kubeconfig file' })
      .option('kubectl', { type: 'string', default: 'kubectl', requiresArg: true, describe: 'The kubectl to run' }),
  run: async (flags, terminal) => {
    const directory = String(flags.output)
    await makeEmpty(directory)
    const read = kubectlReader({
      kubectl: String(flags['kubectl']),
      ...textFlag(flags, 'context'),
      ...textFlag(flags, 'kubeconfig'),
    })
    const results: Collected[] = []
    for (const wanted of WANTED) {
      const file = await createListFile(join(directory, `${wanted.name}.json`))
      const result = await collect(wanted, read, file.write)
      await (result.problem === undefined ? file.close() : file.discard())
      results.push(result)
      if (wanted.name === 'nodes' && result.problem !== undefined) throw unreadable(result.problem.message)
    }
    await tell(results, directory, terminal)
    return results.some(({ problem }) => problem !== undefined && problem.why !== 'absent') ? EXIT.found : EXIT.clean
  },
}

function textFlag<K extends string>(flags: Flags, name: K): Partial<Record<K, string>> {
  const value = flags[name]
  return typeof value === 'string' ? ({ [name]: value } as Record<K, string>) : {}
}

/** A directory with something in it is never written to: old files would pass for part of the cluster. */
async function makeEmpty(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true })
    const [first] = await readdir(directory)
    if (first === undefined) return
    throw wrong('OUTPUT_NOT_WRITABLE', `${directory} holds ${first} already.`, 'Name a new or an empty directory.')
  } catch (error) {
    if (error instanceof InputError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw wrong(
      'OUTPUT_NOT_WRITABLE',
      `${directory} cannot be written: ${message}.`,
      'Name a directory that you may write.',
    )
  }
}

function unreadable(message: string): InputError {
  return wrong(
    'SNAPSHOT_FAILED',
    `The cluster's nodes cannot be read: ${message}`,
    'See that kubectl get nodes works with the same context, or name another with --context or --kubeconfig.',
  )
}

function wrong(code: FindingCode, message: string, hint: string): InputError {
  return new InputError([{ severity: 'error', code, message, hint }])
}

async function tell(results: readonly Collected[], directory: string, terminal: Terminal): Promise<void> {
  for (const { name, count, problem } of results) {
    if (count !== undefined && count > 0) await terminal.out(`${join(directory, `${name}.json`)}: ${count}\n`)
    if (problem !== undefined && problem.why !== 'absent') terminal.note(`${name}: not read: ${problem.message}`)
  }
  if (!results.some(({ name, count }) => name === 'ippools' && count !== undefined && count > 0)) {
    terminal.note(
      `No IPPool was found. Where Calico keeps its data in etcd, add what calicoctl prints: calicoctl get nodes,ippools,bgpconfig,bgppeers,felixconfig -o yaml > ${join(directory, 'calico.yaml')}`,
    )
  }
  terminal.note(
    'No Secret was read. What the network below the nodes is like no cluster knows: add a document of kind Underlay.',
  )
  terminal.note(`Next: calico-plan plan ${directory}`)
}
