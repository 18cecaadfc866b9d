/** `test`: each rule of each Expectation, as a table, as JSON, and as JUnit XML for a CI job. */

import type { Cluster } from '../cluster/cluster.js'
import type { ExpectationResult } from '../planning/expectations.js'
import { type Answer, envelope } from './answer.js'
import { table, text } from './blocks.js'
import { escapeXml } from './graph-export.js'
import { wordExpectation } from './wording/expectation.js'

export function expectationsAnswer(cluster: Cluster, results: readonly ExpectationResult[]): Answer {
  const failed = results.filter(({ passed }) => !passed).length
  return {
    document: {
      ...envelope('TestReport', cluster),
      summary: { rules: results.length, passed: results.length - failed, failed },
      results: results.map(({ expectation, rule, passed, outcome }) => ({
        expectation,
        rule,
        passed,
        message: wordExpectation(outcome),
      })),
    },
    blocks: [
      table(
        ['', 'EXPECTATION', 'RULE', 'FOUND'],
        results.map(({ expectation, rule, passed, outcome }) => [
          passed ? 'ok' : 'FAIL',
          expectation,
          rule,
          wordExpectation(outcome),
        ]),
      ),
      text([
        results.length === 0
          ? 'The input holds no Expectation.'
          : `${results.length - failed} of ${results.length} rules hold.`,
      ]),
    ],
    found: failed > 0,
  }
}

/** The form that CI systems read: a suite for each Expectation, a case for each rule. */
export function junit(results: readonly ExpectationResult[]): string {
  const suites = new Map<string, ExpectationResult[]>()
  for (const result of results) {
    const suite = suites.get(result.expectation)
    if (suite) suite.push(result)
    else suites.set(result.expectation, [result])
  }
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="calico-plan"${counts(results)}>`]
  for (const [name, cases] of suites) {
    lines.push(`  <testsuite name="${escapeXml(name)}"${counts(cases)}>`)
    for (const { rule, passed, outcome } of cases) {
      const head = `    <testcase classname="${escapeXml(name)}" name="${escapeXml(rule)}"`
      if (passed) lines.push(`${head}/>`)
      else
        lines.push(`${head}>`, `      <failure message="${escapeXml(wordExpectation(outcome))}"/>`, '    </testcase>')
    }
    lines.push('  </testsuite>')
  }
  return [...lines, '</testsuites>', ''].join('\n')
}

function counts(results: readonly ExpectationResult[]): string {
  return ` tests="${results.length}" failures="${results.filter(({ passed }) => !passed).length}"`
}
