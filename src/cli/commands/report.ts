import { writeFile } from 'node:fs/promises'
import { diffSimulations, InputError, type OpenedInput, rehearse, sweepFailures } from '../../index.js'
import { diffAnswer } from '../../report/diff.js'
import { failuresAnswer } from '../../report/failures.js'
import { differenceChange, failuresChange, rehearsalChange } from '../../report/page/change-data.js'
import { pageData } from '../../report/page/cluster-page.js'
import { pageHtml } from '../../report/page/html.js'
import type { PageChange } from '../../report/page/page-data.js'
import { rehearsalAnswer } from '../../report/rehearsal.js'
import { EXIT } from '../exit-status.js'
import { failureKindsOf } from '../failure-kinds.js'
import { openForCommand } from '../open.js'
import { openRunbook } from '../open-runbook.js'
import { type Command, type Flags, listOf, pathsOf } from '../options.js'
import { readPageAssets } from '../page-assets.js'
import type { Terminal } from '../terminal.js'

export const report: Command = {
  name: 'report',
  usage: 'report [paths..]',
  about: 'One self-contained page: topology, sessions, addresses, routes, reachability, findings',
  examples: [
    ['report cluster/ -o plan.html', 'A page to attach to a change request'],
    ['report cluster/ --runbook change.md -o plan.html', 'The same with the runbook rehearsed, step by step'],
    ['report branch/ --against main/ -o plan.html', 'The same with what the branch changes'],
    ['report cluster/ --fail reflector,router -o plan.html', 'The same with what each failure costs'],
  ],
  writesOutput: true,
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests' })
      .option('output', {
        alias: 'o',
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'File to write, - for standard output',
      })
      .option('title', { type: 'string', requiresArg: true, describe: 'Heading of the page' })
      .option('against', { type: 'string', requiresArg: true, describe: 'The input before: what differs is told too' })
      .option('runbook', { type: 'string', requiresArg: true, describe: 'Runbook that is rehearsed in it' })
      .option('fail', { type: 'string', requiresArg: true, describe: 'Kinds of element whose failures are told too' })
      .option('reach', { type: 'boolean', default: true, describe: 'Reachability of all pairs of nodes' })
      .option('tables', {
        type: 'number',
        requiresArg: true,
        describe: 'Nodes whose routes the page holds; all where the cluster is not too large',
      }),
  run: async (flags, terminal) => {
    const paths = pathsOf(flags)
    const opened = openForCommand(paths, flags, terminal)
    const data = pageData({
      title: titleOf(flags, paths),
      simulation: opened.simulation,
      findings: opened.check(),
      tables: typeof flags['tables'] === 'number' ? flags['tables'] : undefined,
      reach: flags['reach'] === true,
      changes: changesOf(opened, flags, terminal),
    })
    const html = pageHtml(data, readPageAssets())
    // A lone dash comes through the command line in the form of a PATH.
    const [file = '-'] = pathsOf({ ...flags, paths: [flags.output] })
    if (file === '-') await terminal.out(html)
    else {
      await writePage(file, html)
      terminal.note(`${file}: ${(html.length / 1e6).toFixed(1)} MB, for any browser, needs no network`)
    }
    return EXIT.clean
  },
}

function changesOf({ simulation }: OpenedInput, flags: Flags, terminal: Terminal): readonly PageChange[] {
  const changes: PageChange[] = []
  const { cluster } = simulation
  const [against] = listOf(flags['against'])
  if (against !== undefined) {
    const before = openForCommand([against], flags, terminal).simulation
    const difference = diffSimulations(before, simulation)
    changes.push(differenceChange(diffAnswer(before.cluster, cluster, difference), difference, against))
  }
  const [file] = listOf(flags['runbook'])
  if (file !== undefined) {
    const rehearsal = rehearse(cluster, openRunbook(file))
    changes.push(rehearsalChange(rehearsalAnswer(rehearsal), rehearsal, file))
  }
  if (flags['fail'] !== undefined) {
    const kinds = failureKindsOf(flags['fail'], '--fail')
    const pods = new Map<string, number>()
    for (const { node } of simulation.ipam.pods) pods.set(node, (pods.get(node) ?? 0) + 1)
    const sweep = sweepFailures(simulation, { kinds, k: 1 })
    changes.push(
      failuresChange(
        failuresAnswer(cluster, sweep, (node) => pods.get(node) ?? 0),
        sweep,
        kinds.join(', '),
      ),
    )
  }
  return changes
}

function titleOf(flags: Flags, paths: readonly string[]): string {
  const given = flags['title']
  if (typeof given === 'string') return given
  const first = (paths[0] ?? '').replace(/\/+$/, '').split('/').at(-1) ?? ''
  return first === '' || first === '-' || first === '.' ? 'Calico network plan' : first
}

async function writePage(file: string, html: string): Promise<void> {
  try {
    await writeFile(file, html)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new InputError([
      {
        severity: 'error',
        code: 'OUTPUT_NOT_WRITABLE',
        message: `${file} cannot be written: ${message}.`,
        hint: 'Name a file that you may write.',
      },
    ])
  }
}
