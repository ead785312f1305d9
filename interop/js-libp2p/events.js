import { writeSync } from 'node:fs'

/** Writes one event as one line of JSON. Synchronous, so that nothing is lost when the process ends right after. */
export function emit (event, fields = {}) {
  const line = Buffer.from(JSON.stringify({ event, ...fields }) + '\n')
  let offset = 0
  while (offset < line.length) {
    try {
      offset += writeSync(1, line, offset)
    } catch (err) {
      // A pipe that the driver has not emptied yet.
      if (err.code !== 'EAGAIN') {
        throw err
      }
    }
  }
}

/** What an error event carries; js-libp2p hides the causes of a failed dial in `errors`. */
export function describe (err) {
  const causes = (err.errors ?? []).map(e => `${e.name}: ${e.message}`)
  return {
    name: err.name ?? 'Error',
    message: err.message ?? String(err),
    ...(causes.length > 0 ? { causes } : {})
  }
}
