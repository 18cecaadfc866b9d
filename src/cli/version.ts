/** The version in package.json; the build replaces the constant. */
declare const CALICO_PLAN_VERSION: string | undefined

export const VERSION = typeof CALICO_PLAN_VERSION === 'undefined' ? 'development' : CALICO_PLAN_VERSION
