/** calicoctl ipam (calicoctl/calicoctl/commands/ipam). */

import { parseAddress } from '../../address/address.js'
import { type CommandLine, flagSet, flagValue } from './command-line.js'
import { asks, changes, incomplete, LOOKS, notSimulated, refused } from './interpret.js'
import type { Action } from './runbook.js'

export function ipamCommand(line: CommandLine, [verb = '']: readonly string[]): Action {
  switch (verb) {
    case 'show':
      return show(line)
    case 'configure':
      return configure(line)
    case '':
    case 'check':
      return LOOKS
    case 'release':
      return release(line)
    case 'split':
      return notSimulated(
        'calicoctl ipam split rewrites a pool under a locked datastore, which is not simulated.',
        'Write the smaller pools as IPPools and rehearse moving the pods to them.',
      )
    default:
      return refused(
        'RUNBOOK_COMMAND_INVALID',
        `calicoctl ipam has no command ${verb.slice(0, 60)}.`,
        'See its --help.',
      )
  }
}

function show(line: CommandLine): Action {
  const ip = flagValue(line, 'ip')
  if (flagSet(line, 'show-configuration')) {
    return asks({
      ask: 'resources',
      client: 'calicoctl',
      kind: 'calico/IPAMConfiguration',
      names: ['default'],
      output: 'yaml',
    })
  }
  return asks({ ask: 'ipam', blocks: flagSet(line, 'show-blocks'), ...(ip === undefined ? {} : { ip }) })
}

/** Writes the one IPAMConfig that there is (ipam/configure.go updateIPAMConfig). */
function configure(line: CommandLine): Action {
  const strict = flagValue(line, 'strictaffinity')
  const blocks = flagValue(line, 'max-blocks-per-host')
  if (strict === undefined && blocks === undefined) return incomplete('calicoctl ipam configure', '--strictaffinity')
  if (strict !== undefined && !TRUE.has(strict) && !FALSE.has(strict)) {
    return refused(
      'RUNBOOK_COMMAND_INVALID',
      `--strictaffinity takes true or false, not ${strict.slice(0, 40)}.`,
      'Write --strictaffinity=true.',
    )
  }
  if (blocks !== undefined && !/^\d{1,9}$/.test(blocks)) {
    return refused(
      'RUNBOOK_COMMAND_INVALID',
      `--max-blocks-per-host takes a number, not ${blocks.slice(0, 40)}.`,
      'Write --max-blocks-per-host=4, or 0 for no limit.',
    )
  }
  return changes({
    do: 'configureIpam',
    ...(strict === undefined ? {} : { strictAffinity: TRUE.has(strict) }),
    ...(blocks === undefined ? {} : { maxBlocksPerHost: Number(blocks) }),
  })
}

/** strconv.ParseBool. */
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

function release(line: CommandLine): Action {
  const ip = flagValue(line, 'ip')
  if (ip === undefined) {
    return notSimulated(
      'calicoctl ipam release --from-report releases what a report of calicoctl ipam check lists, which is not read here.',
      'Leaked addresses are not part of the model.',
    )
  }
  if (parseAddress(ip) === undefined) {
    return refused('RUNBOOK_COMMAND_INVALID', `${ip.slice(0, 60)} is no IP address.`, 'Give --ip an address.')
  }
  return notSimulated(
    `calicoctl ipam release frees ${ip} in the books while whoever has it goes on using it.`,
    'Delete the pod in its place: its address is released with it.',
  )
}
