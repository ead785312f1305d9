'use strict'

const { writeSync } = require('fs')

/** Writes one event as one line of JSON. Synchronous, so that nothing is lost when the process ends right after. */
function emit (event, fields = {}) {
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

/** What an error event carries; an aggregate hides its causes. */
function describe (err) {
  const causes = [...(err._errors || err.errors || [])].map(e => `${e.code || e.name}: ${e.message}`)
  return {
    name: err.code || err.name || 'Error',
    message: err.message || String(err),
    ...(causes.length > 0 ? { causes } : {})
  }
}

module.exports = { emit, describe }
