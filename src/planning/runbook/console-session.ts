/** A console session, commands after prompts and what they print between them, made into the commands alone. */

import { MOST_RESCANNED } from './limits.js'
import { isIncomplete } from './shell-scanner.js'

/** `$ `, `# `, `root@host:~# `, `[root@host ~]# `, `host$ `. A `#` alone is a comment unless a session says otherwise. */
const NAMED_PROMPT = /^[ \t]*(?:\[[^\]\n]{1,80}\]|[\w.-]{1,60}@[\w.-]{1,60}[:~\w/. -]{0,80})\s?[$#>]\s+(?=\S)/
const DOLLAR_PROMPT = /^[ \t]*(?:\([\w.-]{1,40}\) ?)?\$\s+(?=\S)/
const ROOT_PROMPT = /^[ \t]*#\s+(?=\S)/

/**
 * The text with prompts and output blanked, so that line numbers stay; the same text where no line has a prompt. In a
 * block that is marked as a session a `#` alone is root's prompt.
 */
export function commandsOf(text: string, session: boolean): string {
  const lines = text.split('\n')
  const isPrompted = lines.some((line) => DOLLAR_PROMPT.test(line) || NAMED_PROMPT.test(line))
  if (!isPrompted && !(session && lines.some((line) => ROOT_PROMPT.test(line)))) return text
  const kept: string[] = []
  let open: string | undefined
  let budget = MOST_RESCANNED
  for (const line of lines) {
    if (open !== undefined) {
      const more: string = line.replace(/^> ?/, '')
      open += `\n${more}`
      kept.push(more)
    } else {
      const command = withoutPrompt(line, !isPrompted)
      kept.push(command ?? '')
      open = command
    }
    budget -= open?.length ?? 0
    if (open !== undefined && (budget < 0 || !isIncomplete(open))) open = undefined
  }
  return kept.join('\n')
}

/** Undefined for a line of output. */
function withoutPrompt(line: string, root: boolean): string | undefined {
  const prompt = NAMED_PROMPT.exec(line) ?? DOLLAR_PROMPT.exec(line) ?? (root ? ROOT_PROMPT.exec(line) : null)
  return prompt === null ? undefined : line.slice(prompt[0].length)
}
