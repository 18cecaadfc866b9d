/** What every BGP session of Calico's BIRD has in common (bird.cfg.template bgp_template; BIRD proto/bgp/config.Y). */
export const SESSION_TEMPLATE = {
  gateway: 'recursive',
  addPaths: true,
  gracefulRestart: true,
  /** Seconds before the first attempt. */
  connectDelayTime: 2,
  /** Seconds between attempts, less up to a quarter. */
  connectRetryTime: 5,
  /** Seconds of back-off after an error: first, longest. */
  errorWaitTime: [5, 30],
  /** Preference of a route that came with a higher priority than ordinary ones. */
  elevatedPreference: 200,
} as const

/** Greatest value of a priority, and what a local preference is counted down from (confd template_funcs.go BirdIntMaxValue). */
export const HIGHEST_PRIORITY = 2_147_483_647
