import { CATALOG, type FindingCode, InputError } from '../../index.js'
import { FORMATS } from '../../report/answer.js'
import { checkAnswer } from '../../report/check.js'
import { explainCode } from '../../report/explain-code.js'
import { githubAnnotations } from '../../report/github.js'
import { sarif } from '../../report/sarif.js'
import { EXIT } from '../exit-status.js'
import { readInput } from '../open.js'
import { type Command, pathsOf } from '../options.js'
import { print } from '../print.js'
import { VERSION } from '../version.js'

export const check: Command = {
  name: 'check',
  usage: 'check [paths..]',
  about: 'Is the input valid, and which hazards does it hold',
  examples: [
    ['check cluster/', 'Every problem of every manifest below a directory'],
    ['check cluster/ -o github', 'Annotations on the lines of a pull request; -o sarif for code scanning'],
    ['check --explain VALIDATION_CIDR_NOT_MASKED', 'What a code means and how to mend it'],
  ],
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests' })
      .option('output', {
        alias: 'o',
        choices: [...FORMATS, 'sarif', 'github'],
        default: 'table',
        describe: 'Format of the answer',
      })
      .option('explain', { type: 'string', requiresArg: true, describe: 'Explain a finding code and stop' }),
  run: async (flags, terminal) => {
    const code = flags['explain']
    if (typeof code === 'string') {
      if (!Object.hasOwn(CATALOG, code)) throw unknownCode(code)
      await terminal.out(explainCode(code as FindingCode))
      return EXIT.clean
    }
    const opened = readInput(pathsOf(flags), flags)
    const findings = opened.check()
    const answer = checkAnswer(opened.cluster, findings, flags.strict)
    const format = String(flags.output)
    if (format === 'sarif') await terminal.out(sarif(findings, VERSION))
    else if (format === 'github') await terminal.out(githubAnnotations(findings))
    else await print(answer, flags, terminal)
    if (!opened.valid) return EXIT.wrong
    return answer.found ? EXIT.found : EXIT.clean
  },
}

function unknownCode(code: string): InputError {
  return new InputError([
    {
      severity: 'error',
      code: 'INPUT_BAD_OPTION',
      message: `there is no finding code ${JSON.stringify(code)}`,
      hint: 'Codes are printed by check and listed in docs/findings.md.',
    },
  ])
}
