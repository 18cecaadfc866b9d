import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../src/findings/finding.js'
import { githubAnnotations } from '../../../src/report/github.js'
import { sarif } from '../../../src/report/sarif.js'

const PLACED: Finding = {
  severity: 'error',
  code: 'VALIDATION_CIDR_NOT_MASKED',
  message: 'spec.cidr is 10.0.0.1/16: 100% wrong',
  hint: 'Write 10.0.0.0/16.\nThen apply.',
  resource: { kind: 'IPPool', name: 'a' },
  path: ['spec', 'cidr'],
  place: { file: './pools/one, two.yaml', line: 7, column: 9 },
}
const UNPLACED: Finding = { severity: 'info', code: 'CALICO_RELEASE_ASSUMED', message: 'assumed', hint: '' }

describe('annotations of GitHub', () => {
  test('carry file, line and column, and escape what would end them', () => {
    expect(githubAnnotations([PLACED])).toBe(
      '::error file=./pools/one%2C two.yaml,line=7,col=9,title=VALIDATION_CIDR_NOT_MASKED::' +
        'IPPool/a spec.cidr: spec.cidr is 10.0.0.1/16: 100%25 wrong%0AWrite 10.0.0.0/16.%0AThen apply.\n',
    )
  })

  test('call a note a notice, without a file where there is none', () => {
    expect(githubAnnotations([UNPLACED])).toBe('::notice title=CALICO_RELEASE_ASSUMED::assumed\n')
  })

  test('have no file for standard input', () => {
    expect(githubAnnotations([{ ...PLACED, place: { file: '-', line: 7 } }])).toContain('::error title=')
  })
})

describe('SARIF', () => {
  const { runs, version } = JSON.parse(sarif([PLACED, UNPLACED, PLACED], '1.2.3'))
  const [run] = runs

  test('names each code once as a rule, and each result its rule', () => {
    expect(version).toBe('2.1.0')
    const rules = run.tool.driver.rules.map(({ id }: { id: string }) => id)
    expect(rules).toEqual(['CALICO_RELEASE_ASSUMED', 'VALIDATION_CIDR_NOT_MASKED'])
    expect(run.results.map(({ ruleIndex }: { ruleIndex: number }) => ruleIndex)).toEqual([1, 0, 1])
    expect(run.results.map(({ level }: { level: string }) => level)).toEqual(['error', 'note', 'error'])
  })

  test('gives the place as a relative URI with line and column', () => {
    expect(run.results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'pools/one%2C%20two.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 7, startColumn: 9 },
    })
  })

  test('gives the resource and field where there is no place', () => {
    expect(run.results[1].locations).toBeUndefined()
    expect(run.results[0].locations[0].logicalLocations[0].fullyQualifiedName).toBe('IPPool/a spec.cidr')
  })
})
