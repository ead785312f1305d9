import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { emit } from '../events.js'

let collect

/** Collects garbage, so that what is measured is what is held. */
export function collectGarbage () {
  if (collect == null) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc')
  }
  collect()
}

/** {gc?}: resident and heap bytes, CPU seconds so far. */
export async function memory (self, { id, gc }) {
  if (gc === true) {
    collectGarbage()
  }
  const usage = process.memoryUsage()
  const cpu = process.cpuUsage()
  emit('memory', {
    id,
    rss: usage.rss,
    heap: usage.heapUsed,
    external: usage.external,
    cpu_user_seconds: cpu.user / 1e6,
    cpu_system_seconds: cpu.system / 1e6
  })
}

/** {}: says goodbye to all and ends. */
export async function quit ({ stop }, { id }) {
  await stop()
  emit('bye', { id })
  process.exit(0)
}
