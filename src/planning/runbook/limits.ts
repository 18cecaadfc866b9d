/** Bounds on what one runbook may ask for. */

/** Characters of a runbook or of a file beside it. */
export const MOST_CHARACTERS = 4_000_000
/** Characters of one command without its here-documents. */
export const MOST_COMMAND = 200_000
export const MOST_STEPS = 2_000
/** Commands inside commands: sudo, watch, kubectl exec, ssh, bash -c, loops in loops. */
export const MOST_NESTING = 8
/** Words that a brace expansion or the list of a loop may come to. */
export const MOST_WORDS = 1_000
/** Characters that are looked through again to find where the commands of a console session end. */
export const MOST_RESCANNED = 20_000_000
