import { configureGlobal } from 'fast-check'

/** The same random inputs in every run; others with CALICO_PLAN_SEED. */
configureGlobal({ seed: Number(process.env['CALICO_PLAN_SEED'] ?? 20_261_123) })
