import { readFileSync } from 'node:fs'
import { InputError } from '../../index.js'
import { type FailureDocument, isFailureDocument, mergedFailures, mergeObstacle } from '../../report/merged-failures.js'
import { EXIT } from '../exit-status.js'
import { type Command, pathsOf } from '../options.js'
import { print } from '../print.js'

export const merge: Command = {
  name: 'merge',
  usage: 'merge [paths..]',
  about: 'Puts the parts of a failure sweep together that `fail --shard` made on several machines',
  examples: [['merge part-1.json part-2.json', 'What `fail -o json --shard 1/2` and `2/2` wrote']],
  build: (args) => args.positional('paths', { type: 'string', array: true, describe: 'FailureReports in JSON' }),
  run: async (flags, terminal) => {
    const paths = pathsOf(flags)
    const parts = paths.map(readPart)
    const obstacle = mergeObstacle(parts)
    if (obstacle !== undefined) {
      throw failure(`${paths.join(', ')}: ${obstacle}`, 'Give each part of one sweep once: fail --shard 1/N to N/N.')
    }
    const answer = mergedFailures(parts)
    await print(answer, flags, terminal)
    return answer.found ? EXIT.found : EXIT.clean
  },
}

function readPart(path: string): FailureDocument {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path === '-' ? 0 : path, 'utf8'))
  } catch (error) {
    throw failure(`${path}: ${error instanceof Error ? error.message : String(error)}`, 'Give a readable JSON file.')
  }
  if (isFailureDocument(value)) return value
  throw failure(`${path} holds no FailureReport`, 'Write it with: calico-plan fail PATH --shard 1/N -o json')
}

function failure(message: string, hint: string): InputError {
  return new InputError([{ severity: 'error', code: 'INPUT_BAD_OPTION', message, hint }])
}
