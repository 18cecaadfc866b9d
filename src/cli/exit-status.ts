/** What the process tells its caller, like diff does. The one table of exit statuses. */
export const EXIT = {
  /** Nothing to report. */
  clean: 0,
  /** A hazard of severity error, a failed expectation, a change that breaks traffic, a difference. */
  found: 1,
  /** The input or the call is wrong. */
  wrong: 2,
} as const

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT]
